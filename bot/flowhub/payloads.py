"""Flowhub's wire names, and everything that is odd about its answers, turned into plain values.

Tolerant exactly where the real thing is irregular (apis.md 2.2, 3.2, 3.3, 5.2); anything else is `Unreadable`, and the
caller parks the record.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from bot.errors import Unreadable
from bot.flowhub.values import moment, number, sale_cents, text
from bot.giving_way import giving_way
from bot.rules.matching import Product
from bot.rules.sales import SaleRecord, SoldLine

READ_AT_A_TIME = 50


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


async def each(records: list[Any], read: Callable[[Any], Any], park: Callable[[str, Any], None]) -> list[Any]:
    """Read every record; one that can't be read is handed to `park` with its reason.

    An inventory has thousands, and comes while other stores' orders do.
    """
    good: list[Any] = []
    async for record in giving_way(records, at_a_time=READ_AT_A_TIME):
        try:
            good.append(read(record))
        except Unreadable as problem:
            park(problem.sentence, record)
    return good


def _one(answer: Any) -> Mapping[str, Any]:
    if isinstance(answer, Mapping) and isinstance(answer.get("data"), Mapping):
        answer = answer["data"]
    if not isinstance(answer, Mapping):
        raise Unreadable("Flowhub answered without an order.")
    return answer
