"""When a run is due, which days it asks for, and when it must stop."""

from datetime import UTC, date, datetime, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest

from bot.rules.customer_sync import (
    Count,
    Days,
    RunKind,
    guard,
    history_windows,
    kind_due,
    lookback,
    period_of,
    trailing,
)

TODAY = date(2026, 11, 21)
HOUR = timedelta(hours=1)
DENVER = ZoneInfo("America/Denver")


def test_the_look_back_has_a_day_more_on_each_side() -> None:
    since = datetime(2026, 11, 21, 9, tzinfo=UTC)
    assert lookback(since, TODAY, days=1) == Days(date(2026, 11, 19), date(2026, 11, 22))


def test_the_look_back_reaches_to_the_last_good_run_however_long_ago() -> None:
    assert lookback(datetime(2026, 10, 1, tzinfo=UTC), TODAY, days=1).first == date(2026, 9, 29)


def test_a_clock_that_was_ahead_does_not_shorten_the_look_back() -> None:
    assert lookback(datetime(2026, 12, 24, tzinfo=UTC), TODAY, days=1).first == date(2026, 11, 19)


def test_the_nights_window_has_a_day_more_on_each_side() -> None:
    assert trailing(TODAY, days=14) == Days(date(2026, 11, 6), date(2026, 11, 22))


def test_the_windows_of_a_stores_history_touch_and_share_no_day() -> None:
    windows = list(history_windows(TODAY))
    assert windows[0].last == TODAY + timedelta(days=1)
    assert all(newer.first - timedelta(days=1) == older.last for newer, older in pairwise(windows))
    assert windows[-1].first < TODAY - timedelta(days=365 * 15)
    assert list(islice(history_windows(TODAY), 3)) == windows[:3]


@pytest.mark.parametrize(
    ("known", "inserted", "vanished", "trips"),
    [
        (1000, 400, 0, False),
        (1000, 401, 0, True),
        (1000, 0, 400, False),
        (1000, 0, 401, True),
        (0, 5000, 0, False),
        (20, 50, 0, False),
        (20, 51, 0, True),
        (20, 0, 5, False),
        (20, 0, 20, True),
        (3, 0, 3, False),
    ],
)
def test_a_run_that_changes_more_than_is_likely_stops(known: int, inserted: int, vanished: int, trips: bool) -> None:
    why = guard(known, inserted=inserted, vanished=vanished)
    assert bool(why) is trips
    assert not trips or f"{known:,}" in why


def test_all_moments_of_an_hour_are_one_period_and_the_next_hour_is_another() -> None:
    nine = datetime(2026, 11, 21, 9, tzinfo=UTC)
    assert period_of(nine, HOUR) == period_of(nine + timedelta(minutes=59), HOUR)
    assert period_of(nine, HOUR) != period_of(nine + HOUR, HOUR)
    assert period_of(nine, HOUR) != period_of(nine, timedelta(minutes=30))


def due(at: datetime, *, loaded: datetime | None, wide: datetime | None = None) -> RunKind:
    return kind_due(loaded_at=loaded, last_wide_at=wide, local_now=at.astimezone(DENVER), nightly_hour=3)


def test_the_first_load_goes_before_everything() -> None:
    assert due(datetime(2026, 11, 21, 12, tzinfo=UTC), loaded=None) is RunKind.FIRST


def test_the_wide_run_is_made_once_a_night_in_the_stores_own_night() -> None:
    loaded = datetime(2026, 11, 20, 20, tzinfo=UTC)
    three = datetime(2026, 11, 21, 3, tzinfo=DENVER)
    assert due(three - timedelta(minutes=1), loaded=loaded) is RunKind.HOURLY
    assert due(three, loaded=loaded) is RunKind.NIGHTLY
    assert due(three + HOUR, loaded=loaded, wide=three) is RunKind.HOURLY
    assert due(three + timedelta(days=1), loaded=loaded, wide=three) is RunKind.NIGHTLY


def test_a_night_that_was_missed_is_made_up_for_by_day() -> None:
    loaded = datetime(2026, 11, 18, 20, tzinfo=UTC)
    assert due(datetime(2026, 11, 21, 15, tzinfo=DENVER), loaded=loaded) is RunKind.NIGHTLY


def test_counts_add_up() -> None:
    one = Count(read=5, inserted=1, updated=1, unchanged=2, parked=1)
    assert one + Count(read=1, vanished=3) == Count(6, 1, 1, 2, 3, 1)
