"""Rows of the point of sale: which of them are orders for the desk, and whose (A12: nobody documents it)."""

from dataclasses import replace
from decimal import Decimal

import pytest

from bot.rules.order_values import Kind, Order, Placing, Source
from bot.rules.sales import (
    KnownOrders,
    SaleRecord,
    SoldLine,
    is_same,
    kind_of,
    placed_ahead,
    shopper_of,
    status_of,
)  # fmt: skip
from tests.named_orders import JONAH, NOON, minutes

SALE = SaleRecord(
    ids=("sale-1", "row-1"),
    created_at=NOON + minutes(20),
    completed_at=NOON + minutes(30),
    name="Jonah Reed",
    order_type="pickup",
    status="sold",
    integrator_id="",
    voided=False,
    total_cents=2700,
    lines=(),
)


@pytest.mark.parametrize(
    ("order_type", "integrator", "ahead"),
    [
        ("pickup", "", True), ("Pickup", "", True), ("PICK-UP", "", True), ("delivery", "", True), ("Kiosk", "", True),
        ("Order Ahead", "", True), ("order_ahead", "", True), ("pre-order", "", True), ("curbside", "", True),
        ("walk-in", "", False), ("in-store", "", False), ("In Store", "", False), ("", "", False),
        ("walk-in", "leafly", True), ("", "partner-7", True),
    ],
)  # fmt: skip
def test_which_rows_were_placed_ahead(order_type: str, integrator: str, ahead: bool) -> None:
    assert placed_ahead(replace(SALE, order_type=order_type, integrator_id=integrator)) is ahead


def test_what_was_given_back_is_no_order() -> None:
    assert not placed_ahead(replace(SALE, original_id="sale-0"))


@pytest.mark.parametrize(
    ("order_type", "kind"),
    [("Delivery", Kind.DELIVERY), ("kiosk", Kind.KIOSK), ("pickup", Kind.PICKUP), ("Order Ahead", Kind.PICKUP)],
)
def test_the_kind_of_a_row(order_type: str, kind: Kind) -> None:
    assert kind_of(replace(SALE, order_type=order_type)) is kind


@pytest.mark.parametrize(
    ("status", "voided", "expected"),
    [
        ("sold", False, "sold"), ("Sold", False, "sold"), (" SOLD ", False, "sold"), ("sold", True, "deleted"),
        ("Pending", False, "new"), ("Cancelled", False, "deleted"), ("canceled", False, "deleted"),
        ("voided", False, "deleted"), ("In Transit", False, "inTransit"), ("Backordered", False, "Backordered"),
        ("", False, ""),
    ],
)  # fmt: skip
def test_a_rows_status_in_the_words_of_the_life_cycle(status: str, voided: bool, expected: str) -> None:
    assert status_of(replace(SALE, status=status, voided=voided)) == expected


@pytest.mark.parametrize(
    ("name", "shopper"),
    [
        ("Jonah Reed", "Jonah R."), ("  Jonah   Reed ", "Jonah R."), ("Jonah Quincy Reed", "Jonah R."),
        ("Jonah", "Jonah"), ("", "Guest"), ("Ana María de la Cruz", "Ana C."),
    ],
)  # fmt: skip
def test_a_row_shows_no_more_of_a_name_than_a_card(name: str, shopper: str) -> None:
    assert shopper_of(replace(SALE, name=name)) == shopper


def order(**changes: object) -> Order:
    return JONAH.model_copy(update=changes)


SAME: list[tuple[str, SaleRecord, Order, bool]] = [
    ("linked before", SALE, order(sale_id="row-1", shopper="Somebody E."), True),
    ("linked to another row", SALE, order(sale_id="sale-2", flowhub_id="sale-1"), False),
    ("the Order Ahead id is one of its ids", SALE, order(flowhub_id="row-1", shopper="Somebody E."), True),
    ("who and when", SALE, order(), True),
    ("the register shouts", replace(SALE, name="JONAH REED"), order(), True),
    ("somebody else", replace(SALE, name="Jonas Reed"), order(), False),
    ("sold before the order came", replace(SALE, completed_at=NOON - minutes(1)), order(), False),
    ("not completed, created before the order came", replace(SALE, completed_at=None, created_at=NOON), order(), True),
    ("two guests are not one", replace(SALE, name=""), order(shopper="Guest"), False),
]


@pytest.mark.parametrize(("sale", "known", "same"), [row[1:] for row in SAME], ids=[row[0] for row in SAME])
def test_whether_a_row_is_the_sale_of_an_order(sale: SaleRecord, known: Order, same: bool) -> None:
    assert is_same(sale, known) is same


def known(*orders: Order) -> KnownOrders:
    found = KnownOrders()
    for one in orders:
        found.put(one)
    return found


EARLY, LATE = order(key="early"), order(key="late", arrived_at=NOON + minutes(5))
FOUND: list[tuple[str, tuple[Order, ...], str | None]] = [
    ("nobody's", (order(shopper="Somebody E."),), None),
    ("by its look", (EARLY,), "early"),
    ("of two alike the one that came first", (LATE, EARLY), "early"),
    ("by its id before the one that only looks like it", (EARLY, order(key="late", sale_id="row-1")), "late"),
    ("by its Order Ahead id", (EARLY, order(key="late", flowhub_id="row-1", shopper="Somebody E.")), "late"),
    ("one of two alike belongs to another row", (order(key="early", sale_id="sale-2"), LATE), "late"),
    ("one that is not in Flowhub yet must still go", (order(placing=Placing.WAITING),), None),
    ("one that the register told of is found by its id alone", (order(source=Source.FLOWHUB),), None),
]


@pytest.mark.parametrize(("orders", "key"), [row[1:] for row in FOUND], ids=[row[0] for row in FOUND])
def test_the_order_that_a_row_belongs_to(orders: tuple[Order, ...], key: str | None) -> None:
    found = known(*orders).of(SALE)
    assert (found.key if found else None) == key


def test_an_order_is_found_by_what_it_goes_by_now() -> None:
    orders = known(order(sale_id="row-1"))
    orders.put(order(sale_id="sale-2"))
    assert orders.of(SALE) is None
    found = orders.of(replace(SALE, ids=("sale-2",)))
    assert found == order(sale_id="sale-2")


def test_a_row_may_be_an_order_that_is_under_way() -> None:
    assert known(order(placing=Placing.WAITING)).may_be_being_sent(SALE)
    assert not known(order()).may_be_being_sent(SALE)
    assert not known(order(placing=Placing.WAITING, shopper="Somebody E.")).may_be_being_sent(SALE)


@pytest.mark.parametrize(
    ("quantity", "price", "each"),
    [("1", 900, 900), ("3", 2700, 900), ("3.5", 4200, 1200), ("3", 1000, 333), ("0", 900, None), ("2", None, None)],
)
def test_a_lines_price_is_for_all_of_it(quantity: str, price: int | None, each: int | None) -> None:
    assert SoldLine("Mesa Sunrise Pre-Roll", Decimal(quantity), price).unit_price_cents == each
