"""What Leafly hears, and when. Its statuses go forward only, and it refuses one that it knows already."""

from datetime import timedelta

import pytest

from bot.rules.marketplace import ACKNOWLEDGE_AHEAD, ENDS, FORWARD, acknowledge_at, cancelation_code, worth_telling
from bot.rules.order_values import Order, Placing
from bot.rules.orders import Status
from tests.named_orders import JONAH, NOON, cancel_asked, minutes, now_in

LEAFLYS_WORDS = (*FORWARD, "canceled", "expired")
OUR_WORDS = {"confirmed", "ready", "out_for_delivery", "arrived_at_customer", "picked_up", "canceled"}
"""An integrator cannot set `pending` or `expired` (apis.md 7.2)."""

STEP = {
    "new": None,
    "started": "confirmed",
    "ready": "ready",
    "inQueue": "ready",
    "inTransit": "out_for_delivery",
    "delivered": "picked_up",
    "unableToComplete": "canceled",
    "unableToVerify": "canceled",
    "deleted": "canceled",
    "sold": "picked_up",
    "weighing": None,
}


def test_the_table_here_has_every_status() -> None:
    assert set(STEP) == {status.value for status in Status} | {"weighing"}


@pytest.mark.parametrize("told", LEAFLYS_WORDS)
@pytest.mark.parametrize("status", STEP)
def test_leafly_is_told_forward_only(status: str, told: str) -> None:
    order = now_in(status).model_copy(update={"leafly_told": told})
    word = worth_telling(order)
    wanted = STEP[status]
    if told in ENDS or wanted is None or wanted == told:
        assert word is None
    elif wanted in ENDS:
        assert word == wanted
    else:
        assert word == (wanted if FORWARD.index(wanted) > FORWARD.index(told) else None)
    assert word is None or word in OUR_WORDS - {told}


@pytest.mark.parametrize("told", LEAFLYS_WORDS)
@pytest.mark.parametrize("status", [status for status in STEP if status not in {"sold", "delivered", "deleted"}])
def test_a_cancel_that_waits_is_told_at_once(status: str, told: str) -> None:
    order = cancel_asked(now_in(status)).model_copy(update={"leafly_told": told})
    assert worth_telling(order) == (None if told in ENDS else "canceled")


def test_a_cancel_that_came_too_late_before_leafly_heard_of_it_is_not_told() -> None:
    assert worth_telling(cancel_asked(now_in("sold"), too_late_at=NOON)) == "picked_up"


def test_an_order_that_was_re_opened_after_its_cancel_is_not_cancelled_again() -> None:
    assert worth_telling(cancel_asked(now_in("started"), proved_at=NOON)) == "confirmed"


CODES: list[tuple[Order, str]] = [
    (cancel_asked(now_in("ready")), "dispensary"),
    (now_in("deleted"), "pos"),
    (now_in("unableToComplete"), "delivery_partner"),
    (now_in("unableToVerify"), "dispensary"),
    (cancel_asked(now_in("deleted"), proved_at=NOON), "dispensary"),
]


@pytest.mark.parametrize(("order", "code"), CODES, ids=[f"{row[0].status} {bool(row[0].cancel)}" for row in CODES])
def test_a_cancel_carries_a_reason(order: Order, code: str) -> None:
    assert cancelation_code(order) == code


def test_an_order_in_flowhub_is_acknowledged_at_once() -> None:
    assert acknowledge_at(JONAH, NOON) == NOON


@pytest.mark.parametrize("placing", [one for one in Placing if one is not Placing.WAITING])
def test_an_order_that_a_person_was_asked_about_is_acknowledged_at_once(placing: Placing) -> None:
    assert acknowledge_at(JONAH.model_copy(update={"placing": placing}), NOON) == NOON


def test_an_order_that_waits_for_flowhub_is_acknowledged_just_before_its_deadline() -> None:
    waiting = JONAH.model_copy(update={"placing": Placing.WAITING})
    at = acknowledge_at(waiting, NOON)
    assert at == NOON + minutes(15) - ACKNOWLEDGE_AHEAD
    assert timedelta(0) < ACKNOWLEDGE_AHEAD < timedelta(minutes=15)


@pytest.mark.parametrize(
    "done", [{"acknowledged_at": NOON}, {"acknowledge_by": None}], ids=["acknowledged", "nothing to acknowledge"]
)
def test_nothing_is_acknowledged_twice_or_in_vain(done: dict[str, object]) -> None:
    assert acknowledge_at(JONAH.model_copy(update=done), NOON) is None
