"""A condition out of what somebody typed into a modal: "$1,200", "60", "1/31/2026", "Flower, Edibles", "80202, 10 miles"."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal

from bot.errors import Refused
from bot.rules.segments.fields import SEGMENT_FIELDS, Field, Kind
from bot.rules.segments.reading import check_condition
from bot.rules.segments.trees import Condition, Near, Value
from bot.rules.segments.trees import Operator as Op

PlaceOf = Callable[[str], tuple[float | None, float | None]]
"""A postal code's latitude and longitude in degrees, (None, None) when it is unknown."""
_TWO_DAYS = frozenset({Op.BETWEEN_DAYS})
_ONE_DAY = frozenset({Op.BEFORE, Op.SINCE, Op.ON})
_TWO_NUMBERS = frozenset({Op.BETWEEN, Op.DAYS_AGO_BETWEEN})
_YES_OR_NO = frozenset({Op.IS, Op.IS_KNOWN})
_ONE_WORD = frozenset({Op.CONTAINS, Op.STARTS_WITH, Op.ANY_CONTAINS})
_AND = re.compile(r"\s+(?:and|to)\s+|\s*[–…;]\s*|\s+-\s+", re.IGNORECASE)
_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})*(?:\.\d+)?|\d+(?:\.\d+)?")
_AMERICAN = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_NEAR = re.compile(r"\s*(\d{5})(?:-\d{4})?\s*[,;:]?\s*(?:within\s+)?(\d+(?:\.\d+)?)\s*(?:miles?|mi)?\s*", re.IGNORECASE)


def typed(field_name: str, operator: Op, words: str, place_of: PlaceOf) -> Condition:
    """The checked condition. Raises Refused with a sentence for a person."""
    if field_name not in SEGMENT_FIELDS:
        raise Refused("Choose what the condition asks for.")
    condition = Condition(field_name, operator, _value(SEGMENT_FIELDS[field_name], operator, words.strip(), place_of))
    check_condition(condition)
    return condition


def _value(field: Field, operator: Op, words: str, place_of: PlaceOf) -> Value:
    if operator in _ONE_DAY:
        return _day(field, words)
    if operator in _TWO_DAYS:
        return _day(field, _half(field, words, 0)), _day(field, _half(field, words, 1))
    if operator in _TWO_NUMBERS:
        return _number(field, _half(field, words, 0)), _number(field, _half(field, words, 1))
    if operator in _YES_OR_NO:
        if words.lower() in {"yes", "no"}:
            return words.lower() == "yes"
        raise Refused(f"{field.label}: yes or no is needed.")
    if operator in _ONE_WORD:
        return words
    if operator is Op.NEAR:
        return _near(field, words, place_of)
    if field.kind in {Kind.TEXT, Kind.LIST, Kind.GROUPS, Kind.AREA, Kind.STORE}:
        return tuple(dict.fromkeys(filter(None, (one.strip() for one in re.split(r"[,\n]", words)))))
    return _number(field, words)


def _half(field: Field, words: str, which: int) -> str:
    halves = _AND.split(words)
    if len(halves) != 2:
        raise Refused(f"{field.label}: two are needed, with “and” between them.")
    return halves[which].strip()


def _number(field: Field, words: str) -> int:
    """A whole number, or cents of an amount in dollars."""
    bare = re.sub(r"\s*(?:days?|orders?|points?|dollars?)$", "", words.removeprefix("$").strip(), flags=re.IGNORECASE)
    if not _NUMBER.fullmatch(bare) or len(bare) > 20:
        example = "$100 or 99.50" if field.kind is Kind.MONEY else "60"
        raise Refused(f"{field.label}: a number is needed, such as {example}.")
    amount = Decimal(bare.replace(",", "")) * (100 if field.kind is Kind.MONEY else 1)
    if amount != int(amount):
        wanted = "an amount has at most two decimals" if field.kind is Kind.MONEY else "a whole number is needed"
        raise Refused(f"{field.label}: {wanted}.")
    return int(amount)


def _day(field: Field, words: str) -> date:
    american = _AMERICAN.fullmatch(words)
    try:
        if american:
            return date(int(american[3]), int(american[1]), int(american[2]))
        return date.fromisoformat(words)
    except ValueError:
        raise Refused(f"{field.label}: a day is written like 2026-01-31 or 1/31/2026.") from None


def _near(field: Field, words: str, place_of: PlaceOf) -> Near:
    found = _NEAR.fullmatch(words)
    if not found:
        raise Refused(f"{field.label}: write a postal code and a distance, such as 80202, 10 miles.")
    latitude, longitude = place_of(found[1])
    if latitude is None or longitude is None:
        raise Refused(f"{field.label}: where {found[1]} is, is not known.")
    return Near(found[1], latitude, longitude, float(found[2]))


def as_typed(condition: Condition) -> str:
    """What somebody would type for a condition that is there: `typed` reads it back."""
    field, value = SEGMENT_FIELDS[condition.field], condition.value
    if isinstance(value, Near):
        return f"{value.postal_code}, {value.miles:g} miles"
    if isinstance(value, tuple):
        return (", " if isinstance(value[0], str) else " and ").join(_one_typed(field, one) for one in value)
    return _one_typed(field, value)


def _one_typed(field: Field, value: bool | int | date | str) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int) and field.kind is Kind.MONEY:
        return f"{value // 100}" if value % 100 == 0 else f"{value // 100}.{value % 100:02d}"
    return str(value)
