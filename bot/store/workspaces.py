"""Workspaces that installed the app: their tokens rest sealed. And the installs that are under way."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from bot.rules.workspaces import Installed
from bot.store.rows import ChannelRow, InstallRow, RoleRow, SignoffRow, ViewerRow, WorkspaceRow
from bot.store.transaction import Tx

table: Any = WorkspaceRow.__table__  # type: ignore[attr-defined]
under_way: Any = InstallRow.__table__  # type: ignore[attr-defined]

SECRET = {"token", "refresh_token"}


async def put(tx: Tx, installed: Installed, *, now: datetime) -> None:
    """The app was installed, for the first time or anew."""
    values = {**_columns(tx, installed), "installed_at": now, "refreshing_until": None, "gone_at": None}
    row = (sqlite_insert if tx.is_sqlite else postgresql_insert)(table).values(id=installed.workspace, **values)
    await tx.connection.execute(row.on_conflict_do_update(index_elements=["id"], set_=values))


def _columns(tx: Tx, installed: Installed) -> dict[str, Any]:
    return {
        "doc": installed.model_dump_json(exclude=SECRET),
        "sealed": tx.vault.seal(installed.model_dump_json(include=SECRET)),
        "expires_at": installed.expires_at,
    }


async def get(tx: Tx, workspace: str) -> Installed | None:
    """None where the app is not, or no longer, installed."""
    query = select(table.c.doc, table.c.sealed).where(table.c.id == workspace, table.c.gone_at.is_(None))
    row = (await tx.connection.execute(query)).first()
    if row is None:
        return None
    return Installed.model_validate(json.loads(row.doc) | json.loads(tx.vault.open(row.sealed)))


async def all_ids(tx: Tx) -> Sequence[str]:
    """Where the app is installed."""
    query = select(table.c.id).where(table.c.gone_at.is_(None)).order_by(table.c.id)
    return [str(key) for (key,) in await tx.connection.execute(query)]


async def leave(tx: Tx, workspace: str, *, now: datetime) -> bool:
    """The app was uninstalled there: its tokens are gone with this statement. False when they were gone already."""
    changed = await tx.connection.execute(
        update(table)
        .where(table.c.id == workspace, table.c.gone_at.is_(None))
        .values(sealed="", expires_at=None, refreshing_until=None, gone_at=now)
    )
    return bool(changed.rowcount)


async def forget_people(tx: Tx, workspace: str) -> None:
    """Who had a role there, who looked at a board, who could read which channel."""
    rows: tuple[Any, ...] = (RoleRow, SignoffRow, ChannelRow, ViewerRow)
    for theirs in (row.__table__ for row in rows):
        await tx.connection.execute(delete(theirs).where(theirs.c.workspace == workspace))


async def take_refreshing(tx: Tx, workspace: str, *, now: datetime, until: datetime) -> bool:
    """True for the one caller, in whichever process, who may exchange the refresh token until then: it works once."""
    free = or_(table.c.refreshing_until.is_(None), table.c.refreshing_until < now)
    changed = await tx.connection.execute(
        update(table).where(table.c.id == workspace, table.c.gone_at.is_(None), free).values(refreshing_until=until)
    )
    return bool(changed.rowcount)


async def refreshed(tx: Tx, installed: Installed) -> bool:
    """False when the app was uninstalled meanwhile: its tokens stay gone."""
    changed = await tx.connection.execute(
        update(table)
        .where(table.c.id == installed.workspace, table.c.gone_at.is_(None))
        .values(**_columns(tx, installed), refreshing_until=None)
    )
    return bool(changed.rowcount)


async def begin_install(tx: Tx, state: str, *, until: datetime, now: datetime) -> None:
    """`state` is a print of what the browser must bring back. Those that nobody brought back in time go."""
    await tx.connection.execute(delete(under_way).where(under_way.c.until < now))
    await tx.connection.execute(insert(under_way).values(state=state, until=until))


async def end_install(tx: Tx, state: str, *, now: datetime) -> bool:
    """True once, and in time."""
    done = await tx.connection.execute(delete(under_way).where(under_way.c.state == state).returning(under_way.c.until))
    until: datetime | None = done.scalar()
    return until is not None and until > now
