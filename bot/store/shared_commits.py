"""SQLite's one writer: transactions one after the other, and those that would only wait for the disk share a commit.

Each transaction still ends when what it wrote is on the disk, and each fails alone: it runs inside a savepoint. A commit
takes as long for ten of them as for one, so that a slow disk costs time and not throughput.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any

from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.store.sqlite import raw
from bot.store.turn import Turn

LONGEST_WAIT_SECONDS = 3.0
"""How long to wait for one's turn while nobody gets through. While the file is locked everybody before us tries in vain for
`sqlite.BUSY_SECONDS`: waiting for all of them, a request would be answered long after its sender has gone (after nine seconds,
apis.md 7.2). A line that moves is no database that is down."""
LONGEST_GATHERING_SECONDS = 0.02
"""How long the first one of a group may wait for the others."""


class SharedCommits:
    def __init__(self, engine: AsyncEngine) -> None:
        """`engine` has one connection and begins with a lock on the database."""
        self._engine = engine
        self._turn = Turn(self._is_stuck)
        self._connection: AsyncConnection | None = None
        self._group: _Group | None = None
        self._being_committed: _Group | None = None
        self._commits: set[asyncio.Task[Any]] = set()
        self._is_closed = False
        self._is_failing = False
        """The database is asked for a transaction, or did not give one, or did not commit the last one."""
        self._is_lent = False

    @asynccontextmanager
    async def transaction(self, *, first: bool = False) -> AsyncIterator[AsyncConnection]:
        """`first` goes before all who wait. Raises SQLAlchemy's error when the database is down or the commit fails, and
        TimeoutError when nobody before us has got through for too long."""
        await self._take(first=first, patience=LONGEST_WAIT_SECONDS)
        try:
            group = self._group or await self._begin()
        except BaseException:
            self._pass_on()
            raise
        try:
            async with group.member() as connection:
                yield connection
        finally:
            self._pass_on()
        await asyncio.shield(group.committed)

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        """The turn without a transaction: while the block lasts, another connection of this process may write.

        It waits behind all others for as long as it takes. What shares a commit now is committed first.
        """
        await self._take()
        is_well = False
        try:
            group, self._group = self._group, None
            if group is not None:
                await self._ended(group)
            self._is_lent = True
            yield
            is_well = True
        finally:
            self._is_lent = False
            self._turn.give_back(moved=is_well)

    async def _take(self, *, first: bool = False, patience: float | None = None) -> None:
        try:
            await self._turn.take(first=first, patience=patience)
        except BaseException:
            # Those before us may have left it to us to commit what they wrote.
            if self._turn.is_free:
                self._turn.take_at_once()
                self._pass_on()
            raise

    async def _begin(self) -> "_Group":
        if self._is_closed:
            raise OperationalError("BEGIN", None, Exception("the database was closed"))
        if self._connection is None:
            self._connection = await self._engine.connect()
        self._is_failing = True
        try:
            await self._connection.begin()
        except BaseException:
            await self.close()
            raise
        self._is_failing = False
        self._group = _Group(self._connection)
        return self._group

    async def close(self) -> None:
        """Let go of the connection; the next transaction makes a new one."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()

    async def end(self) -> None:
        """Close for good, behind all who wait now: nobody may lose the connection below them, and what is being committed in
        a thread must not be rolled back here. Whoever comes later, or sits in a block for longer than that, gets an error.
        """
        is_ours = False
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(LONGEST_WAIT_SECONDS):
                    await self._take()
                    is_ours = True
            self._is_closed = True
            if is_ours:
                group, self._group = self._group, None
                if group is not None:
                    await self._ended(group)
            while self._commits:
                await asyncio.wait(self._commits)
            await self.close()
        finally:
            if is_ours:
                self._turn.give_back()

    def _pass_on(self) -> None:
        """Give the turn to who waits, or commit first: in a task, so that whoever is cancelled leaves nobody waiting."""
        if self._group is None or (self._turn.is_awaited and self._group.may_grow()):
            self._turn.give_back()
            return
        group, self._group = self._group, None
        self._under_way(self._commit(group))

    def _under_way(self, commit: Coroutine[Any, Any, Any]) -> "asyncio.Task[Any]":
        task = asyncio.create_task(commit, name="commit")
        self._commits.add(task)
        task.add_done_callback(self._commits.discard)
        return task

    async def _commit(self, group: "_Group") -> None:
        is_well = False
        try:
            is_well = await self._committed(group)
        finally:
            self._turn.give_back(moved=is_well)

    async def _committed(self, group: "_Group") -> bool:
        self._being_committed = group
        is_well = await group.commit()
        self._is_failing = not is_well
        if not is_well:
            await self.close()
        return is_well

    async def _ended(self, group: "_Group") -> None:
        """Commit and keep the turn: whoever is cancelled meanwhile gives it back when the commit has ended."""
        ending = self._under_way(self._committed(group))
        try:
            await asyncio.shield(ending)
        except asyncio.CancelledError:
            await asyncio.wait([ending])
            raise

    def _is_stuck(self) -> bool:
        """Whether those who wait do so for the database, and not for a loop that is busy."""
        group = self._being_committed
        return self._is_failing or self._is_lent or (group is not None and group.is_being_committed)


class _Group:
    """Transactions that share a commit."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.committed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._connection = connection
        self._raw = raw(connection)
        self._began_at = time.monotonic()
        self._is_ending = False

    @property
    def is_being_committed(self) -> bool:
        """The thread that commits has not come back yet. The loop may hear of it much later."""
        return self._is_ending and self._is_alive()

    def may_grow(self) -> bool:
        return self._is_alive() and time.monotonic() - self._began_at < LONGEST_GATHERING_SECONDS

    @asynccontextmanager
    async def member(self) -> AsyncIterator[AsyncConnection]:
        if not self._is_alive():
            raise _given_up("SAVEPOINT")
        self._raw.execute("SAVEPOINT one")
        try:
            yield self._connection
        except BaseException:
            if self._is_alive():
                self._raw.execute("ROLLBACK TO one")
                self._raw.execute("RELEASE one")
            raise
        if not self._is_alive():
            raise _given_up("RELEASE")
        self._raw.execute("RELEASE one")

    async def commit(self) -> bool:
        """False when it failed, which whoever waits is told."""
        self._is_ending = True
        try:
            if not self._is_alive():
                raise _given_up("COMMIT")
            await self._connection.commit()
        except BaseException as problem:
            if self._is_alive():
                self._raw.rollback()  # a commit that fails leaves the transaction open
            self.committed.set_exception(problem)
            self.committed.exception()  # nobody may be waiting any more
            if not isinstance(problem, Exception):
                raise
            return False
        self.committed.set_result(None)
        return True

    def _is_alive(self) -> bool:
        """On a full disk and the like SQLite ends the whole transaction by itself."""
        connection = self._connection
        return not (connection.closed or connection.invalidated) and bool(self._raw.in_transaction)


def _given_up(statement: str) -> OperationalError:
    return OperationalError(statement, None, Exception("the transaction was given up by the database"))
