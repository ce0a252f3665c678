"""What counts as news, who ordered, where it is said."""

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.rules.automations import Happened, Happening, Measure
from bot.rules.occasions import Watched, is_news, where_to_post, who_ordered
from bot.rules.segments.facts import Facts
from bot.rules.stores import Store

AT = datetime(2026, 11, 20, 19, 0, tzinfo=UTC)
SOON = AT + timedelta(minutes=1)
ORDERED = Happening(Happened.REACHED, "c1", AT, date(2026, 11, 20), measure=Measure.ORDERS, before=0, after=1)


@pytest.mark.parametrize(
    ("since", "last_order_at", "expected"),
    [
        (None, AT, False),
        (AT, AT, True),
        (SOON, SOON, False),
        (AT, AT - timedelta(days=2), False),
        (AT, None, False),
    ],
)
def test_only_what_happens_after_the_switch_counts(since: datetime, last_order_at: datetime, expected: bool) -> None:
    assert is_news(ORDERED, since, Facts(last_order_at=last_order_at)) is expected


@pytest.mark.parametrize(
    ("by_phone", "by_email", "expected"),
    [
        ([], [], ""),
        (["a"], [], "a"),
        ([], ["a"], "a"),
        (["a", "b"], [], ""),
        (["a", "b"], ["b"], "b"),
        (["a"], ["b"], ""),
        (["a", "b"], ["a", "b"], ""),
    ],
)
def test_an_order_names_one_customer_or_nobody(by_phone: list[str], by_email: list[str], expected: str) -> None:
    assert who_ordered(by_phone, by_email) == expected


def test_a_threshold_is_crossed_from_below_and_once() -> None:
    watched = Watched({Measure.ORDERS: frozenset({1, 10})}, AT)
    crossed = [
        pair for pair in [(0, 1), (1, 9), (9, 10), (10, 11), (11, 9), (0, 50)] if watched.crossed(Measure.ORDERS, *pair)
    ]
    assert crossed == [(0, 1), (9, 10), (0, 50)]
    assert not watched.crossed(Measure.SPENT, 0, 100)


def test_it_is_said_where_it_was_chosen_where_the_order_is_or_at_home() -> None:
    stores = [Store(key=key, name=key, channel=f"C{key}", location_id=f"l-{key}") for key in ("one", "two", "three")]

    def at(**more: str) -> str:
        store = where_to_post(stores, **{"chosen": "", **more})
        return store.key if store is not None else ""

    assert at() == "one"
    assert at(home_store_id="l-two") == "two"
    assert at(home_store_id="l-two", order_store="three") == "three"
    assert at(home_store_id="l-two", chosen="three") == "three"
    assert at(home_store_id="l-two", chosen="gone") == "one"
    assert where_to_post([], chosen="") is None
