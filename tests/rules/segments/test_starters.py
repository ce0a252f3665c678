"""The four segments that are there from the start, exact at every boundary, in the store's own zone."""

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.rules.customers import Customer, Personal
from bot.rules.profiles import Profile
from bot.rules.segments.catalogue import LAPSED, NEW, REPEAT, SPENDERS, STARTERS, starters
from bot.rules.segments.days import Asof
from bot.rules.segments.facts import Facts, facts_of, reachable_by_email, reachable_by_sms
from bot.rules.segments.holding import holds
from bot.rules.segments.moving import Because, Sizes, reason, together
from bot.rules.segments.reading import check
from bot.rules.segments.time_alone import crossings, next_change
from bot.rules.segments.trees import AllOf, Condition
from bot.rules.segments.trees import Operator as Op

DENVER = "America/Denver"
TREES = {one.key: one.tree for one in STARTERS}
ASOF = Asof(datetime(2026, 11, 21, 19, 0, tzinfo=UTC), DENVER)
"""Saturday, 12:00 in Denver."""
FIRST_MOMENT_OF_DAY_59 = datetime(2026, 9, 23, 6, 0, tzinfo=UTC)
"""2026-09-23 00:00 in Denver, in summer time; 59 days before 2026-11-21, which is in winter time."""
TICK = timedelta(microseconds=1)


def bought(at: datetime, *, orders: int = 1, cents: int = 1_00, first: datetime | None = None) -> Facts:
    return Facts(last_order_at=at, first_order_at=first or at, total_orders=orders, total_spent_cents=cents)


@pytest.mark.parametrize(
    ("at", "is_lapsed"),
    [
        (FIRST_MOMENT_OF_DAY_59, False),
        (FIRST_MOMENT_OF_DAY_59 - TICK, True),
        (FIRST_MOMENT_OF_DAY_59 - timedelta(days=400), True),
        (ASOF.now, False),
        (ASOF.now + timedelta(minutes=5), False),  # the point of sale's clock is ahead of ours
    ],
)
def test_lapsed_is_sixty_local_days_ago_or_longer(at: datetime, is_lapsed: bool) -> None:
    assert holds(TREES[LAPSED], bought(at), ASOF) is is_lapsed


def test_somebody_who_never_bought_is_in_none_of_the_four() -> None:
    assert [key for key, tree in TREES.items() if holds(tree, Facts(), ASOF)] == []


def test_the_same_moment_is_another_day_in_another_zone() -> None:
    at = FIRST_MOMENT_OF_DAY_59 - TICK  # 23:59 in Denver, 01:59 of the next day in New York
    assert holds(TREES[LAPSED], bought(at), Asof(ASOF.now, "America/New_York")) is False


@pytest.mark.parametrize(("back", "is_new"), [(timedelta(0), True), (TICK, False)])
def test_new_is_today_and_the_29_days_before(back: timedelta, is_new: bool) -> None:
    at = ASOF.start(date(2026, 10, 23)) - back
    assert holds(TREES[NEW], bought(ASOF.now, orders=3, first=at), ASOF) is is_new


@pytest.mark.parametrize(("orders", "more"), [(0, False), (1, False), (2, True)])
def test_more_than_once_is_twice(orders: int, more: bool) -> None:
    assert holds(TREES[REPEAT], bought(ASOF.now, orders=orders), ASOF) is more


@pytest.mark.parametrize(("cents", "more"), [(99_99, False), (100_00, False), (100_01, True)])
def test_more_than_100_dollars_is_a_cent_more(cents: int, more: bool) -> None:
    assert holds(TREES[SPENDERS], bought(ASOF.now, cents=cents), ASOF) is more


@pytest.mark.parametrize(
    ("today", "hours"), [(date(2026, 3, 8), 23), (date(2026, 11, 1), 25)], ids=["23 hours", "25 hours"]
)
def test_days_of_23_and_25_hours_are_days(today: date, hours: int) -> None:
    start = ASOF.start(today)
    end = ASOF.start(today + timedelta(days=1))
    assert end - start == timedelta(hours=hours)
    only_today = Condition("fh_last_orderdate", Op.IN_PAST_DAYS, 1)
    for now in (start, end - TICK):
        asof = Asof(now, DENVER)
        assert holds(only_today, bought(start), asof) is True
        assert holds(only_today, bought(start - TICK), asof) is False
        assert asof.days_ago(start) == 0
        assert asof.days_ago(start - TICK) == 1
    assert holds(only_today, bought(end - TICK), Asof(end, DENVER)) is False


