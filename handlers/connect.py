"""`/flowhub connect`: the account's pair, then the store, each step checked live; and the buttons of the welcome card."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.activation import connecting as verbs
from bot.errors import OrderAheadError
from bot.messages import connecting as words
from bot.rules.connecting import Draft, Field, Pair, Wishes
from bot.rules.permissions import Act
from bot.rules.stores import StoreState
from handlers.errors import telling
from handlers.front import Acted, Command, Front, Submission, metadata
from handlers.stepping import Step, fill, show, step


def register(app: AsyncApp, front: Front) -> None:
    async def account_sent(ack: AsyncAck, body: dict[str, Any]) -> None:
        submission = front.submission(body)
        checking = words.checking(words.CHECKING)
        await step(front, ack, submission, prove_account(front, submission), meanwhile=checking)

    async def account_chosen(ack: AsyncAck, body: dict[str, Any]) -> None:
        submission = front.submission(body)
        reading = words.checking(words.READING)
        await step(front, ack, submission, choose_account(front, submission), meanwhile=reading)

    async def store_sent(ack: AsyncAck, body: dict[str, Any]) -> None:
        submission = front.submission(body)
        checking = words.checking(words.CHECKING)
        await step(front, ack, submission, connect_store(front, submission), meanwhile=checking)

    async def acknowledge(ack: AsyncAck) -> None:
        await ack()

    async def another_account(body: dict[str, Any]) -> None:
        """The form for a new account in the place of the known one's."""
        press = front.press(body)
        view = body["view"]
        channel = str(view.get("private_metadata") or "").partition(" ")[2]

        async def turn() -> None:
            await front.permitted(press, Act.CONNECT)
            name = await verbs.remember(front.desk, _draft(press, channel))
            await show(front, press, str(view["id"]), words.account_modal(metadata(name, channel)))

        await telling(turn(), lambda message: front.tell(press, message))

    app.view(words.ACCOUNT_MODAL)(account_sent)
    app.view(words.CHOOSE_ACCOUNT_MODAL)(account_chosen)
    app.view(words.STORE_MODAL)(store_sent)
    app.action("another_account")(ack=acknowledge, lazy=[another_account])


async def connect_command(front: Front, command: Command) -> None:
    """Asks only for what is not known yet."""
    await front.permitted(command, Act.CONNECT)
    accounts = verbs.known_accounts(front.desk, command.workspace)
    draft = _draft(command, command.channel)
    if not accounts:
        name = await verbs.remember(front.desk, draft)
        await front.open_modal(command, words.account_modal(metadata(name, command.channel)))
    elif len(accounts) > 1:
        name = await verbs.remember(front.desk, draft)
        names = {account: [store.name for store in stores] for account, stores in accounts.items()}
        await front.open_modal(command, words.choose_account_modal(metadata(name, command.channel), names))
    else:
        known = draft.model_copy(update={"account": next(iter(accounts))})
        await fill(front, command, _second_step(front, command, "", known), meanwhile=words.checking(words.READING))


def _draft(where: Acted, channel: str) -> Draft:
    return Draft(workspace=where.workspace, user_id=where.user_id, channel=channel)


async def _recalled(front: Front, submission: Submission) -> tuple[str, Draft]:
    """The draft whose name the modal holds. Whoever lost their role meanwhile is refused."""
    await front.permitted(submission, Act.CONNECT)
    name = submission.metadata.partition(" ")[0]
    return name, await verbs.recall(front.desk, name, submission.workspace, submission.user_id)


async def prove_account(front: Front, submission: Submission) -> Step:
    name, draft = await _recalled(front, submission)
    pair = Pair(id=submission.typed(Field.CLIENT_ID), secret=submission.typed(Field.KEY))
    proved, flaws = await verbs.prove_pair(front.desk, draft.model_copy(update={"pair": pair, "account": ""}))
    if flaws:
        return Step(words.account_modal(submission.metadata, flaws=flaws), words.field_errors(flaws))
    return await _store_step(front, submission, name, proved)


