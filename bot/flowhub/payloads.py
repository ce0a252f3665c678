"""Flowhub's wire names, and everything that is odd about its answers, turned into plain values.

Tolerant exactly where the real thing is irregular (apis.md 2.2, 3.2, 3.3, 5.2); anything else is `Unreadable`, and the
caller parks the record.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from bot.errors import Unreadable
from bot.rules.matching import Product
from bot.rules.sales import SaleRecord, SoldLine

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
"""Control characters and halves of characters: no database and no message can hold them."""
ORDERS_ARE_IN_CENTS = False
"""A13: two production users sum `/v1/orders` as decimal dollars, one unofficial client assumes cents."""


@dataclass(frozen=True)
class PlacedOrder:
    """The three-field answer of create, update and status (apis.md 2.2)."""

    flowhub_id: str
    status: str
    customer_external_id: str


@dataclass(frozen=True)
class Location:
    location_id: str
    import_id: str
    name: str
    time_zone: str


def placed_order(answer: Any) -> PlacedOrder:
    record = _one(answer)
    flowhub_id = text(record, "orderId", "id", "_id")
    if not flowhub_id:
        raise Unreadable("Flowhub answered without an order id.")
    return PlacedOrder(flowhub_id, text(record, "status", "orderStatus"), text(record, "customerExternalId"))


def sale(record: Any) -> SaleRecord:
    if not isinstance(record, Mapping):
        raise Unreadable("a sale that is not an object")
    ids = tuple(dict.fromkeys(value for name in ("orderId", "id", "_id") if (value := text(record, name))))
    if not ids:
        raise Unreadable("a sale without an id")
    created = moment(record, "createdAt", "createdOn")
    if created is None:
        raise Unreadable("a sale without a time of creation")
    totals = record.get("totals") or {}
    if not isinstance(totals, Mapping):
        raise Unreadable("a sale whose totals are not an object")
    return SaleRecord(
        ids=ids,
        created_at=created,
        completed_at=moment(record, "completedOn"),
        original_id=text(record, "originalSaleId"),
        name=text(record, "fullName", "name"),
        order_type=text(record, "orderType"),
        status=text(record, "orderStatus"),
        integrator_id=text(record, "integratorId"),
        voided=record.get("voided") is True,
        # Totals are PascalCase in the spec and camelCase in life (apis.md 3.2).
        total_cents=sale_cents(totals, "finalTotal", "FinalTotal"),
        lines=tuple(_lines(record.get("itemsInCart"))),
    )


def _lines(items: Any) -> Iterator[SoldLine]:
    if not isinstance(items, list | None):
        raise Unreadable("a sale whose items are not a list")
    for item in items or ():
        if not isinstance(item, Mapping):
            raise Unreadable("a sale with an item that is not an object")
        name = text(item, "productName", "title1") or "Something without a name"
        yield SoldLine(name, number(item, "quantity") or Decimal(1), sale_cents(item, "totalPrice"))


def sale_cents(record: Mapping[str, Any], *names: str) -> int | None:
    """The one place where the money of `/v1/orders` becomes cents (A13)."""
    amount = number(record, *names)
    if amount is None:
        return None
    return int((amount if ORDERS_ARE_IN_CENTS else amount * 100).to_integral_value())


def product(record: Any) -> Product:
    if not isinstance(record, Mapping):
        raise Unreadable("an inventory row that is not an object")
    product_id = record.get("productId")
    if isinstance(product_id, bool) or not isinstance(product_id, str | int) or product_id == "":
        raise Unreadable("an inventory row without a product id")
    return Product(
        product_id=product_id,
        variant_id=text(record, "variantId"),
        sku=text(record, "sku"),
        name=text(record, "productName", "parentProductName"),
        quantity=number(record, "quantity") or Decimal(0),
        created_at=text(record, "createdAt"),
    )


def location(record: Any) -> Location:
    if not isinstance(record, Mapping) or not text(record, "locationId"):
        raise Unreadable("a location without an id")
    location_id = text(record, "locationId")
    return Location(
        location_id=location_id,
        import_id=text(record, "importId") or location_id,
        name=text(record, "locationName"),
        time_zone=text(record, "timeZone"),
    )


def rows(answer: Any, *names: str) -> list[Any]:
    """The list inside whichever envelope the answer has."""
    if isinstance(answer, list):
        return answer
    if isinstance(answer, Mapping):
        for name in names:
            if isinstance(answer.get(name), list):
                return list(answer[name])
    raise Unreadable(f"Flowhub answered without a list of {names[0]}.")


def total(answer: Any) -> int | None:
    """How many rows there are in all, where the envelope says so."""
    found = answer.get("total") if isinstance(answer, Mapping) else None
    return found if isinstance(found, int) and not isinstance(found, bool) and found >= 0 else None


def each(records: list[Any], read: Callable[[Any], Any], park: Callable[[str, Any], None]) -> list[Any]:
    """Read every record; one that can't be read is handed to `park` with its reason."""
    good: list[Any] = []
    for record in records:
        try:
            good.append(read(record))
        except Unreadable as problem:
            park(problem.sentence, record)
    return good


def text(record: Mapping[str, Any], *names: str) -> str:
    """The first of these fields that holds a string or a whole number, trimmed, at most 500 characters.

    Raises Unreadable for anything else but null and nothing.
    """
    for name in names:
        value = record.get(name)
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        if not isinstance(value, str | None):
            raise Unreadable(f"{name} is not text")
        if value and (words := _CONTROL.sub(" ", value).strip()):
            return words[:500]
    return ""


def number(record: Mapping[str, Any], *names: str) -> Decimal | None:
    """The first of these fields that is there, as a number; None for null, nothing and NaN (which JSON does not have).

    Raises Unreadable for anything else.
    """
    value = next((record[name] for name in names if record.get(name) not in (None, "")), None)
    if value is None:
        return None
    try:
        if isinstance(value, Decimal):
            amount: Decimal | None = value
        else:
            amount = (
                Decimal(str(value)) if isinstance(value, int | float | str) and not isinstance(value, bool) else None
            )
    except InvalidOperation:
        amount = None
    if amount is not None and amount.is_nan():
        return None
    if amount is None or not amount.is_finite() or abs(amount) >= 10**12:
        raise Unreadable(f"{names[0]} is not a number")
    return amount


def moment(record: Mapping[str, Any], *names: str) -> datetime | None:
    """The first of these fields that is there, an ISO time, as UTC; a time without a zone is UTC (apis.md 3.2).

    Raises Unreadable for anything else.
    """
    for name in names:
        value = record.get(name)
        if value in (None, ""):
            continue
        try:
            parsed = datetime.fromisoformat(value)
            return parsed.astimezone(UTC) if parsed.tzinfo else parsed.replace(tzinfo=UTC)
        except (TypeError, ValueError, OverflowError):
            raise Unreadable(f"{name} is not a time") from None
    return None


def _one(answer: Any) -> Mapping[str, Any]:
    if isinstance(answer, Mapping) and isinstance(answer.get("data"), Mapping):
        answer = answer["data"]
    if not isinstance(answer, Mapping):
        raise Unreadable("Flowhub answered without an order.")
    return answer
