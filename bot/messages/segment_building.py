"""The modal in which somebody builds a segment, the one for a condition on top of it, and what is wrong with a value."""

from collections.abc import Mapping, Sequence

from bot.messages.forms import form, menu, typed, under
from bot.messages.parts import Block, actions, button, context, divider, option, plain, section
from bot.messages.segment_words import NOBODY, condition_words, described
from bot.messages.segments import Preview, preview_blocks
from bot.rules.segments.building import Draft, Group, How, Leaf, asked_by, at
from bot.rules.segments.catalogue import LONGEST_NAME
from bot.rules.segments.fields import OPERATORS, SEGMENT_FIELDS, Kind
from bot.rules.segments.trees import Condition
from bot.rules.segments.trees import Operator as Op
from bot.rules.segments.typing_in import as_typed

SEGMENT_MODAL, CONDITION_MODAL = "segment", "segment_condition"
NAME, HOW, OPERATOR, VALUE = "name", "how", "operator", "value"
SAVING = "Saving …"
COUNTING = ":hourglass_flowing_sand: Counting who it would be …"
NOT_COUNTED = "Who it would be can't be counted now. It can be saved all the same."
NOT_NOW = "The order desk's database is not answering. Please try again in a moment."
ADD_FIRST = "Add a condition, and who it would be is shown here."

HOWS = {
    How.ALL: "Everybody who fits all of these",
    How.ANY: "Everybody who fits at least one of these",
    How.NONE: "Everybody who fits none of these",
}
OPERATOR_WORDS = {
    Op.MORE_THAN: "is more than",
    Op.AT_LEAST: "is at least",
    Op.LESS_THAN: "is less than",
    Op.AT_MOST: "is at most",
    Op.EQUALS: "is exactly",
    Op.BETWEEN: "is between … and …",
    Op.IN_PAST_DAYS: "was in the past … days",
    Op.NOT_IN_PAST_DAYS: "was … days ago or longer",
    Op.DAYS_AGO_BETWEEN: "was between … and … days ago",
    Op.BEFORE: "was before a day",
    Op.SINCE: "was on a day or later",
    Op.ON: "was on a day",
    Op.BETWEEN_DAYS: "was between two days",
    Op.IS_KNOWN: "is known (yes or no)",
    Op.IS: "is",
    Op.IS_ONE_OF: "is one of",
    Op.IS_NONE_OF: "is none of",
    Op.CONTAINS: "contains",
    Op.STARTS_WITH: "starts with",
    Op.INCLUDE_ANY: "include one of",
    Op.INCLUDE_ALL: "include all of",
    Op.INCLUDE_NONE: "include none of",
    Op.ANY_CONTAINS: "have one whose name contains",
    Op.IN_AREAS: "begins with",
    Op.NEAR: "is near a place",
}
HINTS = {
    Kind.NUMBER: "A whole number, such as 3. For two: 3 and 10.",
    Kind.MONEY: "An amount, such as $100. For two: $50 and $99.50.",
    Kind.DATE: "Days, such as 60; 30 and 59 for two. A day is written 2026-01-31 or 1/31/2026.",
    Kind.TEXT: "Several are separated by commas.",
    Kind.LIST: "Names as they are in Flowhub, separated by commas.",
    Kind.GROUPS: "Names as they are in Flowhub, separated by commas.",
    Kind.AREA: "Codes or how they begin: 80202, 803. Near a place: 80202, 10 miles.",
}
YES_OR_NO = (("Yes", "yes"), ("No", "no"))


def segment_modal(
    draft: Draft,
    private_metadata: str,
    *,
    preview: Preview | str = COUNTING,
    stores: Mapping[str, str] = NOBODY,
    names_may_be_shown: bool = False,
) -> Block:
    """`preview` may be a sentence instead, while there is none. `stores` are names by the id that sales name."""
    here = at(draft.group, draft.path)
    inside = [context("*A group in the segment.* Its own conditions:")] if draft.path else []
    blocks = [
        typed(NAME, "Name", initial=draft.name, most=LONGEST_NAME),
        *inside,
        _how(here.how, draft),
        *[_part(part, place, stores) for place, part in enumerate(here.parts)],
        _adding(draft),
        divider(),
        *([section(preview)] if isinstance(preview, str) else preview_blocks(preview, names_may_be_shown)),
    ]
    title = "Edit a segment" if draft.key else "New segment"
    return form(SEGMENT_MODAL, title, blocks, submit="Save", private_metadata=private_metadata)


