"""When a digest is due, once per local morning whatever clocks and machines do, and what it counts."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.rules.digests import (
    Due,
    due,
    due_at,
    flow_trees,
    is_outdated,
    order_figures,
)
from bot.rules.lateness import Clock
from bot.rules.segments.days import Asof
from bot.rules.segments.facts import Facts
from bot.rules.segments.holding import holds
from bot.rules.segments.reading import check
from tests.named_orders import JONAH, NOON, NORA, WALT, minutes
from tests.rules.segments.generated import ODD_ZONES, ZONES

DENVER = "America/Denver"
SATURDAY = date(2026, 11, 21)
EIGHT = datetime(2026, 11, 21, 15, 0, tzinfo=UTC)
"""08:00 on Saturday in Denver."""


def test_it_is_due_at_eight_and_tells_of_yesterday() -> None:
    assert due(EIGHT - timedelta(seconds=1), DENVER, last_morning=date(2026, 11, 20)) is None
    found = due(EIGHT, DENVER, last_morning=date(2026, 11, 20))
    assert found == Due(SATURDAY, date(2026, 11, 20), date(2026, 11, 20), EIGHT, is_late=False)
    assert found.key("downtown") == "digest downtown 2026-11-21"
    assert due(EIGHT, DENVER, last_morning=SATURDAY) is None


@pytest.mark.parametrize(
    ("after", "is_late"),
    [(timedelta(minutes=15), False), (timedelta(minutes=16), True), (timedelta(hours=12) - timedelta(seconds=1), True)],
)
def test_a_missed_one_is_posted_late_and_says_so(after: timedelta, is_late: bool) -> None:
    found = due(EIGHT + after, DENVER, last_morning=date(2026, 11, 20))
    assert found is not None
    assert (found.morning, found.is_late) == (SATURDAY, is_late)


def test_one_missed_by_twelve_hours_is_folded_into_the_next() -> None:
    assert due(EIGHT + timedelta(hours=12), DENVER, last_morning=date(2026, 11, 20)) is None
    found = due(EIGHT + timedelta(days=1), DENVER, last_morning=date(2026, 11, 20))
    assert found is not None
    assert (found.morning, found.first, found.last, found.days) == (
        date(2026, 11, 22), date(2026, 11, 20), date(2026, 11, 21), 2,
    )  # fmt: skip


def test_an_evening_digest_may_be_late_after_midnight() -> None:
    at = time(22)
    found = due(due_at(SATURDAY, DENVER, at) + timedelta(hours=4), DENVER, last_morning=date(2026, 11, 20), at=at)
    assert found is not None
    assert (found.morning, found.is_late) == (SATURDAY, True)


def test_after_a_long_silence_a_week_is_told() -> None:
    found = due(EIGHT, DENVER, last_morning=date(2026, 1, 1))
    assert found is not None
    assert (found.first, found.days) == (date(2026, 11, 14), 7)
    first_ever = due(EIGHT, DENVER, last_morning=None)
    assert first_ever is not None
    assert first_ever.days == 1


@pytest.mark.parametrize(
    ("day", "at", "utc"),
    [
        (date(2026, 3, 8), time(2, 30), datetime(2026, 3, 8, 9, 30, tzinfo=UTC)),  # skipped: 03:30
        (date(2026, 11, 1), time(1, 30), datetime(2026, 11, 1, 7, 30, tzinfo=UTC)),  # twice: the first
        (date(2026, 3, 8), time(8), datetime(2026, 3, 8, 14, 0, tzinfo=UTC)),
        (date(2026, 11, 1), time(8), datetime(2026, 11, 1, 15, 0, tzinfo=UTC)),
    ],
)
def test_days_on_which_the_clocks_change_have_one_morning(day: date, at: time, utc: datetime) -> None:
    assert due_at(day, DENVER, at) == utc


@settings(max_examples=300, deadline=None)
@given(
    zone=st.sampled_from(ZONES + ODD_ZONES),
    start=st.integers(0, 34_000_000).map(lambda seconds: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)),
    at=st.times().filter(lambda at: at.tzinfo is None),
    gaps=st.lists(st.integers(1, 60 * 40), min_size=1, max_size=40),
)
def test_each_morning_is_posted_once_and_each_day_is_told_once(
    zone: str, start: datetime, at: time, gaps: list[int]
) -> None:
    """Whenever the machine happens to be awake: `gaps` are the minutes it sleeps."""
    now, last_morning = start, None
    told: list[date] = []
    for gap in gaps:
        now += timedelta(minutes=gap)
        found = due(now, zone, last_morning=last_morning, at=at)
        if found is None:
            continue
        assert last_morning is None or found.morning > last_morning
        assert timedelta(0) <= now - found.due_at < timedelta(hours=12)
        last_morning = found.morning
        told += [found.first + timedelta(days=number) for number in range(found.days)]
        assert due(now, zone, last_morning=last_morning, at=at) is None
    assert told == sorted(set(told))
    if told and (told[-1] - told[0]).days < 7:
        assert len(told) == (told[-1] - told[0]).days + 1


@pytest.mark.parametrize(
    ("told", "minutes", "outdated"),
    [
        (EIGHT, 0, False),  # it came by itself
        (EIGHT - timedelta(hours=2), -1, False),
        (EIGHT - timedelta(hours=2), 0, True),
        (EIGHT - timedelta(hours=2), 719, True),
        (EIGHT - timedelta(hours=2), 720, False),
        (EIGHT + timedelta(hours=2), 180, False),  # asked for after its hour
    ],
)
def test_one_that_was_asked_for_before_its_hour_is_made_anew_when_that_comes(
    told: datetime, minutes: int, outdated: bool
) -> None:
    assert is_outdated(told, SATURDAY, EIGHT + timedelta(minutes=minutes), DENVER) is outdated


FRIDAY = date(2026, 11, 20)


def test_orders_are_counted_by_the_stores_day() -> None:
    end = Asof(EIGHT, DENVER).start(SATURDAY)
    orders = [
        JONAH.model_copy(update={"status": "sold", "closed_at": end - minutes(1)}),
        JONAH.model_copy(update={"status": "deleted", "closed_at": NOON + minutes(5)}),
        JONAH.model_copy(update={"arrived_at": NOON - timedelta(days=1), "status": "sold", "closed_at": NOON}),
        NORA.model_copy(update={"closed_at": None}),
        WALT.model_copy(update={"status": "sold", "closed_at": end}),
        JONAH.model_copy(update={"arrived_at": end}),
    ]
    figures = order_figures(orders, FRIDAY, FRIDAY, DENVER)
    assert (figures.received, figures.picked_up, figures.cancelled, figures.left_over) == (4, 2, 1, 2)


def test_medians_are_from_the_arrival_and_leave_out_orders_for_later() -> None:
    def order(seen: float, ready: float | None, **more: object) -> object:
        times = {"seen_at": NOON + minutes(seen), "ready_at": None if ready is None else NOON + minutes(ready)}
        return JONAH.model_copy(update=times | more)

    orders = [order(1, 10), order(3, 20), order(50, None), order(999, 999, requested_from=NOON + minutes(600))]
    medians = dict(order_figures(orders, FRIDAY, FRIDAY, DENVER).medians)  # type: ignore[arg-type]
    assert medians == {Clock.SEEN: minutes(3), Clock.READY: minutes(15)}
    backwards = [order(-5, None)]
    assert order_figures(backwards, FRIDAY, FRIDAY, DENVER).medians == ((Clock.SEEN, timedelta(0)),)  # type: ignore[arg-type]


def test_who_is_new_lapsed_and_about_to_lapse() -> None:
    asof = Asof(EIGHT, DENVER)
    trees = flow_trees(1)
    for tree in trees.values():
        check(tree)

    def found(days_ago: int) -> set[str]:
        at = asof.start(SATURDAY - timedelta(days=days_ago))
        facts = Facts(first_order_at=at, last_order_at=at, total_orders=1)
        return {name for name, tree in trees.items() if holds(tree, facts, asof)}

    assert [days for days in range(70) if "new" in found(days)] == [1]
    assert [days for days in range(70) if "lapsed" in found(days)] == [60]
    assert [days for days in range(70) if "about_to_lapse" in found(days)] == [53, 54, 55, 56, 57, 58, 59]
