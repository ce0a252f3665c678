"""The records of a page of customers or sales, fast: a record is known by its id and its print, and read only when it is new.

Whatever shape it has, an answer becomes a list of raw records here; `customer_records` and `sale_records` read one of them.
"""

from typing import Any, NamedTuple

import msgspec

from bot import calls
from bot.errors import Unreadable
from bot.flowhub import payloads

READING = 1
"""Part of every print: a version that reads records otherwise raises it, and every record is read anew."""


class Record(NamedTuple):
    """One row of a page, not read yet. `fh_id` is empty when it has none that can be read."""

    fh_id: str
    raw: bytes


class RecordPage(NamedTuple):
    """`total` is how many rows there are in all, where the envelope says so."""

    records: list[Record]
    total: int | None


NONE = msgspec.Raw()


class _Envelope(msgspec.Struct):
    """Every envelope that was seen (apis.md 3.2, 4.1): a list under one of these names, or one bare record."""

    data: msgspec.Raw = NONE
    customers: msgspec.Raw = NONE
    orders: msgspec.Raw = NONE
    customer: msgspec.Raw = NONE
    total: Any = None


class _Ids(msgspec.Struct):
    id: str | int | None = None
    underscored: str | int | None = msgspec.field(default=None, name="_id")
    order_id: str | int | None = msgspec.field(default=None, name="orderId")


_envelope = msgspec.json.Decoder(_Envelope)
_list = msgspec.json.Decoder(list[msgspec.Raw])
_ids = msgspec.json.Decoder(_Ids)


def page_of(body: bytes) -> RecordPage:
    """The records of a page. Raises Unavailable when the body is no JSON, Unreadable when it is but holds no list."""
    try:
        return _page(body)
    except (msgspec.DecodeError, RecursionError):
        # NaN, halves of characters and the like: the standard library takes them, and they become null.
        clean = msgspec.json.encode(calls.parsed(body, "Flowhub"))
    try:
        return _page(clean)
    except msgspec.DecodeError:
        raise Unreadable("Flowhub answered without a list of records.") from None


def _page(body: bytes) -> RecordPage:
    start = body.lstrip()[:1]
    if start == b"[":
        return RecordPage(_records(_list.decode(body)), None)
    envelope = _envelope.decode(body)
    for inside in (envelope.data, envelope.customers, envelope.orders, envelope.customer):
        raw = bytes(inside)
        if raw[:1] == b"[":
            return RecordPage(_records(_list.decode(raw)), payloads.total({"total": envelope.total}))
        if raw[:1] == b"{":
            return RecordPage([_record(raw)], None)
    if _id_of(body):
        return RecordPage([_record(body)], None)
    raise Unreadable("Flowhub answered without a list of records.")


def _records(raws: list[msgspec.Raw]) -> list[Record]:
    return [_record(bytes(raw)) for raw in raws]


def _record(raw: bytes) -> Record:
    return Record(_id_of(raw), raw)


def _id_of(raw: bytes) -> str:
    """`_id` in older rows (apis.md 3.2)."""
    try:
        ids = _ids.decode(raw)
    except msgspec.DecodeError:
        return ""
    found = ids.id or ids.underscored or ids.order_id or ""
    if isinstance(found, int):
        return str(found)
    return found if found.isprintable() and len(found) <= 200 and found == found.strip() else ""
