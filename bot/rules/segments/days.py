"""A store's calendar: which UTC moments are a local day, also on days of 23 and 25 hours, and what dates ask of it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property, lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from bot.rules.segments.trees import Condition
from bot.rules.segments.trees import Operator as Op

ONE_DAY = timedelta(days=1)
RELATIVE = frozenset({Op.IN_PAST_DAYS, Op.NOT_IN_PAST_DAYS, Op.DAYS_AGO_BETWEEN})
"""What is asked of a date and comes out differently tomorrow."""


@dataclass(frozen=True)
class Asof:
    """The moment for which a segment is evaluated, and the zone whose days count."""

    now: datetime
    zone: str

    @cached_property
    def today(self) -> date:
        return self.day_of(self.now)

    @cached_property
    def _place(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    @property
    def local_time(self) -> time:
        return self.now.astimezone(self._place).time()

    def day_of(self, moment: datetime) -> date:
        return moment.astimezone(self._place).date()

    def days_ago(self, moment: datetime) -> int:
        """Local days between; 0 is today, and what lies ahead is negative."""
        return (self.today - self.day_of(moment)).days

    def start(self, day: date) -> datetime:
        """The first UTC moment of a local day. Where midnight is skipped it is the first moment after it."""
        return datetime.combine(day, time.min, tzinfo=self._place).astimezone(UTC)

    def later(self, days: int) -> "Asof":
        """The first moment of the day so many days from today."""
        return Asof(self.start(self.today + days * ONE_DAY), self.zone)


@dataclass(frozen=True)
class Span:
    """UTC moments from `since` on and before `until`; None is without end."""

    since: datetime | None = None
    until: datetime | None = None

    def __contains__(self, moment: datetime) -> bool:
        return (self.since is None or self.since <= moment) and (self.until is None or moment < self.until)


class DaysAgo:
    """`Asof.days_ago` for many moments one after the other, which are mostly of the same day: its span is kept."""

    def __init__(self, asof: Asof) -> None:
        self._asof = asof
        self._know(asof.today)

    def __call__(self, moment: datetime) -> int:
        if not self._since <= moment < self._until:
            self._know(self._asof.day_of(moment))
        return self._days

    def _know(self, day: date) -> None:
        self._since, self._until = self._asof.start(day), self._asof.start(day + ONE_DAY)
        self._days = (self._asof.today - day).days


@lru_cache(maxsize=1_000)
def span_of(condition: Condition, asof: Asof) -> Span:
    """The moments that a date condition asks for. A date that is unknown is in none of them."""
    today = asof.today
    value: Any = condition.value  # which type it has follows from the operator: `reading.check` sees to it
    match condition.operator:
        case Op.IN_PAST_DAYS:
            return Span(since=asof.start(today - (value - 1) * ONE_DAY))
        case Op.NOT_IN_PAST_DAYS:
            return Span(until=asof.start(today - (value - 1) * ONE_DAY))
        case Op.DAYS_AGO_BETWEEN:
            nearest, farthest = value
            return Span(asof.start(today - farthest * ONE_DAY), asof.start(today - (nearest - 1) * ONE_DAY))
        case Op.BEFORE:
            return Span(until=asof.start(value))
        case Op.SINCE:
            return Span(since=asof.start(value))
        case Op.ON:
            return Span(asof.start(value), asof.start(value + ONE_DAY))
        case Op.BETWEEN_DAYS:
            return Span(asof.start(value[0]), asof.start(value[1] + ONE_DAY))
    raise ValueError(f"{condition.operator} asks nothing of a date")
