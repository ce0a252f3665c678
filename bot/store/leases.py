"""Leases of deliveries: what is under way, whose caller may have died, and what was leased for nothing."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import bindparam, update

from bot.rules.deliveries import Delivery, State
from bot.store.deliveries import columns, delivery_of, due_query, table
from bot.store.transaction import Tx


async def lease(tx: Tx, delivery: Delivery, *, until: datetime) -> Delivery | None:
    """Mark the call as made before it is made. None when another worker was faster.

    What is leased is the row as it is now, not as it was when it was chosen: another replica may have worked it since, and
    somebody asked for it again. Such a row is due later than it was, as is one that was put off; a wish moves it forward only.
    """
    named = {
        "which": delivery.id,
        "as_chosen": delivery.state.value,
        "in_lane": delivery.lane,
        "due_by": delivery.due_at,
        "until": until,
    }
    rows = await tx.rows(_lease, named)
    return replace(delivery_of(rows[0]), state=delivery.state) if rows else None


_lease = (
    update(table)
    .where(
        table.c.id == bindparam("which"),
        table.c.state == bindparam("as_chosen"),
        table.c.lane == bindparam("in_lane"),
        table.c.due_at <= bindparam("due_by"),
    )
    .values(state=State.SENDING.value, leased_until=bindparam("until"))
    .returning(*columns)
)


async def next_free(tx: Tx, lane: str, now: datetime) -> Delivery | None:
    """The most pressing delivery of a lane, to be leased in the transaction that made it due. None also when another
    transaction holds it: two that wait for each other's deliveries would wait for ever."""
    named = {"of_lane": lane, "now": now, "most": 1}
    rows = await tx.rows(due_query(of_band=False) if tx.is_sqlite else _due_and_free(), named)
    return delivery_of(rows[0]) if rows else None


@cache
def _due_and_free() -> Any:
    return due_query(of_band=False).with_for_update(skip_locked=True)


async def give_back(tx: Tx, delivery: Delivery, *, until: datetime) -> None:
    """The call for which this was leased until then is not made: the delivery is as it was."""
    query = update(table).where(table.c.id == delivery.id, table.c.state == State.SENDING.value)
    as_it_was = {"state": delivery.state.value, "leased_until": None}
    await tx.connection.execute(query.where(table.c.leased_until == until).values(as_it_was))
    tx.wake_lane(delivery.lane, delivery.due_at)


async def renew(tx: Tx, ids: Sequence[int], *, until: datetime) -> None:
    """The calls that were leased for these deliveries are still under way."""
    if ids:
        query = update(table).where(table.c.id.in_(ids), table.c.state == State.SENDING.value)
        await tx.connection.execute(query.values(leased_until=until))


async def recover(tx: Tx, *, lapsed_before: datetime | None, look_at: datetime) -> int:
    """Calls whose caller died become UNKNOWN: someone must look, at `look_at`.

    `lapsed_before` None recovers all, which only a lone process may do.
    """
    query = update(table).where(table.c.state == State.SENDING.value)
    if lapsed_before is not None:
        query = query.where(table.c.leased_until < lapsed_before)
    changed = {"state": State.UNKNOWN.value, "leased_until": None, "due_at": look_at}
    return int((await tx.connection.execute(query.values(changed))).rowcount)
