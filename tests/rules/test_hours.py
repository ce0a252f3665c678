"""A store's day, in its own zone: across closed days, past midnight, and on the days of 23 and 25 hours."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.rules.hours import OpenHours, StoreHours
from tests.named_orders import DENVER, NOON, minutes

LATE_BAR = OpenHours(opens=time(18), closes=time(2))
ALL_DAY = OpenHours(opens=time(0), closes=time(0))
NEVER = StoreHours(zone="America/Denver")
NIGHTS = StoreHours(zone="America/Denver", days=(LATE_BAR,) * 7)
ROUND_THE_CLOCK = StoreHours(zone="America/Denver", days=(ALL_DAY,) * 7)
WEEKDAYS = StoreHours(zone="America/Denver", days=(*(OpenHours(opens=time(9), closes=time(21)),) * 5, None, None))
SUNDAY_HOUR = StoreHours(zone="America/Denver", days=(*(None,) * 6, OpenHours(opens=time(12), closes=time(13))))

SPRING, AUTUMN = date(2026, 3, 8), date(2026, 11, 1)
"""Sundays on which Denver's clocks skip 02:00-03:00, and live through 01:00-02:00 twice."""


def local(hours: StoreHours, day: date, at: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(at), tzinfo=hours.local(NOON).tzinfo).astimezone(UTC)


LENGTHS: list[tuple[str, StoreHours, date, float | None]] = [
    ("an ordinary day", DENVER, date(2026, 11, 20), 12),
    ("spring does not touch the day", DENVER, SPRING, 12),
    ("autumn does not touch the day", DENVER, AUTUMN, 12),
    ("a whole day", ROUND_THE_CLOCK, date(2026, 11, 20), 24),
    ("a whole day in spring has 23 hours", ROUND_THE_CLOCK, SPRING, 23),
    ("a whole day in autumn has 25", ROUND_THE_CLOCK, AUTUMN, 25),
    ("past midnight", NIGHTS, date(2026, 11, 20), 8),
    ("past midnight into the long night", NIGHTS, AUTUMN - timedelta(days=1), 9),
    ("past midnight into the short night, to the hour that is skipped", NIGHTS, SPRING - timedelta(days=1), 8),
    ("a closed day", WEEKDAYS, date(2026, 11, 21), None),
    ("without hours", NEVER, date(2026, 11, 20), None),
]


@pytest.mark.parametrize(("hours", "day", "length"), [row[1:] for row in LENGTHS], ids=[row[0] for row in LENGTHS])
def test_a_day_is_as_long_as_it_really_is(hours: StoreHours, day: date, length: float | None) -> None:
    span = hours.span(day)
    assert (None if span is None else (span[1] - span[0]) / timedelta(hours=1)) == length


def test_a_day_inside_the_hour_that_is_skipped_does_not_happen() -> None:
    hour = OpenHours(opens=time(2, 30), closes=time(3))
    assert StoreHours(zone="America/Denver", days=(hour,) * 7).span(SPRING) is None


OPEN: list[tuple[str, StoreHours, date, str, bool]] = [
    ("before opening", DENVER, date(2026, 11, 20), "08:59", False),
    ("at opening", DENVER, date(2026, 11, 20), "09:00", True),
    ("just before closing", DENVER, date(2026, 11, 20), "20:59", True),
    ("at closing", DENVER, date(2026, 11, 20), "21:00", False),
    ("past midnight, still open", NIGHTS, date(2026, 11, 21), "01:59", True),
    ("past midnight, closed", NIGHTS, date(2026, 11, 21), "02:00", False),
    ("midnight itself", NIGHTS, date(2026, 11, 21), "00:00", True),
    ("round the clock", ROUND_THE_CLOCK, date(2026, 11, 21), "00:00", True),
    ("a closed day", WEEKDAYS, date(2026, 11, 21), "12:00", False),
    ("the day before a closed day", WEEKDAYS, date(2026, 11, 20), "20:00", True),
    ("without hours", NEVER, date(2026, 11, 21), "03:00", True),
    ("the morning after the short night", DENVER, SPRING, "09:00", True),
    ("the morning after the long night", DENVER, AUTUMN, "08:59", False),
]


@pytest.mark.parametrize(("hours", "day", "at", "expected"), [row[1:] for row in OPEN], ids=[row[0] for row in OPEN])
def test_when_a_store_is_open(hours: StoreHours, day: date, at: str, expected: bool) -> None:
    assert hours.is_open(local(hours, day, at)) is expected


