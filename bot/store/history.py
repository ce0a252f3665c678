"""The history of orders, and what could not be read."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, select

from bot.rules.history import Event, Happened
from bot.store.rows import EventRow, ParkedRow
from bot.store.transaction import Tx

events: Any = EventRow.__table__  # type: ignore[attr-defined]
parked: Any = ParkedRow.__table__  # type: ignore[attr-defined]


async def add(tx: Tx, order_key: str, event: Event) -> None:
    """Append an event; the order's row must be locked, so that its number is the next one."""
    await tx.change(
        _append,
        {
            "of_order": order_key,
            "order_key": order_key,
            "at": event.at,
            "kind": event.kind.value,
            "who": event.who,
            "through": event.through,
            "loud": event.is_loud,
            "detail": event.detail,
        },
    )


_newest = select(func.coalesce(func.max(events.c.seq), 0) + 1).where(events.c.order_key == bindparam("of_order"))
_append = insert(events).values(seq=_newest.scalar_subquery())


async def of_order(tx: Tx, order_key: str, *, after: int = 0) -> Sequence[Event]:
    rows = await tx.rows(_of_order, {"of_order": order_key, "after": after})
    return [Event(**{**row, "kind": Happened(row["kind"])}) for row in rows]


_of_order = (
    select(events.c.at, events.c.kind, events.c.who, events.c.through, events.c.detail, events.c.seq)
    .where(events.c.order_key == bindparam("of_order"), events.c.seq > bindparam("after"))
    .order_by(events.c.seq)
)


async def park(tx: Tx, *, at: datetime, store_key: str, came_from: str, reason: str, record: str) -> None:
    """Put a record aside that can't be read, sealed, so that nothing is lost."""
    sealed = tx.vault.seal(record[:100_000])
    await tx.connection.execute(
        insert(parked).values(at=at, store_key=store_key, came_from=came_from, reason=reason[:500], sealed=sealed)
    )


async def parked_counts(tx: Tx) -> dict[str, int]:
    query = select(parked.c.came_from, func.count()).group_by(parked.c.came_from)
    return {str(came_from): int(count) for came_from, count in await tx.connection.execute(query)}


async def is_parked(tx: Tx, came_from: str, reason: str) -> bool:
    query = select(func.count()).where(parked.c.came_from == came_from, parked.c.reason == reason[:500])
    return bool((await tx.connection.execute(query)).scalar())


async def forget_parked(tx: Tx, *, before: datetime) -> int:
    return int((await tx.connection.execute(delete(parked).where(parked.c.at < before))).rowcount)
