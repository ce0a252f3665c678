"""SQLite's one writer: transactions one after the other, and those that would only wait for the disk share a commit.

Each transaction still ends when what it wrote is on the disk, and each fails alone: it runs inside a savepoint. A commit
takes as long for ten of them as for one, so that a slow disk costs time and not throughput.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

LONGEST_GATHERING_SECONDS = 0.005
"""How long the first one of a group may wait for the others."""


class SharedCommits:
    def __init__(self, engine: AsyncEngine) -> None:
        """`engine` has one connection and begins with a lock on the database."""
        self._engine = engine
        self._turn = asyncio.Lock()
        self._waiting = 0
        self._group: _Group | None = None
        self._commits: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """Raises SQLAlchemy's error when the database is down or the commit fails."""
        await self._wait_for_turn()
        try:
            group = self._group or await self._begin()
        except BaseException:
            self._turn.release()
            raise
        try:
            async with group.member() as connection:
                yield connection
        finally:
            if self._waiting and group.may_grow():
                self._turn.release()
            else:
                self._commit_soon(group)
        await asyncio.shield(group.committed)

    async def _wait_for_turn(self) -> None:
        self._waiting += 1
        try:
            await self._turn.acquire()
        except BaseException:
            if self._waiting == 1 and self._group is not None:
                # The one before us left the commit to us, and we are cancelled.
                self._start(self._commit_in_turn(self._group))
            raise
        finally:
            self._waiting -= 1

    async def _begin(self) -> "_Group":
        connection = await self._engine.connect()
        try:
            await connection.begin()
        except BaseException:
            await connection.close()
            raise
        self._group = _Group(connection)
        return self._group

    async def _commit_in_turn(self, group: "_Group") -> None:
        async with self._turn:
            if self._group is group:
                self._group = None
                await group.commit()

    def _commit_soon(self, group: "_Group") -> None:
        """Commit and give the turn back, whatever becomes of the one who asks for it."""

        async def commit() -> None:
            try:
                await group.commit()
            finally:
                self._turn.release()

        self._group = None
        self._start(commit())

    def _start(self, work: Any) -> None:
        task = asyncio.create_task(work, name="commit")
        self._commits.add(task)
        task.add_done_callback(self._commits.discard)


class _Group:
    """Transactions that share a commit."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.committed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._connection = connection
        self._raw: Any = connection.sync_connection and connection.sync_connection.connection.driver_connection
        self._began_at = time.monotonic()

    def may_grow(self) -> bool:
        return self._is_alive() and time.monotonic() - self._began_at < LONGEST_GATHERING_SECONDS

    @asynccontextmanager
    async def member(self) -> AsyncIterator[AsyncConnection]:
        self._raw.execute("SAVEPOINT one")
        try:
            yield self._connection
        except BaseException:
            if self._is_alive():
                self._raw.execute("ROLLBACK TO one")
                self._raw.execute("RELEASE one")
            raise
        self._raw.execute("RELEASE one")

    async def commit(self) -> None:
        try:
            if not self._is_alive():
                raise OperationalError("COMMIT", None, Exception("the transaction was given up by the database"))
            await self._connection.commit()
        except BaseException as problem:
            if self._is_alive():
                self._raw.rollback()  # a commit that fails leaves the transaction open
            self.committed.set_exception(problem)
            self.committed.exception()  # nobody may be waiting any more
            if not isinstance(problem, Exception):
                raise
        else:
            self.committed.set_result(None)
        finally:
            await self._connection.close()

    def _is_alive(self) -> bool:
        """On a full disk and the like SQLite ends the whole transaction by itself."""
        return not self._connection.invalidated and bool(self._raw.in_transaction)
