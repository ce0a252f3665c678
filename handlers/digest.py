"""`/digest`: have one made now, and choose when it comes."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import time
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond

from bot.deliveries.digests import names_allowed
from bot.digests.posting import want_now
from bot.digests.wishes import choose, rollup_of, telling_of
from bot.errors import NotAllowed, OrderAheadError, Refused
from bot.messages import digest_settings as words
from bot.messages import private
from bot.messages.connecting import checking
from bot.messages.parts import Message
from bot.rules.permissions import Act
from bot.rules.stores import Store
from bot.rules.telling import Often, Quiet, Rollup, Telling
from handlers.errors import telling
from handlers.front import Acted, Command, Front, Submission, metadata
from handlers.stepping import Step, step

Verb = Callable[[Front, Command], Awaitable[Message | None]]


def register(app: AsyncApp, front: Front) -> None:
    async def acknowledge(ack: AsyncAck) -> None:
        await ack()

    async def answer(body: dict[str, Any], respond: AsyncRespond) -> None:
        async def tell(message: Message) -> None:
            await respond(text=message.text, blocks=message.blocks, response_type="ephemeral")

        await telling(digest_command(front, front.command(body)), tell)

    async def sent(ack: AsyncAck, body: dict[str, Any]) -> None:
        submission = front.submission(body)
        await step(front, ack, submission, save(front, submission), meanwhile=checking("Saving …"))

    app.command("/digest")(ack=acknowledge, lazy=[answer])
    app.view(words.SETTINGS_MODAL)(sent)


async def digest_command(front: Front, command: Command) -> Message | None:
    await front.permitted(command, Act.LOOK)
    asked = command.words[0].lower() if command.words else "help"
    return await VERBS.get(asked, _help)(front, command)


async def _now(front: Front, command: Command) -> Message:
    store = _meant(front, command, "now")
    if isinstance(store, Message):
        return store
    person = await front.permitted(command, Act.DIGEST, store)
    asked = await want_now(front.desk, store, person)
    return words.digest_wanted(store, is_there=asked.is_there)


async def _settings(front: Front, command: Command) -> Message | None:
    store = _meant(front, command, "settings")
    if isinstance(store, Message):
        return store
    await front.permitted(command, Act.DIGEST_SETTINGS, store)
    view = words.settings_modal(
        store,
        await telling_of(front.desk, store),
        metadata(store.key, command.channel),
        names_possible=await _may_choose_names(front, command, store),
        rollup=await _rollup(front, command, store),
    )
    await front.open_modal(command, view)
    return None


async def _help(front: Front, command: Command) -> Message:
    store = front.store_here(command)
    return words.digest_help(store, await telling_of(front.desk, store) if store is not None else None)


VERBS: Mapping[str, Verb] = {"now": _now, "settings": _settings, "help": _help}


def _meant(front: Front, command: Command, verb: str) -> Store | Message:
    """The store of the channel, or the only one."""
    here, stores = front.store_here(command), front.stores(command)
    if here is not None:
        return here
    if len(stores) == 1:
        return stores[0]
    return words.which_store(stores, verb) if stores else private.not_an_order_desk(stores)


async def _may(front: Front, where: Acted, act: Act, store: Store) -> bool:
    try:
        await front.permitted(where, act, store)
    except NotAllowed:
        return False
    return True


async def _may_choose_names(front: Front, where: Acted, store: Store) -> bool:
    return await names_allowed(front.office, store) and await _may(front, where, Act.NAME, store)


async def _rollup(front: Front, where: Acted, store: Store) -> Rollup | None:
    """For whoever owns all of several stores."""
    theirs = [one for one in front.stores(where) if one.account == store.account]
    if len(theirs) < 2 or not all([await _may(front, where, Act.ROLLUP, one) for one in theirs]):
        return None
    return await rollup_of(front.desk, store.account)


async def save(front: Front, submission: Submission) -> Step:
    """Save, or say under which field something is wrong."""
    store = front.store(submission, submission.metadata.partition(" ")[0])
    person = await front.permitted(submission, Act.DIGEST_SETTINGS, store)
    before = await telling_of(front.desk, store)
    names_possible = await _may_choose_names(front, submission, store)
    rollup, errors = await _rollup(front, submission, store), {}
    is_on = submission.chosen("digest") != words.OFF
    at, begins, ends = (_time(submission.picked(name)) for name in ("at", "quiet_from", "quiet_until"))
    weekdays = tuple(sorted(int(day) for day in submission.ticked("weekdays") if day in "0123456"))
    if is_on and at is None:
        errors["at"] = "no_time"
    if is_on and not weekdays:
        errors["weekdays"] = "no_days"
    if (begins is None) != (ends is None):
        errors["quiet_until"] = "half_quiet"
    often = submission.chosen("summary")
    chosen = Telling(
        digest=is_on,
        at=at or before.at,
        weekdays=weekdays or before.weekdays,
        summary=Often(often) if often in {one.value for one in Often} else before.summary,
        quiet=Quiet(begins=begins, ends=ends) if begins is not None and ends is not None else None,
        names=words.NAMES in submission.ticked("names") if names_possible else before.names,
    )
    if rollup is not None:
        channel = submission.picked("rollup_channel") if submission.chosen("rollup") == words.ON else ""
        if submission.chosen("rollup") == words.ON and (why := await _why_not_there(front, submission, channel)):
            errors["rollup_channel"] = why
        rollup = Rollup(workspace=store.workspace, channel=channel)
    if errors:
        view = words.settings_modal(
            store, chosen, submission.metadata, names_possible=names_possible, rollup=rollup, errors=errors
        )
        return Step(view, {field: words.ERRORS[code] for field, code in errors.items()})
    await choose(front.desk, store, person, chosen, rollup)
    return Step(words.saved(store, chosen))


async def _why_not_there(front: Front, where: Acted, channel: str) -> str:
    if not channel:
        return "no_channel"
    try:
        await front.slack_of(where).about_channel(channel)
    except Refused:
        return "not_in_channel"
    except OrderAheadError:
        return ""  # whether the bot is in it will show
    return ""


def _time(text: str) -> time | None:
    return time.fromisoformat(text) if text else None
