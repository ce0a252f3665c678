"""Copying a whole database into an empty one, of either engine, and proving that it is the same there.

A backup is such a copy into a SQLite file, a restore one out of it, and moving from SQLite to PostgreSQL another. What
rests sealed is copied sealed: without the keys nobody can read a secret or anything personal in it.
"""

import hashlib
import json
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import SQLModel

from bot.errors import Misconfigured, Refused
from bot.store import rows  # noqa: F401  its tables are what is copied
from bot.store.database import Database
from bot.store.schema import revision

BATCH = 2000

Said = Callable[[str, int], object]


async def copy(source: Database, target: Database, *, said: Said) -> dict[str, int]:
    """Copy every table in one snapshot of `source`; `said(table, rows)` is called after each. Returns the rows by table.

    Both must have the same schema and `target` no rows. Raises Misconfigured when that is not so, and Refused when the copy
    turns out to differ; nothing of it is then kept.
    """
    here, there = await revision(source), await revision(target)
    if here != there:
        raise Misconfigured(f"The two databases have different schemas: {here or 'none'} and {there or 'none'}.")
    copied: dict[str, int] = {}
    async with source.snapshot() as reading, target.write() as tx:
        for table in SQLModel.metadata.sorted_tables:
            if await tx.connection.scalar(select(func.count()).select_from(table)):
                raise Misconfigured(f"The database to copy into is not empty: it has rows in “{table.name}”.")
        for table in SQLModel.metadata.sorted_tables:
            before = _Print()
            async for batch in _batches(reading, table):
                before.add(batch)
                await tx.connection.execute(insert(table), batch)
            if not tx.is_sqlite:
                await _count_on(tx.connection, table)
            after = _Print()
            async for batch in _batches(tx.connection, table):
                after.add(batch)
            if (before.rows, before.hash) != (after.rows, after.hash):
                raise Refused(f"The copy of “{table.name}” differs: {before.rows} rows here, {after.rows} there.")
            copied[table.name] = after.rows
            said(table.name, after.rows)
    return copied


async def _batches(connection: AsyncConnection, table: Any) -> AsyncIterator[list[dict[str, Any]]]:
    """All rows in the order of their key, as dictionaries, page by page: memory stays flat."""
    keys = list(table.primary_key.columns)
    query = select(table).order_by(*keys).limit(BATCH)
    last: tuple[Any, ...] | None = None
    while True:
        page = query if last is None else query.where(_after(keys, last))
        found = [dict(row) for row in (await connection.execute(page)).mappings()]
        if found:
            yield found
        if len(found) < BATCH:
            return
        last = tuple(found[-1][key.name] for key in keys)


def _after(keys: list[Any], last: tuple[Any, ...]) -> Any:
    """Behind `last` in the order of all keys; written out, because the two engines compare tuples with NULLs differently."""
    first, rest = keys[0], keys[1:]
    if not rest:
        return first > last[0]
    return (first > last[0]) | ((first == last[0]) & _after(rest, last[1:]))


class _Print:
    """How many rows there were, and a hash of every value of them in their order."""

    def __init__(self) -> None:
        self.rows = 0
        self._hash = hashlib.sha256()

    @property
    def hash(self) -> str:
        return self._hash.hexdigest()

    def add(self, batch: list[dict[str, Any]]) -> None:
        self.rows += len(batch)
        for row in batch:
            self._hash.update(json.dumps(row, sort_keys=True, default=_plain).encode())


def _plain(value: Any) -> str:
    """What JSON has no word for, the same from both engines."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.hex() if isinstance(value, bytes) else str(value)


async def _count_on(connection: AsyncConnection, table: Any) -> None:
    """PostgreSQL numbers new rows from a counter of its own, which must go on behind the copied ones."""
    counted = table.autoincrement_column
    if counted is not None:
        counter = func.pg_get_serial_sequence(table.name, counted.name)
        await connection.execute(select(func.setval(counter, func.max(counted))))
