"""What is known between the steps of a modal: sealed, under a name that nobody can guess, and gone after a short while."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update

from bot.store.rows import DraftRow
from bot.store.transaction import Tx

table: Any = DraftRow.__table__  # type: ignore[attr-defined]


async def keep(tx: Tx, name: str, text: str, *, until: datetime) -> None:
    """Remember a draft, or what has become of it."""
    values = {"sealed": tx.vault.seal(text), "expires_at": until}
    changed = await tx.connection.execute(update(table).where(table.c.id == name).values(**values))
    if not changed.rowcount:
        await tx.connection.execute(insert(table).values(id=name, **values))


async def get(tx: Tx, name: str, *, now: datetime) -> str | None:
    """None when it was never there or its time is over."""
    query = select(table.c.sealed).where(table.c.id == name, table.c.expires_at > now)
    sealed = (await tx.connection.execute(query)).scalar()
    return tx.vault.open(str(sealed)) if sealed else None


async def drop(tx: Tx, name: str) -> None:
    await tx.connection.execute(delete(table).where(table.c.id == name))


async def sweep(tx: Tx, *, now: datetime) -> int:
    return int((await tx.connection.execute(delete(table).where(table.c.expires_at <= now))).rowcount)