async def choose_account(front: Front, submission: Submission) -> Step:
    name, draft = await _recalled(front, submission)
    account = submission.chosen("account")
    if account == words.ANOTHER:
        return Step(words.account_modal(submission.metadata))
    return await _second_step(front, submission, name, draft.model_copy(update={"account": account}))


async def _second_step(front: Front, where: Acted, name: str, draft: Draft) -> Step:
    """The store's form for a known account, whose locations are read first; its own first step when the pair is dead."""
    proved, flaws = await verbs.prove_pair(front.desk, draft)
    if flaws:
        name = await verbs.remember(front.desk, draft.model_copy(update={"account": ""}), name)
        return Step(words.account_modal(metadata(name, draft.channel), flaws=flaws))
    return await _store_step(front, where, name, proved)


async def _store_step(front: Front, where: Acted, name: str, draft: Draft, **more: Any) -> Step:
    name = await verbs.remember(front.desk, draft, name)
    known = verbs.known_accounts(front.desk, draft.workspace).get(draft.account, []) if draft.account else []
    wishes = more.pop("wishes", None) or Wishes(channel=draft.channel if _is_free(front, where, draft.channel) else "")
    view = words.store_modal(
        metadata(name, draft.channel),
        draft,
        _states(front, draft.workspace),
        await _groups(front, where),
        known=[store.name for store in known],
        wishes=wishes,
        **more,
    )
    return Step(view)


def _is_free(front: Front, where: Acted, channel: str) -> bool:
    """Whether the channel of the command may become an order desk: then it is the likely one."""
    return channel.startswith(("C", "G")) and front.desk.store_of_channel(where.workspace, channel) is None


def _states(front: Front, workspace: str) -> dict[str, str]:
    found = {store.location_id: " · connected" for store in front.desk.stores_in(workspace)}
    for rest in front.desk.resting.values():
        if rest.store.workspace == workspace and rest.state is StoreState.PAUSED:
            found.setdefault(rest.store.location_id, " · paused")
    return found


async def _groups(front: Front, where: Acted) -> list[tuple[str, str]]:
    """User groups to choose from; none where the app may not read them."""
    try:
        return await front.slack_of(where).user_groups()
    except OrderAheadError:
        return []


async def connect_store(front: Front, submission: Submission) -> Step:
    name, draft = await _recalled(front, submission)
    pair = Pair(id=submission.typed(Field.ORDER_AHEAD_CLIENT_ID), secret=submission.typed(Field.ORDER_AHEAD_TOKEN))
    # Whatever can be typed counts as it stands now: only what is not asked for any more is taken from the draft.
    if Field.ORDER_AHEAD_CLIENT_ID in submission.values:
        draft = draft.model_copy(update={"order_ahead": Pair()})
    if Field.LEAFLY_KEY in submission.values:
        draft = draft.model_copy(update={"leafly_key": ""})
    wishes = Wishes(
        location_id=submission.chosen(Field.LOCATION),
        channel=submission.picked(Field.CHANNEL),
        leafly_key=submission.typed(Field.LEAFLY_KEY),
        opens=submission.picked(Field.OPENS),
        closes=submission.picked(Field.CLOSES),
        mention=submission.chosen(Field.MENTION),
        state_profile=submission.chosen(Field.STATE_PROFILE),
    )
    if present := await verbs.store_at(front.desk, submission.workspace, wishes.location_id):
        await front.permitted(submission, Act.CONNECT, present)
    tried = await verbs.connect(front.office, name, draft, pair, wishes)
    if tried.store is not None:
        return Step(words.connected(tried.store, tried.lines))
    redrawn = await _store_step(front, submission, name, tried.draft, wishes=wishes, flaws=tried.flaws)
    return Step(redrawn.view, words.field_errors(tried.flaws))
