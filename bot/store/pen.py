"""What writes a batch of a first load into SQLite's file: in this process, or in the one that packed its rows.

Many rows are written by one statement: SQLite works at it without Python's lock, and others compute meanwhile. Row by row,
the lock would change hands as often, and each time wait for whoever computes. What is imported here the other process must
load before it can begin, so SQLAlchemy is not.
"""

import sqlite3
from collections.abc import Callable, Sequence
from functools import cache
from itertools import chain, islice
from operator import itemgetter
from typing import Any, TypeVar

from bot.store.bulk_table import BulkTable
from bot.store.packing import Packed

T = TypeVar("T")

MOST_AT_ONCE = 250
"""Rows that one statement writes: it may name 32,766 values. Python's lock is asked for once in several milliseconds."""
BUSY_SECONDS = 5.0
CACHE_KILOBYTES = 16_000
SYNCHRONOUS = "NORMAL"
"""Of whoever writes beside the loop: the disk is waited for at checkpoints alone. When the power fails, the last of what
was written may be gone, together with what says that it was written, and is done again. What somebody is told is committed
after it by the loop's connection, which waits until the file's whole journal is on the disk."""
CHECKPOINT_PAGES = 16_000
"""64 MB. A batch touches most pages of the indices, and the next one the same: copying them into the file after each (by
default after 1,000 pages) is half of the work."""


class Pen:
    """An account's. It may go to another process, and opens a connection where it first writes. Whoever writes with it has
    the turn (`Bulk.turn`)."""

    def __init__(self, account: str, path: str) -> None:
        self._account, self._path = account, path
        self._connection: sqlite3.Connection | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        return Pen, (self._account, self._path)

    def put(self, table: BulkTable, rows: Sequence[Packed], *, scope: str, position: str) -> None:
        """As `Bulk.put`. Raises sqlite3.Error."""
        if self._connection is None:
            self._connection = opened(self._path)
        transaction(self._connection, lambda one: put(one, self._account, table, rows, scope=scope, position=position))


def opened(path: str) -> sqlite3.Connection:
    """A connection for many rows. Raises sqlite3.Error."""
    connection = sqlite3.connect(path, isolation_level=None, timeout=BUSY_SECONDS)
    connection.execute(f"PRAGMA synchronous={SYNCHRONOUS}")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute(f"PRAGMA cache_size=-{CACHE_KILOBYTES}")
    connection.execute(f"PRAGMA wal_autocheckpoint={CHECKPOINT_PAGES}")
    return connection


def transaction(connection: sqlite3.Connection, work: Callable[[sqlite3.Connection], T]) -> T:
    connection.execute("BEGIN IMMEDIATE")
    try:
        result = work(connection)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return result


def put(
    connection: sqlite3.Connection, account: str, table: BulkTable, rows: Sequence[Packed], *, scope: str, position: str
) -> None:
    """The rows, whose profiles they make stale, and how far the list was read; within a transaction."""
    _insert_all(connection, table, rows)
    if table.customer:
        place = table.place(table.customer)
        stale = sorted({(account, row[place]) for row in rows if row[place]})
        connection.executemany("INSERT OR IGNORE INTO stale_profiles VALUES (?, ?)", stale)
    sql = "INSERT INTO sync_cursors VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET doc = excluded.doc"
    connection.execute(sql, (account, scope, position))


def _insert_all(connection: sqlite3.Connection, table: BulkTable, rows: Sequence[Packed]) -> None:
    """In a first load nearly all rows are new. A statement that gives the whole transaction up when one is not need not keep
    notes of how to undo itself alone, which are half as much work again.

    They come in no order. Written in that of their keys, a page of the indices is gone to once in a batch and not again and
    again: a fifth less work.
    """
    try:
        for some in chunks(sorted(rows, key=itemgetter(table.place(table.key))), MOST_AT_ONCE):
            sql = _insert(table, len(some), "INSERT OR ROLLBACK")
            connection.execute(sql, list(chain.from_iterable(some)))
    except sqlite3.IntegrityError:
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(upsert(table), rows)


@cache
def _insert(table: BulkTable, count: int = 1, how: str = "INSERT") -> str:
    marks = f"({', '.join('?' * len(table.columns))})"
    return f"{how} INTO main.{table.name} ({table.listed}) VALUES {', '.join([marks] * count)}"


def upsert(table: BulkTable) -> str:
    return f"{_insert(table)} ON CONFLICT (account, {table.key}) DO UPDATE SET {table.replaced}"


def chunks(values: Sequence[T], size: int) -> list[list[T]]:
    them = iter(values)
    return list(iter(lambda: list(islice(them, size)), []))
