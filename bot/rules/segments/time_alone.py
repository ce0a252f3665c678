"""What changes though nobody bought: midnight passes, and a date is longer ago."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bot.rules.segments.days import ONE_DAY, RELATIVE, Asof, Span, span_of
from bot.rules.segments.facts import Facts
from bot.rules.segments.fields import SEGMENT_FIELDS
from bot.rules.segments.holding import holds
from bot.rules.segments.trees import Condition, Tree, conditions
from bot.rules.segments.trees import Operator as Op


@dataclass(frozen=True)
class Crossing:
    """Everybody whose date `field` lies in `span` was on the other side of a condition before."""

    field: str
    span: Span


def crossings(tree: Tree, before: Asof, after: Asof) -> tuple[Crossing, ...]:
    """Where to look between two moments in one zone: whoever is in none of these has the membership that they had.

    It is enough to evaluate those few again, and whose data changed; the rest of the account need not be read.
    """
    found: list[Crossing] = []
    for condition in conditions(tree):
        if condition.operator in RELATIVE:
            earlier, later = span_of(condition, before), span_of(condition, after)
            for one, other in ((earlier.since, later.since), (earlier.until, later.until)):
                if one is not None and other is not None and one != other:
                    found.append(Crossing(condition.field, Span(min(one, other), max(one, other))))
    return tuple(dict.fromkeys(found))


def next_change(tree: Tree, facts: Facts, asof: Asof) -> date | None:
    """The first local day after today on which the membership is another one, if nothing else happens; None is never."""
    now = holds(tree, facts, asof)
    for day in sorted({day for one in conditions(tree) for day in _turning_days(one, facts, asof) if day > asof.today}):
        if holds(tree, facts, Asof(asof.start(day), asof.zone)) != now:
            return day
    return None


def _turning_days(condition: Condition, facts: Facts, asof: Asof) -> tuple[date, ...]:
    """The local days on which a condition comes out differently than the day before."""
    if condition.operator not in RELATIVE:
        return ()
    at: datetime | None = getattr(facts, SEGMENT_FIELDS[condition.field].fact)
    if at is None:
        return ()
    day = asof.day_of(at)
    value: Any = condition.value
    if condition.operator is Op.DAYS_AGO_BETWEEN:
        return day + value[0] * ONE_DAY, day + (value[1] + 1) * ONE_DAY
    return (day + value * ONE_DAY,)
