"""Why an order is cancelled, what Leafly hears of it, and how often people are reminded."""

from datetime import datetime

import pytest

from bot.rules.cancelling import (
    LEAFLY_CODES,
    NAG_LIMIT,
    Reason,
    is_cancellable,
    leafly_code,
    nag_after_minutes,
    reason_named,
)
from bot.rules.order_values import Order
from tests.named_orders import JONAH, NOON, WALT, cancel_asked, now_in

DOCUMENTED = {"not_picked_up", "customer", "dispensary", "pos", "delivery_partner", "ecommerce_partner"}
"""apis.md 7.2; `order_api_unacknowledged` is Leafly's own."""


def test_every_reason_has_one_of_leaflys_codes() -> None:
    assert set(LEAFLY_CODES) == set(Reason)
    assert set(LEAFLY_CODES.values()) <= DOCUMENTED


def test_every_code_can_be_reached_by_a_reason() -> None:
    assert set(LEAFLY_CODES.values()) == DOCUMENTED


@pytest.mark.parametrize("unknown", ["", "weather", "CUSTOMER", "order_api_unacknowledged"])
def test_an_unknown_reason_is_the_dispensarys(unknown: str) -> None:
    assert leafly_code(unknown) == "dispensary"


TYPED: list[tuple[str, Reason | None]] = [
    *[(reason.value, reason) for reason in Reason],
    ("Customer", Reason.CUSTOMER),
    ("out", Reason.OUT_OF_STOCK),
    ("out of stock", Reason.OUT_OF_STOCK),
    ("OUT-OF-STOCK", Reason.OUT_OF_STOCK),
    ("not picked up", Reason.NOT_PICKED_UP),
    ("not-p", Reason.NOT_PICKED_UP),
    ("not", None),
    ("o", None),
    ("d", None),
    ("dup", Reason.DUPLICATE),
    ("deliv", Reason.DELIVERY),
    ("pos", Reason.POS_PROBLEM),
    ("", None),
    ("   ", None),
    ("because", None),
    ("customers", None),
]


@pytest.mark.parametrize(("typed", "reason"), TYPED)
def test_a_reason_is_found_by_its_beginning_when_that_is_clear(typed: str, reason: Reason | None) -> None:
    assert reason_named(typed) is reason


def test_each_reminder_waits_twice_as_long_and_there_is_a_last_one() -> None:
    waits = [nag_after_minutes(10, times) for times in range(NAG_LIMIT)]
    assert waits == [10, 20, 40, 80, 160, 320]


CANCELLABLE: list[tuple[str, Order, bool]] = [
    ("new", now_in("new"), True),
    ("ready", now_in("ready"), True),
    ("unclear", now_in("weighing"), True),
    ("sold", now_in("sold"), False),
    ("deleted", now_in("deleted"), False),
    ("asked already", cancel_asked(now_in("ready")), False),
    ("re-opened after a proved cancel", cancel_asked(now_in("started"), proved_at=NOON), True),
    ("re-opened after a cancel that came too late", cancel_asked(now_in("started"), too_late_at=NOON), True),
    ("put there by another system", now_in("new", WALT), False),
]


@pytest.mark.parametrize(("order", "expected"), [row[1:] for row in CANCELLABLE], ids=[row[0] for row in CANCELLABLE])
def test_when_a_cancel_may_be_asked_for(order: Order, expected: bool) -> None:
    assert is_cancellable(order) is expected


@pytest.mark.parametrize(
    ("proved_at", "too_late_at", "waiting"), [(None, None, True), (NOON, None, False), (None, NOON, False)]
)
def test_a_cancel_waits_until_it_is_proved_or_too_late(
    proved_at: datetime | None, too_late_at: datetime | None, waiting: bool
) -> None:
    asked = cancel_asked(JONAH).cancel
    assert asked is not None
    request = asked.model_copy(update={"proved_at": proved_at, "too_late_at": too_late_at})
    assert request.is_waiting is waiting
