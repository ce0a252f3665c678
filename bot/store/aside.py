"""A thread with a loop and connections of its own, for what computes too long to be done in the program's loop.

The same code runs there as elsewhere. On SQLite a statement runs where it is called, and on PostgreSQL thousands of rows are
read from the wire: both would keep orders waiting.
"""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.store import sqlite
from bot.store.pen import CHECKPOINT_PAGES, SYNCHRONOUS
from bot.store.transaction import Tx
from bot.vault import Vault

T = TypeVar("T")
Alone = Callable[[], AbstractAsyncContextManager[None]]
WRITE, READ = "BEGIN IMMEDIATE", "BEGIN"
CACHE_MEGABYTES = 32
"""Thousands of people are looked up one by one, and written a moment later."""
MAPPED_MEGABYTES = 2_047
"""The most that SQLite maps. Of a million profiles some thousand pages are read here and there, and copying each out of the
system's memory was half of that."""
QUIET_SECONDS = 0.2
"""After so long without work the journal is copied into the file: while work goes on, nobody waits for that, except once in
CHECKPOINT_PAGES."""


class Aside:
    """`write` and `read` give a `Tx` to work that is done in the thread; it must touch nothing that the loop uses too.
    On SQLite, `write` gives one that can have another thread read, too.

    Whoever is cancelled meanwhile learns it when the work has ended. Both raise SQLAlchemy's errors. `alone` is for SQLite,
    None for PostgreSQL: nobody else in this process writes meanwhile. The thread is there from the first use on.
    """

    def __init__(self, url: str, vault: Vault, alone: Alone | None, *, connect_seconds: float) -> None:
        self._url = url
        self._vault = vault
        self._alone = alone
        self._connect_seconds = connect_seconds
        self._loop: asyncio.AbstractEventLoop | None = None
        self._engines: dict[str, AsyncEngine] = {}
        self._readers: sqlite.Readers | None = None
        self._working: set[asyncio.Future[Any]] = set()
        self._resting: asyncio.TimerHandle | None = None

    async def write(self, work: Callable[[Tx], Awaitable[T]]) -> T:
        """One transaction."""
        async with self._alone() if self._alone is not None else nullcontext():
            done = await self._there(self._transaction(WRITE, work))
        if self._alone is not None:
            self._rest()
        return done

    async def read(self, work: Callable[[Tx], Awaitable[T]]) -> T:
        return await self._there(self._transaction(READ, work))

    async def close(self) -> None:
        """What is under way ends first."""
        if self._resting is not None:
            self._resting.cancel()
        if self._working:
            await asyncio.wait(set(self._working))
        if self._loop is not None:
            await self._there(self._dispose())
            self._loop.call_soon_threadsafe(self._loop.stop)
            await asyncio.to_thread(self._thread.join)
            self._loop.close()
            self._loop = None

    async def _there(self, work: Coroutine[Any, Any, T]) -> T:
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            self._thread = threading.Thread(target=self._loop.run_forever, name="aside", daemon=True)
            self._thread.start()
        working = asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._loop))
        self._working.add(working)
        working.add_done_callback(self._working.discard)
        try:
            return await asyncio.shield(working)
        except asyncio.CancelledError:
            await asyncio.wait([working])
            raise

    async def _transaction(self, begin: str, work: Callable[[Tx], Awaitable[T]]) -> T:
        async with self._engine(begin).begin() as connection:
            if self._alone is None:
                return await work(Tx(connection, self._vault))
            tx = Tx(connection, self._vault, sqlite.raw(connection))
            if begin == READ:
                return await work(tx)
            if self._readers is None:
                self._readers = sqlite.Readers(self._engine(READ))
            async with self._readers.transaction() as other:
                tx.beside = sqlite.Beside(sqlite.raw(other))
                try:
                    return await work(tx)
                finally:
                    await tx.beside.end()

    def _rest(self) -> None:
        if self._resting is not None:
            self._resting.cancel()
        self._resting = asyncio.get_running_loop().call_later(QUIET_SECONDS, self._check_point)

    def _check_point(self) -> None:
        if self._working:
            self._rest()
        elif self._loop is not None:
            asyncio.run_coroutine_threadsafe(self._checkpoint(), self._loop)

    async def _checkpoint(self) -> None:
        """Others may go on reading and writing meanwhile, and what can't be copied now is copied another time."""
        async with self._engine(WRITE).connect() as connection:
            sqlite.raw(connection).execute("PRAGMA wal_checkpoint(PASSIVE)")

    def _engine(self, begin: str) -> AsyncEngine:
        if begin not in self._engines:
            if self._alone is not None:
                self._engines[begin] = create_async_engine(self._url, pool_size=2)
                sqlite.prepare(
                    self._engines[begin],
                    begin=begin,
                    cache_megabytes=CACHE_MEGABYTES,
                    mapped_megabytes=MAPPED_MEGABYTES,
                    synchronous=SYNCHRONOUS,
                    checkpoint_pages=CHECKPOINT_PAGES,
                )
            else:
                connect = {"timeout": self._connect_seconds}
                self._engines[begin] = create_async_engine(self._url, pool_size=1, connect_args=connect)
        return self._engines[begin]

    async def _dispose(self) -> None:
        if self._readers is not None:
            await self._readers.close()
            self._readers = None
        for engine in self._engines.values():
            await engine.dispose()
        self._engines.clear()
