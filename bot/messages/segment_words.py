"""What a segment asks for, in plain words, and why a customer came to it or left it."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from bot.messages.parts import counted, money, plain
from bot.rules.segments.catalogue import Segment
from bot.rules.segments.days import Asof
from bot.rules.segments.facts import Facts
from bot.rules.segments.fields import SEGMENT_FIELDS, Field, Kind
from bot.rules.segments.moving import Because, Reason, Reasons
from bot.rules.segments.trees import AllOf, AnyOf, Condition, Not, Tree
from bot.rules.segments.trees import Operator as Op

MOST_NAMES = 5
NOBODY: Mapping[str, str] = {}
NO_LONGER_KEPT = "no longer kept here"


def described(tree: Tree, stores: Mapping[str, str] = NOBODY) -> str:
    """On one line: "Orders at least 1 and Last order 60 days ago or longer". `stores` are names by location id."""
    match tree:
        case AllOf(parts):
            return " and ".join(_in_brackets(part, stores) for part in parts) or "everybody"
        case AnyOf(parts):
            return " or ".join(_in_brackets(part, stores) for part in parts) or "nobody"
        case Not(part):
            return f"not ({described(part, stores)})"
        case Condition():
            return condition_words(tree, stores)


def _in_brackets(tree: Tree, stores: Mapping[str, str]) -> str:
    needs = isinstance(tree, AllOf | AnyOf) and len(tree.parts) != 1
    return f"({described(tree, stores)})" if needs else described(tree, stores)


def outlined(tree: Tree, stores: Mapping[str, str] = NOBODY, indent: int = 0) -> list[str]:
    """A line for each condition, groups above their own."""
    margin = "      " * indent + "• "
    match tree:
        case AllOf(parts) | AnyOf(parts):
            words = "All of these" if isinstance(tree, AllOf) else "At least one of these"
            return [f"{margin}{words}:", *(line for part in parts for line in outlined(part, stores, indent + 1))]
        case Not(Condition() as condition):
            return [f"{margin}Not: {condition_words(condition, stores)}"]
        case Not(part):
            return [f"{margin}Not:", *outlined(part, stores, indent + 1)]
        case Condition():
            return [f"{margin}{condition_words(tree, stores)}"]


def condition_words(condition: Condition, stores: Mapping[str, str] = NOBODY) -> str:
    """Escaped for mrkdwn."""
    field = SEGMENT_FIELDS[condition.field]
    value: Any = condition.value
    if field.kind in {Kind.YES_NO, Kind.CONSENT}:
        return f"{field.label}: {'yes' if value else 'no'}"
    if condition.operator is Op.IS_KNOWN:
        return f"{field.label} is {'known' if value else 'unknown'}"
    if field.kind is Kind.STORE:
        value = tuple(stores.get(one, one) for one in value)
    return f"{field.label} {_asked(field, condition.operator, value)}"


def _asked(field: Field, operator: Op, value: Any) -> str:
    match operator:
        case Op.MORE_THAN | Op.AT_LEAST | Op.LESS_THAN | Op.AT_MOST | Op.EQUALS:
            return f"{_COMPARED[operator]} {_number(field, value)}"
        case Op.BETWEEN:
            return f"between {_number(field, value[0])} and {_number(field, value[1])}"
        case Op.IN_PAST_DAYS:
            return "today" if value == 1 else f"in the past {value} days"
        case Op.NOT_IN_PAST_DAYS:
            return f"{counted(value, 'day')} ago or longer"
        case Op.DAYS_AGO_BETWEEN:
            return f"{value[0]} to {value[1]} days ago"
        case Op.BEFORE:
            return f"before {day_words(value)}"
        case Op.SINCE:
            return f"on {day_words(value)} or later"
        case Op.ON:
            return f"on {day_words(value)}"
        case Op.BETWEEN_DAYS:
            return f"from {day_words(value[0])} to {day_words(value[1])}"
        case Op.NEAR:
            return f"within {value.miles:g} miles of {plain(value.postal_code, 20)}"
        case Op.CONTAINS | Op.STARTS_WITH | Op.ANY_CONTAINS:
            return f"{_WORDED[operator]} “{plain(value, 60)}”"
        case _:
            word, between = _LISTED[operator]
            return f"{word} {_names(value, between)}"


_COMPARED = {
    Op.MORE_THAN: "more than",
    Op.AT_LEAST: "at least",
    Op.LESS_THAN: "less than",
    Op.AT_MOST: "at most",
    Op.EQUALS: "exactly",
}
_WORDED = {Op.CONTAINS: "contains", Op.STARTS_WITH: "starts with", Op.ANY_CONTAINS: "have one with"}
_LISTED = {
    Op.IS_ONE_OF: ("is", "or"),
    Op.IS_NONE_OF: ("is not", "or"),
    Op.INCLUDE_ANY: ("include", "or"),
    Op.INCLUDE_ALL: ("include", "and"),
    Op.INCLUDE_NONE: ("don't include", "or"),
    Op.IN_AREAS: ("begins with", "or"),
}


def _number(field: Field, value: int) -> str:
    return money(value) if field.kind is Kind.MONEY else f"{value:,}"


def _names(names: Sequence[str], between: str) -> str:
    shown = [plain(name, 40) for name in names[:MOST_NAMES]]
    if len(names) > MOST_NAMES:
        shown.append(f"{len(names) - MOST_NAMES} more")
    return f" {between} ".join(filter(None, [", ".join(shown[:-1]), shown[-1]]))


def day_words(day: date) -> str:
    return f"{day:%b} {day.day}, {day.year}"


def words_why(before: datetime, segment: Segment, asof: Asof) -> Callable[[Facts | None], str]:
    """To tell of many who moved in one evaluation why they did; None is one who vanished. It was evaluated last `before`."""
    reasons = Reasons(segment.tree, asof, Asof(before, asof.zone))
    known: dict[Hashable, str] = {}

    def why(facts: Facts | None) -> str:
        alike = reasons.alike(facts)
        words = known.get(alike)
        if words is None:
            words = known[alike] = reason_words(reasons.of(facts))
        return words

    return why


def reason_words(reason: Reason) -> str:
    """Why somebody moved: "last order 60 days ago", "bought yesterday". Texts and lists are told as the segment asks for them,
    never with the customer's own words: these are kept beside the customer's id in the open."""
    if reason.because is Because.VANISHED:
        return "no longer in Flowhub"
    if reason.because is Because.EDITED or reason.condition is None:
        return "the segment was changed"
    field = SEGMENT_FIELDS[reason.condition.field]
    if field.kind is Kind.DATE:
        return _date_reason(field, reason.days_ago)
    match field.name:
        case "fh_total_orders":
            return f"ordered {counted(reason.fact, 'time')}"
        case "fh_total_spent":
            return f"spent {money(reason.fact)} in all"
        case "fh_points":
            return f"has {counted(reason.fact, 'point')}"
        case "consents_sms" | "consents_email":
            what = "texts" if field.name == "consents_sms" else "e-mail"
            return f"{'agreed to' if reason.fact else 'does not agree to'} {what}"
        case "fh_isloyal":
            return "is a loyalty member" if reason.fact else "is no loyalty member"
        case _:
            verb = "now" if reason.holds else "no longer"
            return f"{verb}: {condition_words(reason.condition)}"


def _date_reason(field: Field, days_ago: int | None) -> str:
    is_last = field.name == "fh_last_orderdate"
    if days_ago is None:
        return "no order is left" if is_last else f"no {field.label.lower()} is left"
    when = {0: "today", 1: "yesterday"}.get(max(days_ago, 0), f"{days_ago} days ago")
    return f"bought {when}" if is_last and days_ago <= 1 else f"{field.label.lower()} {when}"