LATER: list[tuple[str, StoreHours, tuple[date, str], float, tuple[date, str]]] = [
    ("inside a day", DENVER, (date(2026, 11, 20), "12:00"), 30, (date(2026, 11, 20), "12:30")),
    ("over night", DENVER, (date(2026, 11, 20), "20:50"), 30, (date(2026, 11, 21), "09:20")),
    ("before opening", DENVER, (date(2026, 11, 20), "07:00"), 30, (date(2026, 11, 20), "09:30")),
    ("after closing", DENVER, (date(2026, 11, 20), "22:00"), 30, (date(2026, 11, 21), "09:30")),
    ("exactly until closing", DENVER, (date(2026, 11, 20), "20:30"), 30, (date(2026, 11, 21), "09:00")),
    ("over a weekend", WEEKDAYS, (date(2026, 11, 20), "20:50"), 30, (date(2026, 11, 23), "09:20")),
    ("over the short night", DENVER, (SPRING - timedelta(days=1), "20:30"), 60, (SPRING, "09:30")),
    ("over the long night", DENVER, (AUTUMN - timedelta(days=1), "20:30"), 60, (AUTUMN, "09:30")),
    ("past midnight", NIGHTS, (date(2026, 11, 20), "23:30"), 60, (date(2026, 11, 21), "00:30")),
    ("no wait while open", DENVER, (date(2026, 11, 20), "12:00"), 0, (date(2026, 11, 20), "12:00")),
    ("no wait while closed", DENVER, (date(2026, 11, 20), "22:00"), 0, (date(2026, 11, 21), "09:00")),
    (
        "longer than three weeks of one hour",
        SUNDAY_HOUR,
        (date(2026, 11, 20), "12:00"),
        200,
        (date(2026, 12, 13), "12:20"),
    ),
]


@pytest.mark.parametrize(("hours", "start", "wait", "end"), [row[1:] for row in LATER], ids=[row[0] for row in LATER])
def test_clocks_stand_still_while_a_store_is_closed(
    hours: StoreHours, start: tuple[date, str], wait: float, end: tuple[date, str]
) -> None:
    assert hours.add_open_time(local(hours, *start), minutes(wait)) == local(hours, *end)


CLOSINGS: list[tuple[str, StoreHours, tuple[date, str], tuple[date, str]]] = [
    ("in the morning", DENVER, (date(2026, 11, 21), "09:30"), (date(2026, 11, 20), "21:00")),
    ("at closing", DENVER, (date(2026, 11, 20), "21:00"), (date(2026, 11, 20), "21:00")),
    ("after closing", DENVER, (date(2026, 11, 20), "23:00"), (date(2026, 11, 20), "21:00")),
    ("after a weekend", WEEKDAYS, (date(2026, 11, 23), "09:30"), (date(2026, 11, 20), "21:00")),
    ("past midnight, still open", NIGHTS, (date(2026, 11, 21), "01:00"), (date(2026, 11, 20), "02:00")),
    ("past midnight, closed", NIGHTS, (date(2026, 11, 21), "02:00"), (date(2026, 11, 21), "02:00")),
    ("once a week", SUNDAY_HOUR, (date(2026, 11, 29), "12:59"), (date(2026, 11, 22), "13:00")),
    ("never", NEVER, (date(2026, 11, 21), "09:30"), (date(2026, 11, 21), "00:00")),
]


@pytest.mark.parametrize(("hours", "now", "closing"), [row[1:] for row in CLOSINGS], ids=[row[0] for row in CLOSINGS])
def test_when_a_store_closed_last(hours: StoreHours, now: tuple[date, str], closing: tuple[date, str]) -> None:
    assert hours.last_closing(local(hours, *now)) == local(hours, *closing)


TIMES = st.builds(time, st.integers(0, 23), st.sampled_from([0, 30, 59]))
DAYS = st.none() | st.builds(OpenHours, opens=TIMES, closes=TIMES)
ZONES = st.sampled_from(["America/Denver", "UTC", "America/Los_Angeles", "Australia/Lord_Howe", "America/St_Johns"])
HOURS = st.builds(StoreHours, zone=ZONES, days=st.just(()) | st.tuples(*[DAYS] * 7))
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)) | st.builds(  # noqa: DTZ001
    lambda day, minute: datetime(day.year, day.month, day.day, tzinfo=UTC) + minutes(minute),
    st.sampled_from([SPRING, AUTUMN]),
    st.integers(0, 36 * 60),
)
WAITS = st.timedeltas(timedelta(0), timedelta(hours=60))


@settings(max_examples=300, deadline=None)
@given(hours=HOURS, start=MOMENTS, wait=WAITS)
def test_what_is_due_is_never_due_while_the_store_is_closed(
    hours: StoreHours, start: datetime, wait: timedelta
) -> None:
    due = hours.add_open_time(start, wait)
    assert due >= start + wait
    assert hours.is_open(due)


@settings(max_examples=300, deadline=None)
@given(hours=HOURS, start=MOMENTS, later=WAITS, wait=WAITS, longer=WAITS)
def test_starting_later_or_waiting_longer_never_ends_sooner(
    hours: StoreHours, start: datetime, later: timedelta, wait: timedelta, longer: timedelta
) -> None:
    due = hours.add_open_time(start, wait)
    assert hours.add_open_time(start + later, wait) >= due
    assert hours.add_open_time(start, wait + longer) >= due


@settings(max_examples=300, deadline=None)
@given(hours=HOURS, start=MOMENTS, first=WAITS, second=WAITS)
def test_two_waits_one_after_the_other_are_as_long_as_both(
    hours: StoreHours, start: datetime, first: timedelta, second: timedelta
) -> None:
    assert hours.add_open_time(hours.add_open_time(start, first), second) == hours.add_open_time(start, first + second)
