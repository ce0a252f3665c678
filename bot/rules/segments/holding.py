"""Whether a tree holds for one customer at a moment. `bot/store/segment_sql.py` asks a database the same, of everybody."""

import math
from collections.abc import Callable
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any

from bot.rules.segments.days import Asof, span_of
from bot.rules.segments.facts import Facts
from bot.rules.segments.fields import SEGMENT_FIELDS, Kind
from bot.rules.segments.trees import AllOf, AnyOf, Condition, Near, Not, Tree
from bot.rules.segments.trees import Operator as Op

MILES_PER_DEGREE = 69.09
"""Of latitude: a mean over the United States, where it is between 68.8 and 69.3."""
FIRST, LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
_SMALL = {ord(letter): letter.lower() for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}


Test = Callable[[Facts], bool]


def holds(tree: Tree, facts: Facts, asof: Asof) -> bool:
    return test_of(tree, asof)(facts)


def test_of(tree: Tree, asof: Asof) -> Test:
    """To ask of many customers: what the moment makes of dates is worked out once."""
    match tree:
        case AllOf(parts):
            tests = [test_of(part, asof) for part in parts]
            return lambda facts: all(test(facts) for test in tests)
        case AnyOf(parts):
            tests = [test_of(part, asof) for part in parts]
            return lambda facts: any(test(facts) for test in tests)
        case Not(part):
            opposite = test_of(part, asof)
            return lambda facts: not opposite(facts)
        case Condition():
            return condition_test(tree, asof)


def condition_test(condition: Condition, asof: Asof) -> Test:
    field = SEGMENT_FIELDS[condition.field]
    fact_of, value = attrgetter(field.fact), condition.value
    match field.kind:
        case Kind.DATE if condition.operator is Op.IS_KNOWN:
            return lambda facts: (fact_of(facts) is not None) is value
        case Kind.DATE:
            span = span_of(condition, asof)
            since, until = span.since or FIRST, span.until or LAST
            return lambda facts: (at := fact_of(facts)) is not None and since <= at < until
        case Kind.AREA if isinstance(value, Near):
            return lambda facts: _is_near(facts, value)
        case _:
            test = _TESTS[condition.operator]
            return lambda facts: test(fact_of(facts), value)


def small(text: str) -> str:
    """The letters A to Z in small; other scripts stay as they are, because databases disagree about them."""
    return text.translate(_SMALL)


def degree_of_longitude(near: Near) -> float:
    """In miles, where `near` is: meridians are closer to each other the farther north."""
    return MILES_PER_DEGREE * math.cos(math.radians(near.latitude))


def _is_near(facts: Facts, near: Near) -> bool:
    """On a flat map around the place: off by less than one per cent at a hundred miles, and the same in every database."""
    if facts.latitude is None or facts.longitude is None:
        return False
    north = (facts.latitude - near.latitude) * MILES_PER_DEGREE
    east = (facts.longitude - near.longitude) * degree_of_longitude(near)
    return north * north + east * east <= near.miles * near.miles


def _any_of(names: tuple[str, ...], wanted: tuple[str, ...]) -> bool:
    return not {small(name) for name in names}.isdisjoint(small(name) for name in wanted)


_TESTS: dict[Op, Callable[[Any, Any], bool]] = {
    Op.MORE_THAN: lambda fact, value: fact > value,
    Op.AT_LEAST: lambda fact, value: fact >= value,
    Op.LESS_THAN: lambda fact, value: fact < value,
    Op.AT_MOST: lambda fact, value: fact <= value,
    Op.EQUALS: lambda fact, value: fact == value,
    Op.BETWEEN: lambda fact, value: value[0] <= fact <= value[1],
    Op.IS: lambda fact, value: fact is value,
    Op.IS_KNOWN: lambda fact, value: fact is value,
    Op.IS_ONE_OF: lambda fact, value: _any_of((fact,), value),
    Op.IS_NONE_OF: lambda fact, value: not _any_of((fact,), value),
    Op.CONTAINS: lambda fact, value: small(value) in small(fact),
    Op.STARTS_WITH: lambda fact, value: small(fact).startswith(small(value)),
    Op.INCLUDE_ANY: _any_of,
    Op.INCLUDE_ALL: lambda fact, value: {small(name) for name in value} <= {small(name) for name in fact},
    Op.INCLUDE_NONE: lambda fact, value: not _any_of(fact, value),
    Op.ANY_CONTAINS: lambda fact, value: any(small(value) in small(name) for name in fact),
    Op.IN_AREAS: lambda fact, value: small(fact).startswith(tuple(small(area) for area in value)),
}
