"""One customer, one sale, in every shape that was seen and in some that were not."""

import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Unavailable, Unreadable
from bot.flowhub.customer_records import customer
from bot.flowhub.records import page_of
from bot.flowhub.sale_records import customer_sale
from bot.rules.customers import Customer, CustomerSale

JANE: dict[str, Any] = {
    "id": "a7bbef36",
    "createdAt": "2023-06-15T22:57:35.836575Z",
    "updatedAt": "2026-11-19T03:11:09.120441Z",
    "type": "recCustomer",
    "name": "Jane Doe",
    "state": "CO",
    "birthDate": "1990-05-15",
    "isLoyal": True,
    "loyaltyPoints": 120,
    "phone": "(303) 555-0142",
    "email": "Jane.Doe@Example.com",
    "streetAddress1": "123 Main St",
    "streetAddress2": "Apt 4B",
    "city": "Denver",
    "zip": "80202",
    "country": "US",
    "consentsToPromotionalEmail": True,
    "consentsToPromotionalSMS": False,
    "groups": [{"name": "VIP"}],
}
SALE: dict[str, Any] = {
    "id": "s1",
    "orderId": "o1",
    "createdAt": "2026-11-20T18:40:02.113Z",
    "completedOn": "2026-11-20T18:46:55.720Z",
    "customerId": "a7bbef36",
    "orderStatus": "Sold",
    "orderType": "in-store",
    "budtender": "Alice Smith",
    "voided": False,
    "originalSaleId": "",
    "itemsInCart": [{"productName": "Blue Dream 3.5g", "category": "Flower", "voided": False}],
    "totals": {"finalTotal": 36.23},
}


def read(**changed: Any) -> Customer:
    return customer(json.dumps(JANE | changed).encode())


def read_sale(**changed: Any) -> CustomerSale:
    return customer_sale(json.dumps(SALE | changed).encode(), "import-1")


def test_the_example_of_the_documents_is_read() -> None:
    jane = read()
    assert jane.updated_at == datetime(2026, 11, 19, 3, 11, 9, 120441, tzinfo=UTC)
    assert (jane.personal.first_name, jane.personal.last_name) == ("Jane", "Doe")
    assert (jane.personal.email, jane.personal.mobile) == ("jane.doe@example.com", "+13035550142")
    assert (jane.points, jane.is_loyal, jane.consents_email, jane.consents_sms) == (120, True, True, False)
    assert (jane.groups, jane.postal_code, jane.medical_id) == (("VIP",), "80202", "")


ODD = (
    ({"id": None, "_id": "b1"}, {"fh_id": "b1"}),
    ({"id": 17}, {"fh_id": "17"}),
    ({"zip": 80202}, {"postal_code": "80202"}),
    ({"zip": 2139}, {"postal_code": "02139"}),
    ({"loyaltyPoints": "120"}, {"points": 120}),
    ({"loyaltyPoints": 12.9}, {"points": 12}),
    ({"loyaltyPoints": None}, {"points": 0}),
    ({"loyaltyPoints": float("nan")}, {"points": 0}),
    ({"isLoyal": "true"}, {"is_loyal": True}),
    ({"isLoyal": None}, {"is_loyal": False}),
    ({"consentsToPromotionalSMS": 1}, {"consents_sms": True}),
    ({"consentsToPromotionalEmail": None}, {"consents_email": False}),
    ({"groups": None}, {"groups": ()}),
    ({"groups": ["VIP", {"name": "VIP"}, {"name": "Veteran"}]}, {"groups": ("VIP", "Veteran")}),
    ({"createdAt": None}, {"created_at": None}),
    ({"createdAt": "2023-06-15T22:57:35"}, {"created_at": datetime(2023, 6, 15, 22, 57, 35, tzinfo=UTC)}),
    ({"createdAt": "2023-06-15T16:57:35-06:00"}, {"created_at": datetime(2023, 6, 15, 22, 57, 35, tzinfo=UTC)}),
    ({"city": " Denver\u0000 "}, {"city": "Denver"}),
    ({"city": "D" * 10_000}, {"city": "D" * 500}),
    ({"medId": "CO-1"}, {"medical_id": "CO-1"}),
    ({"latitude": 5, "unknown": {"a": [1]}}, {"city": "Denver"}),
)


@pytest.mark.parametrize(("changed", "expected"), ODD, ids=lambda one: str(one)[:40])
def test_what_is_odd_is_read_as_it_was_meant(changed: dict[str, Any], expected: dict[str, Any]) -> None:
    found = read(**changed)
    assert {name: getattr(found, name) for name in expected} == expected


