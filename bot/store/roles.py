"""Roles that people and user groups were given, by workspace."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select

from bot.rules.permissions import Grant, Role
from bot.store.rows import RoleRow
from bot.store.transaction import Tx

table: Any = RoleRow.__table__  # type: ignore[attr-defined]


async def of(tx: Tx, workspace: str) -> Sequence[Grant]:
    query = select(table.c.subject, table.c.role, table.c.store_key).where(table.c.workspace == workspace)
    rows = await tx.connection.execute(query.order_by(table.c.store_key, table.c.subject))
    return [Grant(subject, Role[role], store_key) for subject, role, store_key in rows]


async def give(tx: Tx, workspace: str, grant: Grant, *, given_by: str, at: datetime) -> None:
    """Give a role; one that the same person or group had at the same store is replaced."""
    await take(tx, workspace, grant.subject, grant.store_key)
    values = {"store_key": grant.store_key, "subject": grant.subject, "role": grant.role.name}
    await tx.connection.execute(insert(table).values(workspace=workspace, given_by=given_by, at=at, **values))


async def take(tx: Tx, workspace: str, subject: str, store_key: str) -> bool:
    """From then on they are what they were without it. False when they had none."""
    which = (table.c.workspace == workspace, table.c.subject == subject, table.c.store_key == store_key)
    return bool((await tx.connection.execute(delete(table).where(*which))).rowcount)


async def forget_store(tx: Tx, workspace: str, store_key: str) -> None:
    await tx.connection.execute(
        delete(table).where(table.c.workspace == workspace, table.c.store_key == store_key, table.c.store_key != "")
    )
