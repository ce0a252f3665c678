"""A thread with a loop and connections of its own, for what computes too long to be done in the program's loop.

The same code runs there as elsewhere. On SQLite a statement runs where it is called, and on PostgreSQL thousands of rows are
read from the wire: both would keep orders waiting.
"""

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager, nullcontext
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.store import sqlite
from bot.store.database import CONNECT_SECONDS, Database
from bot.store.transaction import Tx

T = TypeVar("T")


class Aside:
    """`write` and `read` give a `Tx` to work that is done in the thread; it must touch nothing that the loop uses too.

    Whoever is cancelled meanwhile learns it when the work has ended. Both raise SQLAlchemy's errors.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._loop = asyncio.new_event_loop()
        self._engines: dict[str, AsyncEngine] = {}
        self._thread = threading.Thread(target=self._loop.run_forever, name="aside", daemon=True)
        self._thread.start()

    async def write(self, work: Callable[[Tx], Awaitable[T]]) -> T:
        """One transaction; on SQLite nobody else in this process writes meanwhile."""
        async with self._database.alone() if self._database.is_sqlite else nullcontext():
            return await self._there(self._transaction("BEGIN IMMEDIATE", work))

    async def read(self, work: Callable[[Tx], Awaitable[T]]) -> T:
        return await self._there(self._transaction("BEGIN", work))

    async def close(self) -> None:
        await self._there(self._dispose())
        self._loop.call_soon_threadsafe(self._loop.stop)
        await asyncio.to_thread(self._thread.join)
        self._loop.close()

    async def _there(self, work: Coroutine[Any, Any, T]) -> T:
        working = asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._loop))
        try:
            return await asyncio.shield(working)
        except asyncio.CancelledError:
            await asyncio.wait([working])
            raise

    async def _transaction(self, begin: str, work: Callable[[Tx], Awaitable[T]]) -> T:
        is_sqlite = self._database.is_sqlite
        async with self._engine(begin).begin() as connection:
            return await work(Tx(connection, self._database.vault, sqlite.raw(connection) if is_sqlite else None))

    def _engine(self, begin: str) -> AsyncEngine:
        if begin not in self._engines:
            if self._database.is_sqlite:
                self._engines[begin] = create_async_engine(self._database.url, pool_size=1)
                sqlite.prepare(self._engines[begin], begin=begin)
            else:
                connect = {"timeout": CONNECT_SECONDS}
                self._engines[begin] = create_async_engine(self._database.url, pool_size=1, connect_args=connect)
        return self._engines[begin]

    async def _dispose(self) -> None:
        for engine in self._engines.values():
            await engine.dispose()


@asynccontextmanager
async def aside(database: Database) -> AsyncIterator[Aside]:
    made = Aside(database)
    try:
        yield made
    finally:
        await made.close()
