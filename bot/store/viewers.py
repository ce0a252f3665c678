"""Who looked at the App Home lately, and what they were shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update

from bot.store.rows import ViewerRow
from bot.store.transaction import Tx

table: Any = ViewerRow.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Viewer:
    """`shown` is a fingerprint of the last board, so that an unchanged one is not published again."""

    workspace: str
    user_id: str
    page: int
    shown: str


async def looked(tx: Tx, workspace: str, user_id: str, *, page: int, shown: str, at: datetime) -> None:
    """Somebody opened the Home tab or turned its page."""
    values = {"page": page, "shown": shown, "opened_at": at}
    changed = await tx.connection.execute(update(table).where(*_is(workspace, user_id)).values(**values))
    if not changed.rowcount:
        await tx.connection.execute(insert(table).values(workspace=workspace, user_id=user_id, **values))


async def was_shown(tx: Tx, workspace: str, user_id: str, shown: str) -> None:
    await tx.connection.execute(update(table).where(*_is(workspace, user_id)).values(shown=shown))


async def since(tx: Tx, moment: datetime) -> Sequence[Viewer]:
    query = select(*_COLUMNS).where(table.c.opened_at >= moment)
    return [Viewer(*row) for row in await tx.connection.execute(query.order_by(table.c.opened_at))]


async def of(tx: Tx, workspace: str, user_id: str) -> Viewer | None:
    row = (await tx.connection.execute(select(*_COLUMNS).where(*_is(workspace, user_id)))).first()
    return Viewer(*row) if row else None


def _is(workspace: str, user_id: str) -> tuple[Any, ...]:
    return table.c.workspace == workspace, table.c.user_id == user_id


_COLUMNS = (table.c.workspace, table.c.user_id, table.c.page, table.c.shown)


async def forget(tx: Tx, *, before: datetime) -> None:
    await tx.connection.execute(delete(table).where(table.c.opened_at < before))
