"""What an Order Ahead body must look like. A body in, the list of complaints out."""

import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

FIELDS = {
    "externalCreatedAt",
    "customer",
    "orderItems",
    "orderType",
    "address",
    "customerId",
    "loyaltyPointsInPennies",
    "cartDiscountNote",
    "customerNote",
    "requestedFulfillmentTimeStart",
    "requestedFulfillmentTimeEnd",
    "postbackUrl",
    "fees",
}
CUSTOMER_FIELDS = {
    "firstName",
    "lastName",
    "birthDate",
    "externalId",
    "email",
    "phone",
    "medRecOrBoth",
    "medId",
    "medExp",
}
ITEM_FIELDS = {"productId", "quantityPurchased", "discountNote"}
ADDRESS_FIELDS = {"street1", "street2", "city", "state", "zip"}
FEE_FIELDS = {"name", "amount"}

E164 = re.compile(r"\+[1-9]\d{6,14}")


def complaints(body: Any, *, unknown_fields: bool, phone_or_medical_id: bool) -> list[str]:
    """Everything that is wrong with a create or update body; the two flags say how strict the service is today."""
    if not isinstance(body, dict):
        return ["the body must be a JSON object"]
    found = [
        f"{name} is required" for name in ("externalCreatedAt", "customer", "orderItems") if body.get(name) is None
    ]
    found += _times(body)
    found += _strings(body, "", ("customerId", "cartDiscountNote", "customerNote"))
    if body.get("orderType") not in (None, "delivery", "pickup", "kiosk"):
        found.append("orderType must be one of delivery, pickup, kiosk")
    if body.get("customer") is not None:
        found += _customer(body["customer"], phone_or_medical_id=phone_or_medical_id)
    if body.get("orderItems") is not None:
        found += _items(body["orderItems"])
    if body.get("address") is not None:
        found += _address(body["address"])
    if body.get("fees") is not None:
        found += _fees(body["fees"])
    if body.get("loyaltyPointsInPennies") is not None:
        if not _is_number(body["loyaltyPointsInPennies"]):
            found.append("loyaltyPointsInPennies must be a number")
        if not body.get("customerId"):
            found.append("customerId is required to redeem loyaltyPointsInPennies")
    if body.get("postbackUrl") is not None and not _is_url(body["postbackUrl"]):
        found.append("postbackUrl must be a URL")
    if unknown_fields:
        found += _unknown(body)
    return found


def _times(body: dict[str, Any]) -> Iterator[str]:
    for name in ("externalCreatedAt", "requestedFulfillmentTimeStart", "requestedFulfillmentTimeEnd"):
        if body.get(name) is not None and not _is_date_time(body[name]):
            yield f"{name} must be a date-time"


def _customer(customer: Any, *, phone_or_medical_id: bool) -> Iterator[str]:
    if not isinstance(customer, dict):
        yield "customer must be an object"
        return
    yield from _strings(customer, "customer.", ("firstName", "lastName", "externalId", "email", "medId", "medExp"))
    phone, born = customer.get("phone"), customer.get("birthDate")
    if phone is not None and not (isinstance(phone, str) and E164.fullmatch(phone)):
        yield "customer.phone must be in E.164 format"
    if born is not None and not _is_date(born):
        yield "customer.birthDate must be a date"
    if customer.get("medRecOrBoth") not in (None, "med", "rec", "both"):
        yield "customer.medRecOrBoth must be one of med, rec, both"
    if customer.get("medRecOrBoth") == "med" and not customer.get("medId"):
        yield "customer.medId is required for a medical customer"
    if customer.get("medId") and not customer.get("medExp"):
        yield "customer.medExp is required with customer.medId"
    if phone_or_medical_id and not phone and not customer.get("medId"):
        yield "customer.phone or customer.medId is required"


def _items(items: Any) -> Iterator[str]:
    if not isinstance(items, list) or not items:
        yield "orderItems must be a non-empty array"
        return
    for index, item in enumerate(items):
        where = f"orderItems[{index}]"
        if not isinstance(item, dict):
            yield f"{where} must be an object"
            continue
        # The spec says number, today's inventory has UUID strings (A5): both are taken.
        if not _is_number(item.get("productId")) and not (isinstance(item.get("productId"), str) and item["productId"]):
            yield f"{where}.productId is required"
        quantity: Any = item.get("quantityPurchased")
        if not _is_number(quantity) or quantity <= 0:
            yield f"{where}.quantityPurchased must be a number above 0"
        yield from _strings(item, f"{where}.", ("discountNote",))


def _address(address: Any) -> Iterator[str]:
    if not isinstance(address, dict):
        yield "address must be an object"
        return
    for name in ("street1", "city", "state", "zip"):
        if not address.get(name):
            yield f"address.{name} is required"
    yield from _strings(address, "address.", tuple(sorted(ADDRESS_FIELDS)))


def _fees(fees: Any) -> Iterator[str]:
    if not isinstance(fees, list):
        yield "fees must be an array"
        return
    for index, fee in enumerate(fees):
        if not isinstance(fee, dict):
            yield f"fees[{index}] must be an object"
        elif fee.get("amount") is not None and not _is_number(fee["amount"]):
            yield f"fees[{index}].amount must be a number"


def _unknown(body: dict[str, Any]) -> Iterator[str]:
    places: list[tuple[str, Any, set[str]]] = [
        ("", body, FIELDS),
        ("customer.", body.get("customer"), CUSTOMER_FIELDS),
        ("address.", body.get("address"), ADDRESS_FIELDS),
    ]
    for name, known in (("orderItems", ITEM_FIELDS), ("fees", FEE_FIELDS)):
        rows = body.get(name)
        if isinstance(rows, list):
            places += [(f"{name}[{index}].", row, known) for index, row in enumerate(rows)]
    for where, value, known in places:
        if isinstance(value, dict):
            yield from (f"{where}{name} is not a known field" for name in sorted(value.keys() - known))


def _strings(value: dict[str, Any], where: str, names: tuple[str, ...]) -> Iterator[str]:
    for name in names:
        if value.get(name) is not None and not isinstance(value[name], str):
            yield f"{where}{name} must be a string"


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_date_time(value: Any) -> bool:
    if not isinstance(value, str) or "T" not in value:
        return False
    try:
        return datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


def _is_date(value: Any) -> bool:
    try:
        return isinstance(value, str) and len(value) == len("yyyy-mm-dd") and bool(date.fromisoformat(value))
    except ValueError:
        return False


def _is_url(value: Any) -> bool:
    return isinstance(value, str) and urlsplit(value).scheme in ("http", "https") and bool(urlsplit(value).netloc)