def _how(how: How, draft: Draft) -> Block:
    """Choosing another one is told at once, so that it can be counted; each group has a field of its own."""
    block = menu(how_block(draft), "Who is in it?", [(words, one.value) for one, words in HOWS.items()], initial=how)
    block["element"] |= {"action_id": "segment_how"}
    return block | {"dispatch_action": True}


def how_block(draft: Draft) -> str:
    return "_".join([HOW, *map(str, draft.path)])


def _part(part: Leaf | Group, place: int, stores: Mapping[str, str]) -> Block:
    named = {"block_id": f"part_{place}"}
    remove = option("Remove", f"remove {place}")
    if isinstance(part, Group):
        words = described(asked_by(part), stores) if _is_whole(part) else "nothing yet"
        menu_of_group = _menu(option("Open", f"open {place}"), remove)
        return section(f"• *A group:* {words[:2_500]}", accessory=menu_of_group) | named
    words = condition_words(part.condition, stores)
    turn = option("Ask for it" if part.is_not else "Ask for the opposite", f"turn {place}")
    shown = f"• *Not:* {words}" if part.is_not else f"• {words}"
    return section(shown[:2_900], accessory=_menu(option("Change", f"change {place}"), turn, remove)) | named


def _is_whole(group: Group) -> bool:
    return bool(group.parts) and all(_is_whole(part) for part in group.parts if isinstance(part, Group))


def _menu(*options: Block) -> Block:
    return {"type": "overflow", "action_id": "segment_part", "options": list(options)}


def _adding(draft: Draft) -> Block:
    """Under another name each time, so that the same field can be chosen again."""
    fields: Block = {
        "type": "static_select",
        "action_id": "segment_field",
        "placeholder": {"type": "plain_text", "text": "Add a condition on …"},
        "options": [option(field.label, name) for name, field in SEGMENT_FIELDS.items()],
    }
    back = [button("Back to the whole segment", "segment_up", "up")] if draft.path else []
    return actions(f"add_{draft.version}", fields, button("Add a group", "segment_group", "group"), *back)


def condition_modal(
    field_name: str,
    private_metadata: str,
    *,
    present: Condition | None = None,
    stores: Sequence[tuple[str, str]] = (),
    wrong: str = "",
) -> Block:
    """On top of the segment. `stores` are names and the ids that sales name; `present` is what is changed."""
    field = SEGMENT_FIELDS[field_name]
    chosen = present.operator if present is not None else OPERATORS[field.kind][0]
    text = as_typed(present) if present is not None else ""
    operators = [(OPERATOR_WORDS[one], one.value) for one in OPERATORS[field.kind]]
    if field.kind in {Kind.YES_NO, Kind.CONSENT, Kind.KNOWN}:
        operators = [(OPERATOR_WORDS[chosen].partition(" (")[0], chosen.value)]
        value = menu(VALUE, "Yes or no?", YES_OR_NO, initial=text or "yes")
    elif field.kind is Kind.STORE:
        value = menu(VALUE, "Which store?", stores or [("No store is connected", "")], initial=text)
    else:
        value = typed(VALUE, "Value", hint=HINTS[field.kind], initial=text, most=2_000)
    blocks = [
        menu(OPERATOR, field.label, operators, initial=chosen.value),
        *under(value, plain(wrong, 300)),
    ]
    return form(
        CONDITION_MODAL,
        "Change a condition" if present is not None else "Add a condition",
        blocks,
        submit="Change" if present is not None else "Add",
        close="Back",
        private_metadata=private_metadata,
    )


def segment_saved(name: str) -> Block:
    lines = [
        f":white_check_mark: *{plain(name, 60)}* is saved, and is being counted.",
        "`/segments` shows it with the others.",
    ]
    return form("segment_saved", "Saved", [section("\n".join(lines))], close="Done")
