"""SQLite for a program with one loop: statements run where they are called, and the loop never waits for the disk.

A statement on SQLite is a call into a library and takes some microseconds. Handing each one to a thread and back, as
aiosqlite does, takes thirty times as long; it was most of what the bot did. Two things really wait: a commit, for the
disk, and a transaction that begins while another process writes. Both leave the loop free.
"""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import partial
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import event
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine import URL
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.pool import AsyncAdaptedQueuePool, Pool
from sqlalchemy.util import await_only

from bot.store.turn import Few

A = TypeVar("A")
T = TypeVar("T")
Raw = sqlite3.Connection
DRIVER = "sqlite+inloop"
BUSY_SECONDS = 5.0
LOOK_AGAIN_SECONDS = 0.01
MOST_READERS = 8
"""Connections on which the loop reads. Most reads end where they began; those of many rows give way to others in between."""
LONGEST_WAIT_SECONDS = 30.0
"""For one of them to be free: a line that moves takes milliseconds."""

_threads = ThreadPoolExecutor(max_workers=4, thread_name_prefix="commit")


class _Cursor(sqlite3.Cursor):
    async def _async_soft_close(self) -> None:
        """What SQLAlchemy calls when a statement has been executed; rows are still read from this very cursor."""


class _Connection(sqlite3.Connection):
    def cursor(self, factory: Any = _Cursor) -> Any:
        return super().cursor(factory)


class _Compiler(SQLiteCompiler):
    def get_from_hint_text(self, table: Any, text: str | None) -> str | None:  # noqa: ARG002
        """SQLAlchemy leaves hints for SQLite out: they are INDEXED BY, behind the table's name."""
        return text


class InLoopDialect(SQLiteDialect_pysqlite):
    """The standard library's sqlite3, called from the loop. A connection is used by one task at a time."""

    driver = "inloop"
    is_async = True
    supports_statement_cache = True
    statement_compiler = _Compiler

    @classmethod
    def get_pool_class(cls, _url: URL) -> type[Pool]:
        return AsyncAdaptedQueuePool

    def create_connect_args(self, url: URL) -> Any:
        arguments, options = super().create_connect_args(url)
        return arguments, {**options, "factory": _Connection}

    def do_execute(self, cursor: Any, statement: str, parameters: Any, context: Any = None) -> None:  # noqa: ARG002
        await_only(_at_once())
        cursor.execute(statement, parameters)

    def do_execute_no_params(self, cursor: Any, statement: str, context: Any = None) -> None:  # noqa: ARG002
        await_only(_at_once())
        cursor.execute(statement)

    def do_executemany(self, cursor: Any, statement: str, parameters: Any, context: Any = None) -> None:  # noqa: ARG002
        await_only(_at_once())
        cursor.executemany(statement, parameters)

    def do_commit(self, dbapi_connection: Any) -> None:
        if dbapi_connection.in_transaction:
            await_only(_in_a_thread(dbapi_connection.commit))


registry.register("sqlite.inloop", __name__, InLoopDialect.__name__)


def raw(connection: AsyncConnection) -> sqlite3.Connection:
    """The driver's own connection below SQLAlchemy's."""
    found = connection.sync_connection
    assert found is not None
    driver: Any = found.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    return driver


class Beside:
    """A second connection, for a thread to read on while the work goes on that is done with the first.

    It sees what stood there when the first one's transaction began, or whatever was committed until it is first used.
    """

    def __init__(self, connection: Raw) -> None:
        self._connection = connection
        self._reading: set[asyncio.Future[Any]] = set()

    def start(self, read: Callable[[Raw], T]) -> "asyncio.Future[T]":
        """It begins at once, whether or not somebody waits for it. Several are read one after the other."""
        reading = asyncio.get_running_loop().run_in_executor(_threads, read, self._connection)
        self._reading.add(reading)
        return reading

    async def ahead(self, look: Callable[[A, Raw], T], many: Iterable[A]) -> AsyncIterator[T]:
        """What each comes to; while somebody works on it, the thread looks at the next one."""
        rest = iter(many)
        reading = [self.start(partial(look, one)) for one in islice(rest, 1)]
        while reading:
            found = await reading.pop()
            reading += [self.start(partial(look, one)) for one in islice(rest, 1)]
            yield found

    async def end(self) -> None:
        """Nobody reads any more. What was started and is not waited for must have ended, however it did."""
        if self._reading:
            await asyncio.wait(self._reading)
            _ = [one.exception() for one in self._reading if not one.cancelled()]


