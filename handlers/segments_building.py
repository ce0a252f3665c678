"""`/segments new` and `edit`: a modal for the segment, one on top of it for a condition, and who it would be."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp
from sqlalchemy.exc import SQLAlchemyError

from bot.errors import NotAllowed, OrderAheadError, Refused
from bot.messages import segment_building as words
from bot.messages.connecting import checking
from bot.messages.segments import Preview
from bot.place_table import know_places
from bot.places import place_of
from bot.rules.permissions import Act
from bot.rules.segments import building
from bot.rules.segments.building import Draft, Group, How, Leaf, asked_by
from bot.rules.segments.catalogue import Segment
from bot.rules.segments.fields import SEGMENT_FIELDS, Kind
from bot.rules.segments.reading import OPERATOR_NAMES, check
from bot.rules.segments.trees import Operator
from bot.rules.segments.typing_in import typed
from bot.segments.changing import save
from bot.segments.drafting import drop, is_still, recall, remember
from bot.segments.previewing import preview
from handlers.accounts import Realm, realm_of
from handlers.errors import telling
from handlers.front import Acted, Front, Submission, metadata
from handlers.stepping import Step, step

log = structlog.get_logger("orderahead.handlers")
Json = Mapping[str, Any]


def register(app: AsyncApp, front: Front) -> None:
    async def acknowledge(ack: AsyncAck) -> None:
        await ack()

    def acting(work: Callable[[Front, "Acting"], Awaitable[None]]) -> Callable[..., Awaitable[None]]:
        async def acted(body: dict[str, Any]) -> None:
            press = front.press(body)
            await telling(work(front, _acting(front, body)), lambda message: front.tell(press, message))

        return acted

    async def condition_sent(ack: AsyncAck, body: dict[str, Any]) -> None:
        submission = front.submission(body)
        wrong = await _condition_typed(front, submission)
        if wrong:
            await ack(response_action="errors", errors=wrong)
            return
        await ack()
        below = Acting(
            submission, _asked(submission)[0], submission.channel, str(body["view"].get("root_view_id") or "")
        )
        await telling(_redraw(front, below), lambda message: front.tell(submission, message))

    async def segment_sent(ack: AsyncAck, body: dict[str, Any]) -> None:
        submission = front.submission(body)
        await step(front, ack, submission, save_segment(front, submission), meanwhile=checking(words.SAVING))

    app.action("segment_how")(ack=acknowledge, lazy=[acting(_redraw)])
    app.action("segment_field")(ack=acknowledge, lazy=[acting(_add_condition)])
    app.action("segment_part")(ack=acknowledge, lazy=[acting(_do_with_part)])
    app.action("segment_group")(ack=acknowledge, lazy=[acting(_add_group)])
    app.action("segment_up")(ack=acknowledge, lazy=[acting(_go_up)])
    app.view(words.CONDITION_MODAL)(condition_sent)
    app.view(words.SEGMENT_MODAL)(segment_sent)


@dataclass(frozen=True)
class Acting:
    """Somebody pressed or chose something in the modal. `values` is what stands in its fields."""

    where: Acted
    name: str
    channel: str
    view_id: str
    value: str = ""
    values: Json = field(default_factory=dict)


def _acting(front: Front, body: dict[str, Any]) -> Acting:
    view, action = body.get("view") or {}, body["actions"][0]
    name, _, channel = str(view.get("private_metadata") or "").partition(" ")
    value = str((action.get("selected_option") or {}).get("value") or action.get("value") or "")
    values = (view.get("state") or {}).get("values") or {}
    return Acting(front.press(body), name, channel, str(view.get("id") or ""), value, values)


async def new_segment(front: Front, where: Acted, realm: Realm) -> None:
    await _open(front, where, Draft(where.workspace, where.user_id, realm.account))


async def edit_segment(front: Front, where: Acted, realm: Realm, segment: Segment) -> None:
    draft = Draft(where.workspace, where.user_id, realm.account, segment.key, segment.name)
    await _open(front, where, draft.changed(group=building.group_of(segment.tree)))


async def _open(front: Front, where: Acted, draft: Draft) -> None:
    name = await remember(front.desk, draft)
    view = words.segment_modal(draft, metadata(name, where.channel), **await _shown(front, where, draft))
    view_id = await front.slack_of(where).open_modal(where.trigger_id, view)
    await _count(front, where, draft, name, where.channel, view_id)


async def _recalled(front: Front, where: Acted, name: str, values: Json) -> tuple[Draft, Realm]:
    """With what stands in the fields now. Whoever lost their role meanwhile is refused."""
    draft = await recall(front.desk, name, where.workspace, where.user_id)
    realm = await realm_of(front, where, Act.CHANGE_SEGMENTS, draft.account)
    typed_name = str((values.get(words.NAME, {}).get("words") or {}).get("value") or "").strip()
    chosen = (values.get(words.how_block(draft), {}).get("segment_how") or {}).get("selected_option") or {}
    how = How(chosen["value"]) if chosen.get("value") in {one.value for one in How} else None
    here = building.at(draft.group, draft.path)
    group = building.with_group(draft.group, draft.path, Group(how or here.how, here.parts))
    named = replace(draft, name=typed_name or draft.name)
    return (named.changed(group=group) if group != draft.group else named), realm


async def _redraw(front: Front, acting: Acting) -> None:
    draft, _ = await _recalled(front, acting.where, acting.name, acting.values)
    await _show(front, acting, draft)


async def _add_group(front: Front, acting: Acting) -> None:
    draft, _ = await _recalled(front, acting.where, acting.name, acting.values)
    place = len(building.at(draft.group, draft.path).parts)
    group = building.with_part(draft.group, draft.path, Group(How.ANY))
    await _show(front, acting, draft.changed(group=group, path=(*draft.path, place)))


async def _go_up(front: Front, acting: Acting) -> None:
    """A group that is still empty is none."""
    draft, _ = await _recalled(front, acting.where, acting.name, acting.values)
    group = draft.group
    if draft.path and not building.at(group, draft.path).parts:
        group = building.without(group, draft.path[:-1], draft.path[-1])
    await _show(front, acting, draft.changed(group=group, path=draft.path[:-1]))


async def _do_with_part(front: Front, acting: Acting) -> None:
    draft, realm = await _recalled(front, acting.where, acting.name, acting.values)
    verb, _, number = acting.value.partition(" ")
    place = int(number) if number.isdigit() else -1
    if verb == "change":
        part = building.part_at(building.at(draft.group, draft.path), place)
        if isinstance(part, Leaf):
            await _ask(front, acting, draft, realm, part.condition.field, place)
    elif verb == "open":
        await _show(front, acting, draft.changed(path=(*draft.path, place)))
    elif verb in {"turn", "remove"}:
        how = building.turned if verb == "turn" else building.without
        await _show(front, acting, draft.changed(group=how(draft.group, draft.path, place)))


async def _add_condition(front: Front, acting: Acting) -> None:
    draft, realm = await _recalled(front, acting.where, acting.name, acting.values)
    await _ask(front, acting, draft, realm, acting.value, None)


async def _ask(front: Front, acting: Acting, draft: Draft, realm: Realm, field: str, place: int | None) -> None:
    """The modal for a condition, on top; it knows which field it asks for and which part it changes."""
    if field not in SEGMENT_FIELDS:
        raise Refused("Choose what the condition asks for.")
    await remember(front.desk, draft, acting.name)
    part = building.part_at(building.at(draft.group, draft.path), place) if place is not None else None
    view = words.condition_modal(
        field,
        metadata(f"{acting.name}/{field}/{'' if place is None else place}", acting.channel),
        present=part.condition if isinstance(part, Leaf) else None,
        stores=[(store.name, sales_id) for sales_id, store in realm.by_sales_id.items()],
    )
    await front.slack_of(acting.where).push_modal(acting.where.trigger_id, view)
    if SEGMENT_FIELDS[field].kind is Kind.AREA:
        await know_places()


def _asked(submission: Submission) -> tuple[str, str, int | None]:
    """The draft, the field, and which part is changed."""
    name, field, place = (*submission.metadata.partition(" ")[0].split("/"), "", "")[:3]
    return name, field, int(place) if place.isdigit() else None


async def _condition_typed(front: Front, submission: Submission) -> dict[str, str]:
    """What is wrong, by field; nothing when the condition was taken."""
    name, field, place = _asked(submission)
    operator = submission.chosen(words.OPERATOR)
    if operator not in OPERATOR_NAMES:
        return {words.OPERATOR: "Choose one."}
    text = submission.chosen(words.VALUE) or submission.typed(words.VALUE)
    if not text:
        return {words.VALUE: "Something is needed here."}
    try:
        if operator == Operator.NEAR:
            await know_places()  # they are: the modal was opened for it
        condition = typed(field, Operator(operator), text, place_of)
        draft, _ = await _recalled(front, submission, name, {})
        before = building.part_at(building.at(draft.group, draft.path), place) if place is not None else None
        part = Leaf(condition, is_not=isinstance(before, Leaf) and before.is_not)
        group = building.with_part(draft.group, draft.path, part, place)
        await remember(front.desk, draft.changed(group=group), name)
    except OrderAheadError as problem:
        return {words.VALUE: problem.sentence}
    except (SQLAlchemyError, OSError):
        return {words.VALUE: words.NOT_NOW}
    return {}


async def _show(front: Front, acting: Acting, draft: Draft) -> None:
    """The segment as it is now, at once; and who it would be, as soon as that is counted."""
    await remember(front.desk, draft, acting.name)
    shown = await _shown(front, acting.where, draft)
    view = words.segment_modal(draft, metadata(acting.name, acting.channel), **shown)
    seen = await front.slack_of(acting.where).update_modal(acting.view_id, view)
    await _count(front, acting.where, draft, acting.name, acting.channel, acting.view_id, seen=seen)


async def _count(
    front: Front, where: Acted, draft: Draft, name: str, channel: str, view_id: str, *, seen: str = ""
) -> None:
    """Show who it would be, unless it was changed or closed meanwhile."""
    shown = await _shown(front, where, draft)
    if shown["preview"] is words.ADD_FIRST:
        return
    found: Preview | str = words.NOT_COUNTED
    try:
        found = await preview(front.desk, draft.account, asked_by(draft.group), key=draft.key)
    except (OrderAheadError, SQLAlchemyError, OSError):
        log.warning("who a segment would be could not be counted", account=draft.account)
    if await is_still(front.desk, name, draft.version):
        view = words.segment_modal(draft, metadata(name, channel), **{**shown, "preview": found})
        try:
            await front.slack_of(where).update_modal(view_id, view, expected=seen)
        except OrderAheadError as problem:
            log.info("a modal could not be changed", why=problem.sentence)


async def _shown(front: Front, where: Acted, draft: Draft) -> dict[str, Any]:
    realm = await realm_of(front, where, Act.CHANGE_SEGMENTS, draft.account)
    try:
        await realm_of(front, where, Act.CUSTOMER, draft.account)
        names_may_be_shown = True
    except NotAllowed:
        names_may_be_shown = False
    return {
        "stores": {sales_id: store.name for sales_id, store in realm.by_sales_id.items()},
        "names_may_be_shown": names_may_be_shown,
        "preview": words.COUNTING if _can_be_counted(draft) else words.ADD_FIRST,
    }


def _can_be_counted(draft: Draft) -> bool:
    try:
        check(asked_by(draft.group))
    except Refused:
        return False
    return True


async def save_segment(front: Front, submission: Submission) -> Step:
    name, _, channel = submission.metadata.partition(" ")
    draft, realm = await _recalled(front, submission, name, submission.values)
    try:
        tree = asked_by(draft.group)
        check(tree)
    except Refused as problem:
        return await _refused(front, submission, draft, channel, words.how_block(draft), problem)
    try:
        made = await save(front.desk, draft.account, draft.key, draft.name, tree, realm.person, realm.store)
    except Refused as problem:
        return await _refused(front, submission, draft, channel, words.NAME, problem)
    await drop(front.desk, name)
    return Step(words.segment_saved(made.name))


async def _refused(
    front: Front, submission: Submission, draft: Draft, channel: str, field: str, problem: Refused
) -> Step:
    """The sentence stands under its field, and nothing that was built is lost."""
    name = submission.metadata.partition(" ")[0]
    await remember(front.desk, draft, name)
    shown = await _shown(front, submission, draft)
    view = words.segment_modal(draft, metadata(name, channel), **{**shown, "preview": problem.sentence})
    return Step(view, {field: problem.sentence})
