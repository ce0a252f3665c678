"""When an order is late: one clock at a time, two rungs each, and nothing counts while the store is closed."""

from datetime import datetime, timedelta

import pytest
from pydantic import ValidationError

from bot.rules.hours import StoreHours
from bot.rules.lateness import Clock, Limits, Rung, left_at_closing, running_clock, steps
from bot.rules.order_values import Order
from bot.rules.orders import Reading, Status, is_open, take_reading
from tests.named_orders import DENVER, JONAH, NOON, NORA, cancel_asked, claimed, minutes, now_in

LIMITS = Limits()
HOURS = timedelta(hours=1)

RUNNING: list[tuple[str, Order, Clock | None]] = [
    ("new", now_in("new"), Clock.SEEN),
    ("claimed", claimed(now_in("new")), Clock.STARTED),
    ("started", now_in("started"), Clock.READY),
    ("ready", now_in("ready"), Clock.PICKED_UP),
    ("waiting for a driver", now_in("inQueue"), Clock.PICKED_UP),
    ("on the road", now_in("inTransit"), Clock.PICKED_UP),
    ("unclear", now_in("weighing"), Clock.SEEN),
    *[(status.value, now_in(status.value), None) for status in Status if not is_open(now_in(status.value))],
    ("gone from Flowhub", now_in("ready").model_copy(update={"vanished_at": NOON}), None),
    ("a cancel is asked", cancel_asked(now_in("ready")), None),
    ("re-opened after its cancel", cancel_asked(now_in("ready"), proved_at=NOON), Clock.PICKED_UP),
]


@pytest.mark.parametrize(("order", "clock"), [row[1:] for row in RUNNING], ids=[row[0] for row in RUNNING])
def test_the_clock_that_somebody_should_stop_next(order: Order, clock: Clock | None) -> None:
    assert running_clock(order) is clock
    assert bool(steps(order, LIMITS, DENVER)) is (clock is not None)


def started(order: Order, at: datetime) -> Order:
    change = take_reading(order, Reading("started", at, "poll"))
    assert change is not None
    return change.order


def due(order: Order, hours: StoreHours = DENVER, limits: Limits = LIMITS) -> float:
    """Minutes past noon at which the first rung is due."""
    return (steps(order, limits, hours)[0].due_at - NOON) / timedelta(minutes=1)


TWO_PM = 120
DUE: list[tuple[str, Order, float]] = [
    ("nobody has taken it for 5 minutes", JONAH, 5),
    ("nobody has started it for 15 minutes", claimed(JONAH), 15),
    ("not ready 20 minutes after it was started", started(JONAH, NOON + minutes(7)), 27),
    ("not picked up 4 hours after it was ready", now_in("ready"), 10 + 240),
    ("for 2 o'clock: somebody should take it now all the same", NORA, 5),
    ("for 2 o'clock: to be started 45 minutes before", claimed(NORA), TWO_PM - 45 + 15),
    ("for 2 o'clock, started at once: ready from then on", started(NORA, NOON + minutes(2)), TWO_PM - 45 + 20),
    ("for 2 o'clock, started late", started(NORA, NOON + minutes(100)), 100 + 20),
    ("for 2 to half past, ready early", now_in("ready", NORA), TWO_PM + 30 + 240),
    (
        "for 2 o'clock and no end",
        now_in("ready", NORA.model_copy(update={"requested_until": None})),
        TWO_PM + 240,
    ),
]


@pytest.mark.parametrize(("order", "minute"), [row[1:] for row in DUE], ids=[row[0] for row in DUE])
def test_an_order_is_late_when_its_limit_has_passed(order: Order, minute: float) -> None:
    assert due(order) == minute


def test_each_limit_is_the_stores_own() -> None:
    limits = Limits(seen_minutes=1, started_minutes=2, ready_minutes=3, picked_up_minutes=4)
    assert [limits.of(clock) for clock in Clock] == [minutes(number) for number in (1, 2, 3, 4)]


@pytest.mark.parametrize("wrong", [-1, -0.1, float("inf"), float("nan"), 10**9])
def test_a_limit_that_makes_no_sense_is_refused(wrong: float) -> None:
    with pytest.raises(ValidationError, match="ready_minutes"):
        Limits(ready_minutes=wrong)


@pytest.mark.parametrize(
    "order", [JONAH, NORA, now_in("started"), now_in("ready"), claimed(NORA)], ids=lambda one: one.status
)
def test_the_thread_hears_first_and_the_group_ten_minutes_later(order: Order) -> None:
    reply, mention = steps(order, LIMITS, DENVER)
    assert (reply.rung, mention.rung) == (Rung.REPLY, Rung.MENTION)
    assert mention.due_at - reply.due_at == minutes(10)
    assert reply.clock is mention.clock is running_clock(order)


def test_a_store_may_mention_at_once() -> None:
    reply, mention = steps(JONAH, Limits(mention_after_minutes=0), DENVER)
    assert mention.due_at == reply.due_at


def test_nothing_is_late_before_it_arrived() -> None:
    assert all(step.due_at > order.arrived_at for order in (JONAH, NORA) for step in steps(order, LIMITS, DENVER))


EVENING = NOON + 8 * HOURS + minutes(58)
"""20:58; the store closes at 21:00."""


def test_clocks_stand_still_over_night() -> None:
    reply, mention = steps(JONAH.model_copy(update={"arrived_at": EVENING}), LIMITS, DENVER)
    assert reply.due_at == NOON + 21 * HOURS + minutes(3)
    assert mention.due_at == reply.due_at + minutes(10)


def test_an_order_that_comes_at_night_is_on_time_until_the_store_has_been_open() -> None:
    at_night = JONAH.model_copy(update={"arrived_at": NOON + 14 * HOURS})
    assert steps(at_night, LIMITS, DENVER)[0].due_at == NOON + 21 * HOURS + minutes(5)


def test_the_group_is_not_called_after_closing() -> None:
    reply, mention = steps(JONAH.model_copy(update={"arrived_at": EVENING - minutes(4)}), LIMITS, DENVER)
    assert DENVER.is_open(reply.due_at)
    assert DENVER.local(mention.due_at).hour == 9


LEFT: list[tuple[str, Order, float, bool]] = [
    ("ready and not picked up", now_in("ready"), 21.5, True),
    ("the same, at once after closing", now_in("ready"), 9, True),
    ("before the store closed", now_in("ready"), 8.9, False),
    ("a driver has it", now_in("inTransit"), 21.5, True),
    ("not ready yet", now_in("started"), 21.5, False),
    ("picked up", now_in("sold"), 21.5, False),
    ("ready this morning", now_in("ready").model_copy(update={"ready_at": NOON + 21.2 * HOURS}), 21.5, False),
    ("ready at the moment of closing", now_in("ready").model_copy(update={"ready_at": NOON + 9 * HOURS}), 21.5, True),
    ("left for days", now_in("ready"), 24 * 3, True),
]


@pytest.mark.parametrize(("order", "hour", "left"), [row[1:] for row in LEFT], ids=[row[0] for row in LEFT])
def test_what_was_ready_at_closing_is_left_over_night(order: Order, hour: float, left: bool) -> None:
    assert left_at_closing(order, DENVER, NOON + hour * HOURS) is left


def test_the_day_of_a_store_that_never_closes_ends_at_midnight() -> None:
    assert left_at_closing(now_in("ready"), StoreHours(), NOON + 24 * HOURS)
    assert not left_at_closing(now_in("ready"), StoreHours(), NOON + timedelta(minutes=30))
