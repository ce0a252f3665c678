"""Orders in the database."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from bot.errors import OutOfStep
from bot.giving_way import giving_way
from bot.rules.order_values import Order, Source
from bot.rules.orders import is_open
from bot.store.rows import OrderRow
from bot.store.transaction import Tx

table: Any = OrderRow.__table__  # type: ignore[attr-defined]

READ_AT_A_TIME = 10


async def add(tx: Tx, order: Order, *, sealed: str) -> None:
    """Raises OutOfStep when the source's order is there already."""
    try:
        source = {"source": order.source.value, "source_id": order.source_id}
        await tx.change(_add, {"key": order.key, **source, "sealed": sealed, **_columns(order)})
    except IntegrityError:
        raise OutOfStep("This order is already on the desk.") from None


_add = insert(table)


async def save(tx: Tx, order: Order) -> None:
    await tx.change(_save, {"which": order.key, **_columns(order)})


_save = update(table).where(table.c.key == bindparam("which"))


def _columns(order: Order) -> dict[str, Any]:
    return {
        "store_key": order.store_key,
        "short_id": order.short_id,
        "flowhub_id": order.flowhub_id,
        "is_open": is_open(order),
        "arrived_at": order.arrived_at,
        "closed_at": order.closed_at,
        "doc": order.model_dump_json(),
    }


async def get(tx: Tx, key: str) -> Order | None:
    return _read(await tx.value(_by_key, {"which": key}))


async def locked(tx: Tx, key: str) -> Order | None:
    """The order, which nobody else can change until this transaction ends."""
    return _read(await tx.value(tx.locked(_by_key), {"which": key}))


_by_key = select(table.c.doc).where(table.c.key == bindparam("which"))


async def by_source(tx: Tx, store_key: str, source: Source, source_id: str) -> Order | None:
    named = {"of_store": store_key, "from_source": source.value, "as_there": source_id}
    return _read(await tx.value(_by_source, named))


_by_source = select(table.c.doc).where(
    table.c.store_key == bindparam("of_store"),
    table.c.source == bindparam("from_source"),
    table.c.source_id == bindparam("as_there"),
)


async def by_short_id(tx: Tx, store_key: str, short_id: str) -> Order | None:
    return await _one(tx, select(table.c.doc).where(table.c.store_key == store_key, table.c.short_id == short_id))


async def sealed_part(tx: Tx, key: str) -> str:
    """What rests sealed beside an order; empty once it has been forgotten."""
    sealed = await tx.value(_sealed, {"which": key})
    return tx.vault.open(sealed) if sealed else ""


_sealed = select(table.c.sealed).where(table.c.key == bindparam("which"))


async def open_orders(tx: Tx, store_key: str) -> Sequence[Order]:
    """Everything a store still has to do, the oldest first."""
    return await _read_all(await tx.firsts(_open, {"of_store": store_key}))


_open = (
    select(table.c.doc)
    .where(table.c.is_open.is_(True), table.c.store_key == bindparam("of_store"))
    .order_by(table.c.arrived_at, table.c.key)
)


async def to_follow(tx: Tx, *, closed_since: datetime | None) -> Mapping[str, Sequence[str]]:
    """Keys of the orders whose status Flowhub should be asked for, by store: the open ones, and those closed since then."""
    query = _open_in_flowhub if closed_since is None else _lately_in_flowhub
    found: dict[str, list[str]] = {}
    for row in await tx.rows(query, {} if closed_since is None else {"since": closed_since}):
        found.setdefault(row["store_key"], []).append(row["key"])
    return found


_in_flowhub = select(table.c.store_key, table.c.key).where(table.c.flowhub_id.is_not(None)).order_by(table.c.arrived_at)
_open_in_flowhub = _in_flowhub.where(table.c.is_open.is_(True))
_lately_in_flowhub = _in_flowhub.where(or_(table.c.is_open.is_(True), table.c.closed_at >= bindparam("since")))


async def recent(tx: Tx, store_key: str, *, since: datetime) -> Sequence[Order]:
    """Orders that are open or arrived since then, from any source."""
    query = select(table.c.doc).where(
        table.c.store_key == store_key, or_(table.c.is_open.is_(True), table.c.arrived_at >= since)
    )
    return await _many(tx, query.order_by(table.c.arrived_at))


async def in_days(tx: Tx, store_key: str, begin: datetime, end: datetime) -> Sequence[str]:
    """What arrived before the end and was still open after the beginning, as JSON: there may be thousands, and reading them is
    not for the loop."""
    query = select(table.c.doc).where(
        table.c.store_key == store_key,
        table.c.arrived_at < end,
        or_(table.c.closed_at.is_(None), table.c.closed_at >= begin),
    )
    return [str(doc) for (doc,) in await tx.connection.execute(query)]


async def forget_contacts(tx: Tx, *, closed_before: datetime, arrived_before: datetime) -> int:
    """Erase the sealed part of orders that closed before the one moment or, open or not, arrived before the other."""
    old = or_(table.c.closed_at < closed_before, table.c.arrived_at < arrived_before)
    done = await tx.connection.execute(update(table).where(and_(old, table.c.sealed != "")).values(sealed=""))
    return int(done.rowcount)


async def count_open(tx: Tx) -> int:
    return int((await tx.connection.execute(select(func.count()).where(table.c.is_open.is_(True)))).scalar() or 0)


async def _one(tx: Tx, query: Any) -> Order | None:
    return _read((await tx.connection.execute(query)).scalar())


def _read(doc: str | None) -> Order | None:
    return Order.model_validate_json(doc) if doc else None


async def _many(tx: Tx, query: Any) -> list[Order]:
    return await _read_all((await tx.connection.execute(query)).scalars().all())


async def _read_all(docs: Sequence[str]) -> list[Order]:
    """A store may have thousands, and each takes up to a tenth of a millisecond."""
    return [Order.model_validate_json(doc) async for doc in giving_way(docs, at_a_time=READ_AT_A_TIME)]
