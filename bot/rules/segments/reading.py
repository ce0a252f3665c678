"""A tree as JSON and back, and what is wrong with one, in a person's words."""

from collections.abc import Callable
from datetime import date
from typing import Any

from bot.errors import Refused
from bot.rules.order_values import printable
from bot.rules.segments.fields import OPERATORS, SEGMENT_FIELDS, Field, Kind
from bot.rules.segments.trees import AllOf, AnyOf, Condition, Near, Not, Tree, Value, conditions, depth, parts
from bot.rules.segments.trees import Operator as Op

DEEPEST = 5
MOST_CONDITIONS = 30
MOST_NAMES = 100
LONGEST_NAME = 200
MOST_DAYS = 3650
MOST = 10**12
"""Of a number, or of cents."""
MOST_MILES = 500
YEARS = range(2000, 2101)
OPERATOR_NAMES = frozenset(operator.value for operator in Op)


def as_json(tree: Tree) -> dict[str, Any]:
    match tree:
        case AllOf():
            return {"all": [as_json(part) for part in tree.parts]}
        case AnyOf():
            return {"any": [as_json(part) for part in tree.parts]}
        case Not():
            return {"not": as_json(tree.part)}
        case Condition():
            return {"field": tree.field, "operator": tree.operator.value, "value": _value_as_json(tree.value)}


def _value_as_json(value: Value) -> Any:
    match value:
        case date():
            return value.isoformat()
        case tuple():
            return [_value_as_json(one) for one in value]
        case Near():
            return {
                "postal_code": value.postal_code,
                "latitude": value.latitude,
                "longitude": value.longitude,
                "miles": value.miles,
            }
        case _:
            return value


def tree_of(written: Any) -> Tree:
    """The tree that JSON tells of, checked. Raises Refused with a sentence for a person."""
    tree = _read(written, DEEPEST)
    check(tree)
    return tree


def _read(written: Any, deeper: int) -> Tree:
    if deeper < 1:
        raise Refused(f"Groups can stand in groups at most {DEEPEST} deep.")
    match written:
        case {"all": [*inner], **rest} if not rest:
            return AllOf(tuple(_read(part, deeper - 1) for part in inner))
        case {"any": [*inner], **rest} if not rest:
            return AnyOf(tuple(_read(part, deeper - 1) for part in inner))
        case {"not": inner, **rest} if not rest:
            return Not(_read(inner, deeper - 1))
        case {"field": str(name), "operator": str(operator), "value": value, **rest} if not rest:
            if operator not in OPERATOR_NAMES:
                raise Refused(f"“{printable(operator)[:40]}” is nothing that can be asked of a field.")
            field = _field(name)
            return Condition(name, Op(operator), _value_of(field, Op(operator), value))
    raise Refused(
        "A segment is made of “all”, “any” and “not”, and of conditions with a field, an operator and a value."
    )


def _value_of(field: Field, operator: Op, value: Any) -> Value:
    """JSON has no dates and no tuples."""
    if operator in {Op.BEFORE, Op.SINCE, Op.ON}:
        return _day(field, value)
    if operator is Op.BETWEEN_DAYS and isinstance(value, list) and len(value) == 2:
        return _day(field, value[0]), _day(field, value[1])
    if isinstance(value, list):
        return tuple(value)
    if operator is Op.NEAR:
        try:
            return Near(
                str(value["postal_code"]), float(value["latitude"]), float(value["longitude"]), float(value["miles"])
            )
        except (KeyError, TypeError, ValueError, OverflowError):
            raise Refused(f"{field.label}: a place needs a postal code, and how many miles around it.") from None
    made: Value = value
    return made


def _day(field: Field, value: Any) -> date:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise Refused(f"{field.label}: a day is written like 2026-01-31.") from None


def check(tree: Tree) -> None:
    """Raises Refused with a sentence for a person."""
    if depth(tree) > DEEPEST:
        raise Refused(f"Groups can stand in groups at most {DEEPEST} deep.")
    if sum(1 for _ in conditions(tree)) > MOST_CONDITIONS:
        raise Refused(f"A segment can have at most {MOST_CONDITIONS} conditions.")
    _check_groups(tree)
    for condition in conditions(tree):
        check_condition(condition)


def _check_groups(tree: Tree) -> None:
    if not isinstance(tree, Condition) and not parts(tree):
        raise Refused("A group needs at least one condition.")
    for part in parts(tree):
        _check_groups(part)


