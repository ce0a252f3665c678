"""The database: SQLite with one writer, or PostgreSQL with many. Everything that differs between the two is here."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol, TypeVar

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from bot.errors import Misconfigured, Unavailable
from bot.store import sqlite
from bot.store.aside import Aside
from bot.store.shared_commits import SharedCommits
from bot.store.transaction import Tx
from bot.store.turn import Few
from bot.vault import Vault

T = TypeVar("T")

CONNECT_SECONDS = 5.0
"""How long to wait for a server that says nothing, or for one of our connections to be free: whoever sent us something
waits with us."""
SERVER: dict[str, Any] = {"isolation_level": "READ COMMITTED", "connect_args": {"timeout": CONNECT_SECONDS}}
MOST_AT_ONCE, TO_SPARE = 16, 4
"""Connections to a server: for transactions, and for what takes one for long. A server has a hundred for all replicas."""
TRIES = 30
WAIT_SECONDS = 1.0


class Taken(Protocol):
    """What a transaction has leased for calls that follow from it: they are made once it is committed, and only then."""

    def go(self) -> None: ...
    def drop(self) -> None: ...


class Database:
    """`write()` is one transaction at a time on SQLite, which has one writer; `read()` never waits for it (WAL)."""

    def __init__(self, url: str, vault: Vault) -> None:
        """Raises Misconfigured when `url` is neither a SQLite nor a PostgreSQL address."""
        self.url = async_url(url)
        self.vault = vault
        self.is_sqlite = self.url.startswith("sqlite")
        self.on_wake: Callable[[str, datetime], None] = lambda _lane, _at: None
        self.take_along: Callable[[Tx], Awaitable[Taken]] | None = None
        self._transaction: Callable[[bool], AbstractAsyncContextManager[AsyncConnection]]
        if self.is_sqlite:
            self._writer = create_async_engine(self.url, pool_size=1, max_overflow=1)
            self._reader = create_async_engine(self.url, pool_size=sqlite.MOST_READERS, max_overflow=4)
            sqlite.prepare(self._writer, begin="BEGIN IMMEDIATE")
            sqlite.prepare(self._reader, begin="BEGIN")
            self._commits, self._readers = SharedCommits(self._writer), sqlite.Readers(self._reader)
            self._transaction = lambda first: self._commits.transaction(first=first)
        else:
            self._writer = self._reader = create_async_engine(
                self.url,
                pool_size=MOST_AT_ONCE,
                max_overflow=TO_SPARE,
                pool_pre_ping=True,
                pool_timeout=CONNECT_SECONDS,
                **SERVER,
            )
            self._few = Few(MOST_AT_ONCE, patience=CONNECT_SECONDS)
            self._transaction = self._on_server
        self.aside = Aside(self.url, vault, self.alone if self.is_sqlite else None, connect_seconds=CONNECT_SECONDS)

    @asynccontextmanager
    async def write(self, *, first: bool = False) -> AsyncIterator[Tx]:
        """A transaction that commits when the block ends, and then wakes whoever works the lanes it wrote to.

        With `first` it need not wait for others that wait too. Raises SQLAlchemy's DBAPIError when the database is down.
        """
        taken: Taken | None = None
        try:
            async with self._transaction(first) as connection:
                tx = Tx(connection, self.vault, sqlite.raw(connection) if self.is_sqlite else None)
                yield tx
                if tx.wakes and self.take_along is not None:
                    taken = await self.take_along(tx)
        except BaseException:
            if taken is not None:
                taken.drop()
            raise
        if taken is not None:
            taken.go()  # before the others are woken: these are what people wait for
        for lane, at in tx.wakes.items():
            self.on_wake(lane, at)

    async def outlast(self, work: Callable[[Tx], Awaitable[T]]) -> T:
        """Write what is known now and can't be found out again: a database that is down is worth waiting for.

        Raises what `write` raises when it stays down.
        """
        for _ in range(TRIES - 1):
            try:
                async with self.write() as tx:
                    return await work(tx)
            except (SQLAlchemyError, OSError):
                await asyncio.sleep(WAIT_SECONDS)
        async with self.write() as tx:
            return await work(tx)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Tx]:
        if self.is_sqlite:
            async with self._readers.transaction() as connection:
                yield Tx(connection, self.vault, sqlite.raw(connection))
        else:
            async with self._few, self._reader.connect() as connection:
                yield Tx(connection, self.vault)

    @asynccontextmanager
    async def _on_server(self, _first: bool) -> AsyncIterator[AsyncConnection]:
        async with self._few, self._writer.begin() as connection:
            yield connection

    @property
    def path(self) -> str:
        """SQLite's file."""
        return make_url(self.url).database or ""

    @cached_property
    def unpooled(self) -> AsyncEngine:
        """On PostgreSQL: connections for whoever keeps one for minutes, which must not be those that everybody shares."""
        return create_async_engine(self.url, poolclass=NullPool, **SERVER)

    def alone(self) -> AbstractAsyncContextManager[None]:
        """On SQLite: while the block lasts, `write` waits. For a connection of one's own, which writes in another thread."""
        return self._commits.alone()

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[AsyncConnection]:
        """A connection that sees everything as it was at its first statement, however long it reads."""
        async with self._reader.connect() as connection:
            if not self.is_sqlite:
                await connection.execution_options(isolation_level="REPEATABLE READ")
            yield connection

    async def run_sync(self, work: Callable[[Any], Any]) -> Any:
        async with self._writer.begin() as connection:
            return await connection.run_sync(work)

    async def close(self) -> None:
        await self.aside.close()
        if self.is_sqlite:
            await self._commits.end()
            await self._readers.close()
        await self._writer.dispose()
        if self._reader is not self._writer:
            await self._reader.dispose()


@contextmanager
def not_sent() -> Iterator[None]:
    """For what comes before a call that must not be made twice: the database may fail in it, and nothing is in doubt.

    Raises Unavailable in place of what the database raises.
    """
    try:
        yield
    except (SQLAlchemyError, OSError):
        raise Unavailable("The database is not answering.", may_have_arrived=False) from None


def async_url(url: str) -> str:
    """The address with the driver we use; `postgres://…` and `sqlite:///…` are taken as people write them."""
    parsed = _parsed(url)
    drivers = {"sqlite": sqlite.DRIVER, "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}
    driver = drivers.get(parsed.drivername.split("+")[0]) if parsed else None
    if parsed is None or driver is None:
        raise Misconfigured(
            "ORDERAHEAD_DATABASE_URL must look like sqlite:///orders.db or postgresql://user:password@host/name."
        )
    return parsed.set(drivername=driver).render_as_string(hide_password=False)


def sqlite_file(url: str) -> Path | None:
    """Where the SQLite database rests; None for other databases and for one that is kept in memory."""
    parsed = _parsed(url)
    if parsed is None or parsed.get_backend_name() != "sqlite" or parsed.database in {None, "", ":memory:"}:
        return None
    return Path(str(parsed.database))


def _parsed(url: str) -> URL | None:
    try:
        return make_url(url)
    except ArgumentError:
        return None
