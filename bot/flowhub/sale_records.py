"""A sale as Flowhub writes it (apis.md section 3), read for profiles; odd shapes as in `customer_records`."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import msgspec

from bot.errors import Unreadable
from bot.flowhub import values
from bot.flowhub.fields import flag, moment, odd, reader_of
from bot.rules.customers import BoughtLine, CustomerSale


class _Totals(msgspec.Struct):
    """PascalCase in the spec, camelCase in life (apis.md 3.2)."""

    finalTotal: Decimal | None = None  # noqa: N815
    pascal: Decimal | None = msgspec.field(default=None, name="FinalTotal")


class _Line(msgspec.Struct):
    productName: str | None = None  # noqa: N815
    title1: str | None = None
    category: str | None = None
    voided: bool | None = None


class SalePayload(msgspec.Struct):
    createdAt: str | None = None  # noqa: N815
    createdOn: str | None = None  # noqa: N815
    completedOn: str | None = None  # noqa: N815
    id: str | None = None
    underscored: str | None = msgspec.field(default=None, name="_id")
    orderId: str | None = None  # noqa: N815
    customerId: str | None = None  # noqa: N815
    orderStatus: str | None = None  # noqa: N815
    orderType: str | None = None  # noqa: N815
    budtender: str | None = None
    voided: bool | None = None
    originalSaleId: str | None = None  # noqa: N815
    itemsInCart: list[_Line] | None = None  # noqa: N815
    totals: _Totals | None = None


_sale = msgspec.json.Decoder(SalePayload)
_SALE_TEXTS = (
    "createdAt", "createdOn", "completedOn", "id", "_id", "orderId", "customerId", "orderStatus", "orderType", "budtender",
    "originalSaleId",
)  # fmt: skip


def customer_sale(raw: bytes, store_id: str) -> CustomerSale:
    """`store_id` is the location that was asked for. Raises Unreadable with what is wrong with the record."""
    try:
        found = _sale.decode(raw)
    except msgspec.DecodeError:
        found = _odd_sale(odd(raw, "a sale"))
    read = reader_of(raw)
    order_id = read(found.orderId)
    sale_id = read(found.id) or read(found.underscored) or order_id
    if not sale_id:
        raise Unreadable("a sale without an id")
    created = moment(found.createdAt or found.createdOn, "createdAt")
    if created is None:
        raise Unreadable("a sale without a time of creation")
    totals = found.totals or _Totals()
    total = totals.finalTotal if totals.finalTotal is not None else totals.pascal
    if total is None and found.completedOn:
        raise Unreadable("a completed sale without a total")  # nothing spent would be a figure, and a wrong one
    return CustomerSale(
        sale_id=sale_id,
        order_id=order_id if order_id != sale_id else "",
        store_id=store_id,
        customer_id=read(found.customerId),
        created_at=created,
        completed_at=moment(found.completedOn, "completedOn"),
        order_type=read(found.orderType),
        status=read(found.orderStatus).lower(),
        budtender=read(found.budtender),
        is_voided=found.voided is True,
        total_cents=values.sale_cents({"total": total}, "total") or 0,
        original_id=read(found.originalSaleId),
        lines=tuple(
            BoughtLine(read(line.productName) or read(line.title1), read(line.category), line.voided is True)
            for line in found.itemsInCart or ()
        ),
    )


def _odd_sale(record: Mapping[str, Any]) -> SalePayload:
    texts = {("underscored" if name == "_id" else name): values.text(record, name) for name in _SALE_TEXTS}
    totals, items = record.get("totals") or {}, record.get("itemsInCart")
    if not isinstance(totals, Mapping) or not isinstance(items, list | None):
        raise Unreadable("a sale whose totals or items have another shape")
    lines = []
    for item in items or ():
        if not isinstance(item, Mapping):
            raise Unreadable("a sale with an item that is not an object")
        named = {name: values.text(item, name) for name in ("productName", "title1", "category")}
        lines.append(_Line(**named, voided=flag(item, "voided")))
    total = values.number(totals, "finalTotal", "FinalTotal")
    return SalePayload(**texts, voided=flag(record, "voided"), itemsInCart=lines, totals=_Totals(total))