class Readers:
    """Connections for reading, kept at hand: taking one out of SQLAlchemy's pool costs more than most reads.

    Nobody waits in the pool, which never hears that one of these is free again: more than `MOST_READERS` wait here.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        """`engine` can have `MOST_READERS` connections more than others ask it for."""
        self._engine = engine
        self._idle: list[AsyncConnection] = []
        self._few = Few(MOST_READERS, patience=LONGEST_WAIT_SECONDS)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """Raises SQLAlchemy's error when the file can't be opened, and TimeoutError when none has come free for too long."""
        async with self._few:
            connection = self._idle.pop() if self._idle else await self._engine.connect()
            below = raw(connection)
            try:
                below.execute("BEGIN")
                yield connection
            finally:
                if connection.in_transaction():
                    await connection.rollback()
                else:
                    below.rollback()
                if connection.invalidated:
                    await connection.close()
                else:
                    self._idle.append(connection)

    async def close(self) -> None:
        while self._idle:
            await self._idle.pop().close()


def prepare(
    engine: AsyncEngine,
    *,
    begin: str,
    cache_megabytes: int = 2,
    synchronous: str = "FULL",
    checkpoint_pages: int = 1_000,
    mapped_megabytes: int = 0,
) -> None:
    """The driver's own transaction handling is switched off: it would begin too late for one writer to be sure.

    `cache_megabytes` is what a connection keeps of the file: pages that are read first and written soon after should fit.
    What is within the first `mapped_megabytes` of the file is read where the system has it in memory, without being copied.
    """

    @event.listens_for(engine.sync_engine, "connect")
    def _on_connect(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000:.0f}")
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute(f"PRAGMA synchronous={synchronous}")
        connection.execute(f"PRAGMA wal_autocheckpoint={checkpoint_pages:d}")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute(f"PRAGMA cache_size={-1000 * cache_megabytes:d}")
        connection.execute(f"PRAGMA mmap_size={mapped_megabytes * 2**20:d}")
        if begin != "BEGIN":
            connection.execute("PRAGMA busy_timeout=0")  # it would wait inside the loop: `_begin_patiently` does better

    @event.listens_for(engine.sync_engine, "begin")
    def _on_begin(connection: Any) -> None:
        below: sqlite3.Connection = connection.connection.driver_connection
        if below.in_transaction:
            return
        try:
            below.execute(begin)
        except sqlite3.Error:
            _begin_patiently(connection, begin)


def _begin_patiently(connection: Any, begin: str) -> None:
    """Another process may be writing. Raises SQLAlchemy's error when it does so for longer than `BUSY_SECONDS`."""
    give_up_at = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.exec_driver_sql(begin)
        except OperationalError as problem:
            if "locked" not in str(problem.orig) or time.monotonic() > give_up_at:
                raise
            await_only(asyncio.sleep(LOOK_AGAIN_SECONDS))
        else:
            return


async def _at_once() -> None:
    """SQLAlchemy's asyncio side insists that something was awaited. This does not give way to other tasks."""


async def _in_a_thread(commit: Callable[[], None]) -> None:
    """Never left half done: who is cancelled meanwhile learns it when the commit has ended."""
    committing = asyncio.get_running_loop().run_in_executor(_threads, commit)
    cancelled: asyncio.CancelledError | None = None
    while not committing.done():
        try:
            await asyncio.wait([committing])
        except asyncio.CancelledError as again:  # perhaps for the second time, by a loop that ends
            cancelled = again
    failed = committing.exception()
    if cancelled or failed:
        raise cancelled or failed  # type: ignore[misc]
