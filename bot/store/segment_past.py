"""Moves and runs of long ago are forgotten. Who follows moves keeps a number, and numbers are given once."""

from datetime import datetime

from sqlalchemy import delete, select

from bot.store.segments import movements, runs
from bot.store.transaction import Tx


async def sweep(tx: Tx, *, before: datetime, most: int) -> int:
    """Of the `most` oldest moves and runs, those from before then go; returns how many. Rows are numbered as time goes by, so
    that nothing else need be read."""
    gone = 0
    for table in (movements, runs):
        oldest = select(table.c.id).order_by(table.c.id).limit(most)
        done = await tx.connection.execute(delete(table).where(table.c.id.in_(oldest), table.c.at < before))
        gone += int(done.rowcount)
    return gone
