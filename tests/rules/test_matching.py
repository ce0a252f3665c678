"""Which batch of the store's inventory a line of an order means. A wrong product is worse than none."""

from decimal import Decimal

import pytest

from bot.rules.matching import Product, Shelf
from bot.rules.order_values import OrderedItem


def batch(product_id: str | int, variant: str = "", sku: str = "", *, left: int = 10, day: int = 1) -> Product:
    return Product(
        product_id=product_id,
        variant_id=variant,
        sku=sku,
        name="Mesa Sunrise Pre-Roll",
        quantity=Decimal(left),
        created_at=f"2026-11-{day:02d}T08:00:00Z",
    )


SHELF = Shelf(
    [
        batch("b19211ed", "26070289-340C", "h5aPEEmD8L", left=2, day=1),
        batch("c2", "26070289-340C", "sku-c2", left=10, day=5),
        batch("d3", "26070289-340C", "sku-d3", left=10, day=3),
        batch(1001, "variant-of-1001", "sku-of-1001"),
        batch("e5", "variant-of-e5", "1001"),
        batch("empty", "variant-of-empty", "", left=0),
        batch("negative", "variant-of-negative", "", left=-3),
    ]
)

MATCHES: list[tuple[str, dict[str, str], int, str | int | None]] = [
    ("product id", {"product_id": "b19211ed"}, 1, "b19211ed"),
    ("product id in capitals", {"product_id": "B19211ED"}, 1, "b19211ed"),
    ("product id with spaces around", {"product_id": " b19211ed "}, 1, "b19211ed"),
    ("a number for a product id (A5)", {"product_id": "1001"}, 1, 1001),
    ("variant id in any case", {"variant_id": "26070289-340c"}, 1, "b19211ed"),
    ("SKU in any case", {"sku": "H5APEEMD8L"}, 1, "b19211ed"),
    ("the oldest batch of a variant", {"variant_id": "26070289-340C"}, 2, "b19211ed"),
    ("the oldest batch that has enough", {"variant_id": "26070289-340C"}, 3, "d3"),
    ("no batch has enough: the oldest", {"variant_id": "26070289-340C"}, 99, "b19211ed"),
    ("a marketplace's variant may be a product id", {"variant_id": "c2"}, 1, "c2"),
    ("a marketplace's variant may be a SKU", {"variant_id": "sku-d3"}, 1, "d3"),
    ("a product id is not another product's SKU", {"product_id": "sku-c2"}, 1, None),
    ("a SKU is not another product's number", {"sku": "1001"}, 1, "e5"),
    ("a variant before a SKU", {"variant_id": "1001"}, 1, 1001),
    (
        "an old product id, but a known variant",
        {"product_id": "sold-out", "variant_id": "26070289-340C"},
        1,
        "b19211ed",
    ),
    (
        "an old product id and variant, but a known SKU",
        {"product_id": "x", "variant_id": "y", "sku": "sku-d3"},
        1,
        "d3",
    ),
    ("the product id goes first", {"product_id": "c2", "variant_id": "variant-of-e5"}, 1, "c2"),
    ("nothing left is still the product", {"product_id": "empty"}, 1, "empty"),
    ("a negative count is still the product", {"variant_id": "variant-of-negative"}, 1, "negative"),
    ("an unknown id", {"product_id": "nope"}, 1, None),
    ("no id at all", {}, 1, None),
    ("an empty SKU is nobody's", {"sku": "   "}, 1, None),
]


@pytest.mark.parametrize(("ids", "quantity", "found"), [row[1:] for row in MATCHES], ids=[row[0] for row in MATCHES])
def test_an_item_is_matched_by_its_ids(ids: dict[str, str], quantity: int, found: str | int | None) -> None:
    product = SHELF.match(OrderedItem(name="Something else", quantity=Decimal(quantity), **ids))
    assert (product.product_id if product else None) == found


@pytest.mark.parametrize("name", ["Mesa Sunrise Pre-Roll", "mesa sunrise pre-roll", "b19211ed"])
def test_an_item_is_never_matched_by_its_name(name: str) -> None:
    assert SHELF.match(OrderedItem(name=name, quantity=Decimal(1))) is None


def test_a_number_stays_a_number_and_a_string_a_string() -> None:
    number, text = (
        Shelf([batch(one)]).match(OrderedItem(name="", quantity=Decimal(1), product_id="7")) for one in (7, "7")
    )
    assert number is not None
    assert text is not None
    assert (number.product_id, text.product_id) == (7, "7")
    assert SHELF.size == 7