def test_when_somebody_will_lapse() -> None:
    facts = bought(FIRST_MOMENT_OF_DAY_59)
    assert next_change(TREES[LAPSED], facts, ASOF) == date(2026, 11, 22)
    assert next_change(TREES[LAPSED], bought(FIRST_MOMENT_OF_DAY_59 - TICK), ASOF) is None
    assert next_change(TREES[NEW], bought(ASOF.now), ASOF) == date(2026, 12, 21)
    assert next_change(TREES[SPENDERS], facts, ASOF) is None


def test_where_to_look_after_a_night_and_that_an_hour_needs_no_look() -> None:
    an_hour_later = Asof(ASOF.now + timedelta(hours=1), DENVER)
    assert crossings(TREES[LAPSED], ASOF, an_hour_later) == ()
    (one,) = crossings(TREES[LAPSED], ASOF, ASOF.later(1))
    assert (one.field, one.span.since, one.span.until) == (
        "fh_last_orderdate",
        FIRST_MOMENT_OF_DAY_59,
        FIRST_MOMENT_OF_DAY_59 + timedelta(days=1),
    )
    assert crossings(TREES[SPENDERS], ASOF, ASOF.later(1)) == ()


def test_why_somebody_lapsed_and_why_they_are_back() -> None:
    lapsed = bought(FIRST_MOMENT_OF_DAY_59, orders=4)
    tomorrow = ASOF.later(1)
    why = reason(TREES[LAPSED], lapsed, tomorrow, before=ASOF)
    assert (why.condition, why.holds, why.days_ago) == (TREES[LAPSED].parts[1], True, 60)  # type: ignore[union-attr]
    why = reason(TREES[LAPSED], bought(ASOF.now, orders=5), tomorrow, before=ASOF)
    assert (why.condition, why.holds, why.days_ago) == (TREES[LAPSED].parts[1], False, 1)  # type: ignore[union-attr]
    assert reason(TREES[LAPSED], None, ASOF).because is Because.VANISHED
    assert reason(TREES[LAPSED], lapsed, ASOF, edited=True).because is Because.EDITED


def test_what_time_has_turned_is_told_before_what_was_so_already() -> None:
    both = AllOf(
        (
            Condition("fh_last_orderdate", Op.NOT_IN_PAST_DAYS, 10),
            Condition("first_order_date", Op.NOT_IN_PAST_DAYS, 60),
        )
    )
    facts = bought(ASOF.start(date(2026, 10, 20)), first=FIRST_MOMENT_OF_DAY_59)
    why = reason(both, facts, ASOF.later(1), before=ASOF)
    assert why.condition is not None
    assert why.condition.field == "first_order_date"


def test_the_starters_pass_their_own_checks_and_have_a_bit_each() -> None:
    for segment in starters():
        check(segment.tree)
    assert [one.bit for one in starters()] == [0, 1, 2, 3]
    assert all(one.starter == one.key for one in starters())


def test_runs_of_a_day_add_up() -> None:
    runs = [Sizes(10, 3, 1, 12), Sizes(12, 0, 2, 10)]
    assert all(one.adds_up for one in runs)
    assert together(runs) == Sizes(10, 3, 3, 10)
    assert together(runs).adds_up
    assert together([]) == Sizes(0, 0, 0, 0)
    with pytest.raises(ValueError, match="another number"):
        together([Sizes(10, 3, 1, 12), Sizes(11, 0, 0, 11)])


def test_facts_are_what_is_known_without_opening_a_seal() -> None:
    customer = Customer(
        fh_id="c1", created_at=None, updated_at=None, customer_type="medCustomer", is_loyal=True, points=12,
        city="Denver", state="CO", postal_code="80202", country="US", latitude=39.75, longitude=-105.0,
        consents_email=False, consents_sms=True, groups=("VIP",), medical_id="MED-1",
        personal=Personal(first_name="Jonah", mobile="+17205550142", birth_date="1991-04-02"),
    )  # fmt: skip
    facts = facts_of(customer, Profile(total_orders=2, last_order_at=ASOF.now))
    assert (facts.has_mobile, facts.has_email, facts.total_orders) == (True, False, 2)
    assert reachable_by_sms(facts)
    assert not reachable_by_email(facts)
    assert facts_of(customer).last_order_at is None
    told = repr(facts)
    assert not [secret for secret in ("Jonah", "+1720", "1991", "med", "MED-1") if secret in told]