def _field(name: str) -> Field:
    if name not in SEGMENT_FIELDS:
        raise Refused(f"“{printable(name)[:40]}” is no field that a segment can ask for.")
    return SEGMENT_FIELDS[name]


def check_condition(condition: Condition) -> None:
    """Raises Refused with a sentence for a person."""
    field = _field(condition.field)
    if condition.operator not in OPERATORS[field.kind]:
        raise Refused(f"{field.label} can't be asked “{condition.operator.value.replace('_', ' ')}”.")
    complaint = _CHECKS[condition.operator](condition.value)
    if complaint:
        unit = " (in cents)" if field.kind is Kind.MONEY and "number" in complaint else ""
        raise Refused(f"{field.label}: {complaint}{unit}.")


def _number(value: Any, least: int = 0, most: int = MOST) -> str:
    is_one = isinstance(value, int) and not isinstance(value, bool) and least <= value <= most
    return "" if is_one else f"a whole number from {least:,} to {most:,} is needed"


def _range(value: Any, most: int = MOST) -> str:
    if not isinstance(value, tuple) or len(value) != 2:
        return "two numbers are needed, the smaller one first"
    complaint = _number(value[0], 0, most) or _number(value[1], 0, most)
    return complaint or ("" if value[0] <= value[1] else "the smaller number stands first")


def _days(value: Any) -> str:
    return "" if not _number(value, 1, MOST_DAYS) else f"a number of days from 1 to {MOST_DAYS:,} is needed"


def _days_ago(value: Any) -> str:
    return _range(value, MOST_DAYS).replace("number", "number of days", 1)


def _date(value: Any) -> str:
    return "" if isinstance(value, date) and value.year in YEARS else f"a day from {YEARS[0]} to {YEARS[-1]} is needed"


def _dates(value: Any) -> str:
    if not isinstance(value, tuple) or len(value) != 2:
        return "two days are needed, the earlier one first"
    complaint = _date(value[0]) or _date(value[1])
    return complaint or ("" if value[0] <= value[1] else "the earlier day stands first")


def _yes_or_no(value: Any) -> str:
    return "" if isinstance(value, bool) else "yes or no is needed"


def _name(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        return "a word is needed"
    if len(value) > LONGEST_NAME:
        return f"at most {LONGEST_NAME} letters are possible"
    # A database can't hold a NUL or half a character, and nobody can see the others.
    return "" if value.isprintable() else "there are characters in it that can't be seen"


def _names(value: Any) -> str:
    if not isinstance(value, tuple) or not value:
        return "at least one word is needed"
    if len(value) > MOST_NAMES:
        return f"at most {MOST_NAMES} words are possible"
    return next(filter(None, map(_name, value)), "")


def _areas(value: Any) -> str:
    complaint = _names(value)
    if complaint or all(len(area) <= 10 and area.replace("-", "").isalnum() for area in value):
        return complaint
    return "a postal code, or how it begins, is needed"


def _near(value: Any) -> str:
    if not isinstance(value, Near):
        return "a place needs a postal code, and how many miles around it"
    if not (-90 < value.latitude < 90 and -180 <= value.longitude <= 180):
        return "that place is not on the map"
    if not 0 < value.miles <= MOST_MILES:
        return f"up to {MOST_MILES} miles around a place are possible"
    return _areas((value.postal_code,))


_CHECKS: dict[Op, Callable[[Any], str]] = {
    **dict.fromkeys((Op.MORE_THAN, Op.AT_LEAST, Op.LESS_THAN, Op.AT_MOST, Op.EQUALS), _number),
    Op.BETWEEN: _range,
    **dict.fromkeys((Op.IN_PAST_DAYS, Op.NOT_IN_PAST_DAYS), _days),
    Op.DAYS_AGO_BETWEEN: _days_ago,
    **dict.fromkeys((Op.BEFORE, Op.SINCE, Op.ON), _date),
    Op.BETWEEN_DAYS: _dates,
    **dict.fromkeys((Op.IS, Op.IS_KNOWN), _yes_or_no),
    **dict.fromkeys((Op.CONTAINS, Op.STARTS_WITH, Op.ANY_CONTAINS), _name),
    **dict.fromkeys((Op.IS_ONE_OF, Op.IS_NONE_OF, Op.INCLUDE_ANY, Op.INCLUDE_ALL, Op.INCLUDE_NONE), _names),
    Op.IN_AREAS: _areas,
    Op.NEAR: _near,
}
"""For each operator: what is wrong with a value, "" when nothing is."""