@pytest.mark.parametrize(
    ("birth_date", "kept"),
    [("1990-05-15T00:00:00Z", "1990-05-15"), ("05/15/1990", ""), ("0001-01-01", ""), ("1900-01-01", ""), (None, "")],
)
def test_a_birth_date_is_a_day_or_nothing(birth_date: str | None, kept: str) -> None:
    assert read(birthDate=birth_date).personal.birth_date == kept


NAMES = ("José 🌿 Ñandú", "محمد علي", "x" * 10_000, "\u202eevil", "\ud800half", "O'Neil; DROP TABLE", "")


@pytest.mark.parametrize("name", NAMES, ids=lambda name: ascii(name)[:20])
def test_any_name_is_read_and_none_is_longer_than_a_line(name: str) -> None:
    body = json.dumps({"data": [JANE | {"name": name}]}).encode()
    (record,) = page_of(body).records
    personal = customer(record.raw).personal
    assert len(f"{personal.first_name} {personal.last_name}".encode()) <= 2100


@pytest.mark.parametrize(
    "bad",
    [
        {"id": None},
        {"id": {}},
        {"name": {"first": "Jane"}},
        {"groups": "VIP"},
        {"isLoyal": "perhaps"},
        {"createdAt": "soon"},
    ],
)
def test_what_makes_no_sense_is_unreadable_with_a_reason(bad: dict[str, Any]) -> None:
    with pytest.raises(Unreadable) as problem:
        read(**bad)
    assert problem.value.sentence
    assert "Jane" not in problem.value.sentence


def test_the_example_sale_is_read() -> None:
    sale = read_sale()
    assert (sale.sale_id, sale.order_id, sale.store_id, sale.status) == ("s1", "o1", "import-1", "sold")
    assert (sale.total_cents, sale.lines[0].category) == (3623, "Flower")


@pytest.mark.parametrize(
    ("totals", "cents"),
    [
        ({"FinalTotal": 36.23}, 3623),
        ({"finalTotal": "36.23"}, 3623),
        ({"finalTotal": 0}, 0),
        ({"finalTotal": -5.1}, -510),
    ]
    + [({"finalTotal": float(f"{number / 100:.2f}")}, number) for number in (1, 29, 57, 1999, 2023, 1_000_001)],
)
def test_money_is_cents_to_the_cent(totals: dict[str, Any], cents: int) -> None:
    assert read_sale(totals=totals).total_cents == cents


@pytest.mark.parametrize(
    "bad",
    [
        {"createdAt": None},
        {"totals": None},
        {"totals": {"finalTotal": float("nan")}},
        {"totals": []},
        {"itemsInCart": ["a"]},
        {"itemsInCart": {"a": 1}},
        {"id": None, "orderId": None},
    ],
)
def test_a_sale_without_what_counts_is_parked_and_not_nothing(bad: dict[str, Any]) -> None:
    with pytest.raises(Unreadable):
        read_sale(**bad)


@pytest.mark.parametrize(
    ("body", "ids"),
    [
        (b'[{"id": "a"}, {"_id": "b"}]', ["a", "b"]),
        (b'{"data": [{"id": "a"}]}', ["a"]),
        (b'{"data": {"id": "a"}}', ["a"]),
        (b'{"customers": [{"id": 5}], "total": 1}', ["5"]),
        (b'{"customer": {"id": "a"}}', ["a"]),
        (b'{"orders": [], "total": 0}', []),
        (b'{"id": "a", "name": "x"}', ["a"]),
        (b'{"data": [{"id": "a", "points": NaN}]}', ["a"]),
        (b'{"data": [{"id": "a", "id": "b"}]}', ["b"]),
        (b'{"data": [17, null, {"id": {}}]}', ["", "", ""]),
    ],
)
def test_every_envelope_is_opened(body: bytes, ids: list[str]) -> None:
    assert [record.fh_id for record in page_of(body).records] == ids


@pytest.mark.parametrize("body", [b"<html>", b"{", b"\xff\xfe\x00"])
def test_what_is_no_data_goes_away(body: bytes) -> None:
    with pytest.raises(Unavailable):
        page_of(body)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


@given(st.fixed_dictionaries({}, optional=dict.fromkeys([*JANE, "_id", "medId"], JSON)))
def test_no_record_of_any_shape_makes_a_customer_fail_otherwise(record: dict[str, Any]) -> None:
    with suppress(Unreadable):
        customer(json.dumps(record).encode())


@given(st.fixed_dictionaries({}, optional=dict.fromkeys([*SALE, "_id", "createdOn"], JSON)))
def test_no_record_of_any_shape_makes_a_sale_fail_otherwise(record: dict[str, Any]) -> None:
    with suppress(Unreadable):
        customer_sale(json.dumps(record).encode(), "import-1")
