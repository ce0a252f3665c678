"""The order board: what stands first, what counts as today, and how it is cut into pages."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.boards import PER_PAGE, Today, count_today, in_order, midnight, page
from tests.named_orders import DOWNTOWN, JONAH, NOON, minutes, now_in

MIDNIGHTS: list[tuple[str, datetime, datetime]] = [
    ("noon", NOON, datetime(2026, 11, 20, 7, tzinfo=UTC)),
    ("late evening", datetime(2026, 11, 21, 6, 59, tzinfo=UTC), datetime(2026, 11, 20, 7, tzinfo=UTC)),
    ("midnight itself", datetime(2026, 11, 20, 7, tzinfo=UTC), datetime(2026, 11, 20, 7, tzinfo=UTC)),
    ("noon of the day with 23 hours", datetime(2026, 3, 8, 18, tzinfo=UTC), datetime(2026, 3, 8, 7, tzinfo=UTC)),
    ("noon of the day with 25 hours", datetime(2026, 11, 1, 19, tzinfo=UTC), datetime(2026, 11, 1, 6, tzinfo=UTC)),
]


@pytest.mark.parametrize(("now", "began"), [row[1:] for row in MIDNIGHTS], ids=[row[0] for row in MIDNIGHTS])
def test_a_stores_day_begins_at_its_own_midnight(now: datetime, began: datetime) -> None:
    assert midnight(DOWNTOWN, now) == began


def test_what_counts_as_today() -> None:
    yesterday = {"arrived_at": NOON - timedelta(days=1)}
    orders = [
        JONAH,
        now_in("sold"),
        now_in("delivered").model_copy(update=yesterday),
        now_in("deleted"),
        now_in("unableToComplete"),
        now_in("ready").model_copy(update=yesterday),
        now_in("sold").model_copy(update={**yesterday, "closed_at": NOON - timedelta(days=1)}),
    ]
    assert count_today(orders, midnight(DOWNTOWN, NOON)) == Today(arrived=4, finished=2, cancelled=1)


def test_late_orders_stand_first_then_cashiers_columns_then_the_oldest() -> None:
    late = now_in("ready").model_copy(update={"late": "picked_up", "short_id": "late"})
    older = JONAH.model_copy(update={"arrived_at": NOON - minutes(9), "short_id": "older"})
    newer = JONAH.model_copy(update={"short_id": "newer"})
    started = now_in("started").model_copy(update={"short_id": "started", "arrived_at": NOON - minutes(60)})
    ordered = in_order([started, newer, older, late])
    assert [order.short_id for order in ordered] == ["late", "older", "newer", "started"]


@given(total=st.integers(0, 1_000), wanted=st.integers(-5, 100))
def test_pages_hold_every_order_once(total: int, wanted: int) -> None:
    pages = [page(total, number) for number in range(page(total, 0).of)]
    assert [number for one in pages for number in range(one.first, one.last)] == list(range(total))
    assert all(one.last - one.first <= PER_PAGE for one in pages)
    assert page(total, wanted) in pages
