"""The deliveries of one store: put off while it is paused, set going again, and given up when it is removed."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from bot.rules.deliveries import Kind, State
from bot.store.rows import DeliveryRow
from bot.store.transaction import Tx

table: Any = DeliveryRow.__table__  # type: ignore[attr-defined]

_WORKABLE = (State.DUE.value, State.UNKNOWN.value)


async def hurry(tx: Tx, store_key: str, problem: str, *, now: datetime) -> int:
    """What waits because of `problem` is due now."""
    query = (
        update(table)
        .where(table.c.store_key == store_key, table.c.problem == problem, table.c.state.in_(_WORKABLE))
        .values(due_at=now, problem="")
        .returning(table.c.lane)
    )
    lanes = [str(lane) for (lane,) in await tx.connection.execute(query)]
    for lane in set(lanes):
        tx.wake_lane(lane, now)
    return len(lanes)


async def hurry_at_flowhub(tx: Tx, store_key: str, *, now: datetime) -> None:
    """What Flowhub did not take with the credentials before is tried with the new ones now."""
    lane = f"flowhub:{store_key}"
    query = update(table).where(table.c.lane == lane, table.c.problem != "", table.c.state.in_(_WORKABLE))
    await tx.connection.execute(query.values(due_at=now, problem=""))
    tx.wake_lane(lane, now)


async def give_up(tx: Tx, store_key: str, *, but: Collection[Kind]) -> None:
    """Nothing more is done for the store, and nothing personal rests in what was to be done."""
    query = update(table).where(
        table.c.store_key == store_key,
        table.c.state != State.DONE.value,
        table.c.kind.not_in([kind.value for kind in but]),
    )
    await tx.connection.execute(query.values(state=State.DONE.value, done=table.c.wanted, sealed="", leased_until=None))


async def problems(tx: Tx, store_key: str, *, most: int = 5) -> list[str]:
    """What keeps deliveries from being made, each reason once, the newest first."""
    query = (
        select(table.c.problem, table.c.due_at)
        .where(table.c.store_key == store_key, table.c.state != State.DONE.value, table.c.problem != "")
        .order_by(table.c.due_at.desc())
        .limit(200)
    )
    return list(dict.fromkeys(str(problem) for problem, _ in await tx.connection.execute(query)))[:most]
