"""Records of the point of sale as they come: what is odd is read, what makes no sense is parked with its reason."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from bot.errors import Unreadable
from bot.flowhub import payloads

SOLD_AT = datetime(2026, 11, 20, 18, 40, 2, tzinfo=UTC)
SALE: dict[str, Any] = {
    "id": "f3b0a5d2",
    "orderId": "f3b0a5d2",
    "createdAt": "2026-11-20T18:40:02.113Z",
    "completedOn": "2026-11-20T18:46:55.720Z",
    "fullName": "Jane Doe",
    "orderStatus": "sold",
    "orderType": "pickup",
    "integratorId": "",
    "voided": False,
    "itemsInCart": [{"productName": "Blue Dream 3.5g", "quantity": 2, "totalPrice": 70.0}],
    "totals": {"finalTotal": 36.23},
}
ODD: list[tuple[str, dict[str, Any], str, object]] = [
    ("dollars become cents", {}, "total_cents", 3623),
    ("totals in PascalCase", {"totals": {"FinalTotal": 36.23}}, "total_cents", 3623),
    ("totals as text", {"totals": {"finalTotal": "36.23"}}, "total_cents", 3623),
    ("a total that floats can't hold", {"totals": {"finalTotal": 1.1 + 2.2}}, "total_cents", 330),
    ("no totals", {"totals": None}, "total_cents", None),
    ("totals without the final one", {"totals": {}}, "total_cents", None),
    ("a total of nothing", {"totals": {"finalTotal": None, "FinalTotal": 12}}, "total_cents", 1200),
    ("NaN is no total", {"totals": {"finalTotal": float("nan")}}, "total_cents", None),
    ("_id instead of id", {"id": None, "orderId": None, "_id": "old"}, "ids", ("old",)),
    ("both ids", {"id": "row", "orderId": "order"}, "ids", ("order", "row")),
    ("numbers as ids", {"id": 17, "orderId": 18}, "ids", ("18", "17")),
    ("no time of completion", {"completedOn": None}, "completed_at", None),
    ("an empty time", {"completedOn": ""}, "completed_at", None),
    ("createdOn", {"createdAt": None, "createdOn": "2026-11-20T18:40:02Z"}, "created_at", SOLD_AT),
    ("a time without a zone", {"createdAt": "2026-11-20T18:40:02"}, "created_at", SOLD_AT),
    ("a time in another zone", {"createdAt": "2026-11-20T11:40:02-07:00"}, "created_at", SOLD_AT),
    ("a name with odd spaces", {"fullName": "  Jane\x00 Doe\n"}, "name", "Jane  Doe"),
    ("half a character", {"fullName": "Jane \ud83d Doe"}, "name", "Jane   Doe"),
    ("an emoji of several", {"fullName": "👩‍🌾 Doe"}, "name", "👩‍🌾 Doe"),
    ("from right to left", {"fullName": "دعاء حسن"}, "name", "دعاء حسن"),
    ("a name of 10,000 letters", {"fullName": "J" * 10_000}, "name", "J" * 500),
    ("only the other name", {"fullName": None, "name": "Jane"}, "name", "Jane"),
    ("no items", {"itemsInCart": None}, "lines", ()),
    ("voided", {"voided": True}, "voided", True),
    ("a refund", {"originalSaleId": "first"}, "original_id", "first"),
]  # fmt: skip
BAD: list[tuple[str, Any, str]] = [
    ("null", None, "not an object"),
    ("a number", 17, "not an object"),
    ("a list", [SALE], "not an object"),
    ("nothing in it", {}, "without an id"),
    ("no id", SALE | {"id": None, "orderId": ""}, "without an id"),
    ("an id that is an object", SALE | {"orderId": {"$oid": "1"}}, "orderId is not text"),
    ("an id that is true", SALE | {"orderId": True}, "orderId is not text"),
    ("no time", SALE | {"createdAt": None}, "without a time"),
    ("a time that is none", SALE | {"createdAt": "yesterday"}, "createdAt is not a time"),
    ("a time as a number", SALE | {"createdAt": 1_763_664_002}, "createdAt is not a time"),
    ("a time before all times", SALE | {"createdAt": "0001-01-01T00:00:00+14:00"}, "createdAt is not a time"),
    ("a bad time of completion", SALE | {"completedOn": "soon"}, "completedOn is not a time"),
    ("totals as a list", SALE | {"totals": [36.23]}, "totals are not an object"),
    ("a total that is true", SALE | {"totals": {"finalTotal": True}}, "finalTotal is not a number"),
    ("a total in words", SALE | {"totals": {"finalTotal": "much"}}, "finalTotal is not a number"),
    ("an endless total", SALE | {"totals": {"finalTotal": float("inf")}}, "finalTotal is not a number"),
    ("a total beyond all money", SALE | {"totals": {"finalTotal": 10**15}}, "finalTotal is not a number"),
    ("items as an object", SALE | {"itemsInCart": {}}, "items are not a list"),
    ("an item in words", SALE | {"itemsInCart": ["Blue Dream"]}, "item that is not an object"),
    ("a quantity in words", SALE | {"itemsInCart": [{"quantity": "two"}]}, "quantity is not a number"),
    ("a status as a list", SALE | {"orderStatus": ["sold"]}, "orderStatus is not text"),
]


@pytest.mark.parametrize(("changed", "field", "value"), [row[1:] for row in ODD], ids=[row[0] for row in ODD])
def test_an_odd_sale_is_read(changed: dict[str, Any], field: str, value: object) -> None:
    assert getattr(payloads.sale(SALE | changed), field) == value


@pytest.mark.parametrize(("record", "reason"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
async def test_a_sale_that_makes_no_sense_is_parked_with_its_reason_and_the_others_land(
    record: Any, reason: str
) -> None:
    parked: list[tuple[str, Any]] = []
    good = await payloads.each([SALE, record, SALE], payloads.sale, lambda why, what: parked.append((why, what)))
    assert len(good) == 2
    assert [what for _, what in parked] == [record]
    assert reason in parked[0][0]
    assert "Jane" not in parked[0][0]


PRODUCT = {"productId": "b192", "variantId": "2607", "sku": "h5a", "productName": "Afghani", "quantity": 45}
ODD_PRODUCTS: list[tuple[str, dict[str, Any], str, object]] = [
    ("a number stays a number", {"productId": 100_017}, "product_id", 100_017),
    ("text stays text", {"productId": "100017"}, "product_id", "100017"),
    ("a blank SKU", {"sku": "  "}, "sku", ""),
    ("a negative quantity", {"quantity": -1}, "quantity", Decimal(-1)),
    ("a quantity as text", {"quantity": "3.5"}, "quantity", Decimal("3.5")),
    ("no quantity", {"quantity": None}, "quantity", Decimal(0)),
    ("only the parent's name", {"productName": None, "parentProductName": "Afghani Shake"}, "name", "Afghani Shake"),
]


@pytest.mark.parametrize(
    ("changed", "field", "value"), [row[1:] for row in ODD_PRODUCTS], ids=[row[0] for row in ODD_PRODUCTS]
)
def test_an_odd_inventory_row_is_read(changed: dict[str, Any], field: str, value: object) -> None:
    found = getattr(payloads.product(PRODUCT | changed), field)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize("product_id", [None, "", True, 1.5, [], {"id": 1}])
def test_an_inventory_row_without_a_product_id_is_parked(product_id: Any) -> None:
    with pytest.raises(Unreadable, match="without a product id"):
        payloads.product(PRODUCT | {"productId": product_id})


@pytest.mark.parametrize("answer", ['[{"a": 1}]', '{"data": [{"a": 1}]}', '{"orders": [{"a": 1}], "data": null}'])
def test_the_list_is_found_in_whichever_envelope(answer: str) -> None:
    assert payloads.rows(json.loads(answer), "orders", "data") == [{"a": 1}]


@pytest.mark.parametrize("answer", [None, 17, "data", {}, {"orders": None}, {"orders": {"id": 1}}])
def test_an_answer_without_a_list_is_unreadable(answer: Any) -> None:
    with pytest.raises(Unreadable, match="without a list of orders"):
        payloads.rows(answer, "orders", "data")


@pytest.mark.parametrize(
    ("answer", "flowhub_id", "status"),
    [
        ({"orderId": "7d3a", "status": "new", "customerExternalId": "U04"}, "7d3a", "new"),
        ({"data": {"orderId": "7d3a", "status": "new"}}, "7d3a", "new"),
        ({"_id": 17, "orderStatus": "READY"}, "17", "READY"),
        ({"id": "7d3a"}, "7d3a", ""),
    ],
)
def test_an_order_answer_is_read_in_each_of_its_forms(answer: Any, flowhub_id: str, status: str) -> None:
    placed = payloads.placed_order(answer)
    assert (placed.flowhub_id, placed.status) == (flowhub_id, status)


@pytest.mark.parametrize("answer", [None, [], "new", {}, {"status": "new"}, {"orderId": ""}, {"orderId": [1]}])
def test_an_order_answer_without_an_id_is_unreadable(answer: Any) -> None:
    with pytest.raises(Unreadable):
        payloads.placed_order(answer)


@pytest.mark.parametrize(
    ("location", "import_id"),
    [({"locationId": "b334"}, "b334"), ({"locationId": "b334", "importId": "hK3v"}, "hK3v")],
)
def test_a_location_without_an_import_id_goes_by_its_own(location: dict[str, str], import_id: str) -> None:
    assert payloads.location(location).import_id == import_id
