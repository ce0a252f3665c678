"""A store's day: when it is open, in its own zone, across daylight saving time. Without hours a store never closes."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.rules.order_values import Frozen

MORNING_HOUR = 8
LOOK_BACK_DAYS = 15


class OpenHours(Frozen):
    """Opening and closing of one weekday, local time. A closing at or before the opening is after midnight."""

    opens: time
    closes: time


class StoreHours(Frozen):
    """`days` has Monday first; None is a day on which the store stays closed. An empty `days` means always open."""

    zone: str = "UTC"
    days: tuple[OpenHours | None, ...] = ()

    @property
    def always_open(self) -> bool:
        return not any(self.days)

    def local(self, moment: datetime) -> datetime:
        return moment.astimezone(ZoneInfo(self.zone))

    def span(self, day: date) -> tuple[datetime, datetime] | None:
        """The UTC opening and closing of a local day, or None when closed."""
        hours = self.days[day.weekday()] if self.days else None
        if hours is None:
            return None
        closing_day = day if hours.closes > hours.opens else day + timedelta(days=1)
        opening, closing = self._utc(day, hours.opens), self._utc(closing_day, hours.closes)
        # A short day inside the hour that is skipped in spring does not happen.
        return (opening, closing) if opening < closing else None

    def _utc(self, day: date, at: time) -> datetime:
        return datetime.combine(day, at, tzinfo=ZoneInfo(self.zone)).astimezone(UTC)

    def is_open(self, moment: datetime) -> bool:
        if self.always_open:
            return True
        today = self.local(moment).date()
        spans = (self.span(day) for day in (today - timedelta(days=1), today))
        return any(span is not None and span[0] <= moment < span[1] for span in spans)

    def has_begun_its_day(self, moment: datetime) -> bool:
        """Whether people are there to read a morning list: while it is open, or from eight where it always is."""
        return self.is_open(moment) and (not self.always_open or self.local(moment).hour >= MORNING_HOUR)

    def last_closing(self, moment: datetime) -> datetime | None:
        """The newest closing at or before `moment`; the day of a store that never closes ends at its midnight."""
        today = self.local(moment).date()
        if self.always_open:
            return self._utc(today, time.min)
        for back in range(LOOK_BACK_DAYS):
            span = self.span(today - timedelta(days=back))
            if span is not None and span[1] <= moment:
                return span[1]
        return None

    def add_open_time(self, start: datetime, wait: timedelta) -> datetime:
        """The moment at which the store has been open for `wait` since `start`: clocks stand still while it is closed.

        It is always a moment at which the store is open: a wait that ends with the day ends when the store opens again.
        """
        if self.always_open:
            return start + wait
        left, begins = wait, start
        day = self.local(start).date() - timedelta(days=1)
        while True:
            span = self.span(day)
            if span is not None and span[1] > begins:
                begins = max(begins, span[0])
                if begins + left < span[1]:
                    return begins + left
                left -= span[1] - begins
                begins = span[1]
            day += timedelta(days=1)
