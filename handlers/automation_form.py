"""The modal of `/automations new` and `edit`: its preview, what is wrong under which field, and saving."""

import secrets
from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot import templates
from bot.automations import setting_up as verbs
from bot.errors import Refused
from bot.messages import automation_form as words
from bot.messages.connecting import checking
from bot.messages.parts import Block
from bot.rules.automation_form import Field, Typed, read, typed_of
from bot.rules.automations import Action
from bot.rules.customer_views import account_and_id, ref_of
from bot.rules.permissions import Act
from bot.store import automations
from bot.store.automations import Kept
from handlers.accounts import Realm, realm_of
from handlers.errors import telling
from handlers.front import Acted, Front, Submission, metadata
from handlers.stepping import Step, show, step

SAVING = "Saving …"


def register(app: AsyncApp, front: Front) -> None:
    async def acknowledge(ack: AsyncAck) -> None:
        await ack()

    async def sent(ack: AsyncAck, body: dict[str, Any]) -> None:
        submission = front.submission(body)
        await step(front, ack, submission, save(front, submission), meanwhile=checking(SAVING))

    async def preview(body: dict[str, Any]) -> None:
        submission = front.submission(body)

        async def work() -> None:
            await show(front, submission, submission.view_id, await previewed(front, submission))

        await telling(work(), lambda message: front.tell(submission, message))

    async def put_away(body: dict[str, Any]) -> None:
        submission = front.submission(body)

        async def work() -> None:
            await show(front, submission, submission.view_id, await archived(front, submission))

        await telling(work(), lambda message: front.tell(submission, message))

    app.view(words.AUTOMATION_MODAL)(sent)
    app.action("preview_automation")(ack=acknowledge, lazy=[preview])
    app.action("archive_automation")(ack=acknowledge, lazy=[put_away])


async def new_form(front: Front, where: Acted, realm: Realm) -> None:
    blank = Typed(action=Action.CARD_LINE.value, happened="order_received", cap="50", template="")
    view = await _view(front, realm, metadata(ref_of(realm.account, ""), where.channel), blank, None)
    await front.open_modal(where, view)


async def edit_form(front: Front, where: Acted, realm: Realm, kept: Kept) -> None:
    typed = typed_of(kept.automation)
    ref = ref_of(realm.account, kept.automation.key)
    preview, _ = _sample(typed.template)
    await front.open_modal(where, await _view(front, realm, metadata(ref, where.channel), typed, kept, preview=preview))


async def previewed(front: Front, submission: Submission) -> Block:
    """The form as it is filled in, with its text as a sample customer would read it."""
    realm, kept = await _named(front, submission)
    typed = _typed(submission)
    preview, wrong = _sample(typed.template)
    return await _view(front, realm, submission.metadata, typed, kept, preview=preview, wrong=wrong)


async def save(front: Front, submission: Submission) -> Step:
    realm, kept = await _named(front, submission)
    typed = _typed(submission)
    async with front.desk.database.read() as tx:
        segments = [one.key for one in await verbs.known_segments(tx, realm.account)]
        others = [
            one.automation
            for one in await automations.all_of(tx, realm.store.workspace, realm.account)
            if kept is None or one.automation.key != kept.automation.key
        ]
    key = kept.automation.key if kept is not None else f"own_{secrets.token_hex(6)}"
    stores = [store.key for store in realm.stores]
    automation, wrong = read(typed, key, segments=segments, stores=stores, names=[one.name for one in others])
    secret = ""
    if automation is not None:
        if automation.action is Action.WEBHOOK:
            realm = await realm_of(front, submission, Act.AUTOMATION_WEBHOOK, realm.account)
        saved = await verbs.save(front.desk, automation, kept, realm.person, realm.store, secret=typed.secret)
        wrong, secret = saved.wrong or {}, saved.secret
    if automation is None or wrong:
        preview, more = _sample(typed.template)
        wrong = {**more, **wrong}
        view = await _view(front, realm, submission.metadata, typed, kept, preview=preview, wrong=wrong)
        return Step(view, {str(field): sentence for field, sentence in wrong.items()})
    return Step(words.saved_view(automation, secret=secret))


async def archived(front: Front, submission: Submission) -> Block:
    realm, kept = await _named(front, submission)
    if kept is None:
        raise Refused("This automation is no longer there.", code="unknown_automation")
    await verbs.archive(front.desk, kept, realm.person, realm.store)
    return words.archived_view(kept.automation)


def _sample(template: str) -> tuple[str | None, Mapping[Field, str]]:
    if not template.strip():
        return None, {}
    try:
        templates.check(template)
        return templates.render(template, templates.SAMPLE), {}
    except Refused as problem:
        return None, {Field.TEMPLATE: problem.sentence}


async def _named(front: Front, submission: Submission) -> tuple[Realm, Kept | None]:
    """The one that the modal is about; None for a new one. Whoever lost their role meanwhile is refused."""
    account, key = account_and_id(submission.metadata.partition(" ")[0])
    realm = await realm_of(front, submission, Act.AUTOMATIONS, account)
    if not key:
        return realm, None
    async with front.desk.database.read() as tx:
        kept = await automations.get(tx, realm.store.workspace, account, key)
    if kept is None:
        raise Refused("This automation is no longer there.", code="unknown_automation")
    return realm, kept


async def _view(
    front: Front,
    realm: Realm,
    data: str,
    typed: Typed,
    kept: Kept | None,
    *,
    preview: str | None = None,
    wrong: Mapping[Field, str] | None = None,
) -> Block:
    async with front.desk.database.read() as tx:
        segments = [(one.name, one.key) for one in await verbs.known_segments(tx, realm.account)]
    return words.automation_modal(
        data,
        typed,
        is_new=kept is None,
        segments=segments,
        stores=[(store.name, store.key) for store in realm.stores],
        tokens=templates.TOKENS,
        ref=data.partition(" ")[0] if kept is not None and kept.id else "",
        has_secret=kept is not None and kept.has_secret,
        preview=preview,
        wrong=wrong,
    )


def _typed(submission: Submission) -> Typed:
    segment, post_at = submission.chosen(Field.SEGMENT), submission.chosen(Field.POST_AT)
    return Typed(
        name=submission.typed(Field.NAME),
        happened=submission.chosen(Field.HAPPENED),
        segment="" if segment == words.ANY else segment,
        measure=submission.chosen(Field.MEASURE),
        threshold=submission.typed(Field.THRESHOLD),
        action=submission.chosen(Field.ACTION),
        template=submission.typed(Field.TEMPLATE),
        post_at="" if post_at == words.HOME else post_at,
        url=submission.typed(Field.URL),
        secret=submission.typed(Field.SECRET),
        cap=submission.typed(Field.CAP),
        state=submission.chosen(Field.STATE),
    )
