"""The syncs that are under way in this process: those that are due, and those that people asked for."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.customers.syncing import accounts_of, sync
from bot.customers.telling import TOLD, Telling, sync_by_the_clock
from bot.desk import Desk
from bot.errors import OrderAheadError
from bot.rules.customer_sync import Plan
from bot.rules.stores import Store
from bot.rules.sync_telling import Underway
from bot.store import sync_runs

log = structlog.get_logger("orderahead.customers")

AT_ONCE = 4
"""Accounts that are synced by the clock, and as many whose first load is made: each run has two connections and threads of its
own, and a first load a process. In the same minute all of them are due."""


class Syncs:
    """What people asked for begins at once; what is due has its turn. All of them go on beside whoever began them."""

    def __init__(self, desk: Desk, plan: Plan) -> None:
        self._desk = desk
        self._plan = plan
        self._running: set[asyncio.Task[None]] = set()
        self._by_the_clock: dict[str, asyncio.Task[None]] = {}
        self._first_loads, self._others = asyncio.Semaphore(AT_ONCE), asyncio.Semaphore(AT_ONCE)
        """Two lines: a first load takes its time, and nobody else's hour should wait for it."""

    async def is_under_way(self, account: str) -> bool:
        """Here or in another process."""
        async with self._desk.database.read() as tx:
            return await sync_runs.is_under_way(tx, account, now=self._desk.now())

    async def progress(self, account: str) -> Underway | None:
        async with self._desk.database.read() as tx:
            told = (await sync_runs.positions(tx, account)).get(TOLD)
        return Underway.from_json(told) if told else None

    def start(self, account: str, store: Store) -> None:
        """Sync now, and tell how it goes in this store's channel."""
        self._begin(account, partial(self._asked_for, account, store))

    def start_due(self) -> list[asyncio.Task[None]]:
        """Begin to look which accounts are due, and to sync those; returns what was begun."""
        idle = {account: stores[0] for account, stores in accounts_of(self._desk).items() if self._is_idle(account)}
        begun = {
            account: self._begin(account, partial(self._if_due, account, store)) for account, store in idle.items()
        }
        self._by_the_clock |= begun
        return list(begun.values())

    async def close(self) -> None:
        """What was read so far is kept, and the next run goes on."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    def _is_idle(self, account: str) -> bool:
        return account not in self._by_the_clock or self._by_the_clock[account].done()

    def _begin(self, account: str, run: Callable[[], Awaitable[None]]) -> asyncio.Task[None]:
        task = asyncio.create_task(_surviving(account, run), name=f"sync of {account}")
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    async def _if_due(self, account: str, store: Store) -> None:
        async with self._first_loads if await self._is_first(account) else self._others:
            await sync_by_the_clock(self._desk, account, store, self._plan)

    async def _asked_for(self, account: str, store: Store) -> None:
        is_first, now = await self._is_first(account), self._desk.now()
        subject = f"first:{account}" if is_first else f"asked:{account}:{now.isoformat()}"
        telling = Telling(self._desk, store, subject, is_first=is_first)
        telling.begin()
        try:
            await sync(self._desk, account, self._plan, asked_for=True, tell=telling)
            await telling.end()
        finally:
            await telling.stop()

    async def _is_first(self, account: str) -> bool:
        async with self._desk.database.read() as tx:
            return (await sync_runs.account(tx, account)).loaded_at is None


async def _surviving(account: str, run: Callable[[], Awaitable[None]]) -> None:
    """What becomes of a run is in its report; what kept it from beginning, or from telling, is said here."""
    try:
        await run()
    except OrderAheadError as problem:
        log.warning("a sync did not begin", account=account, why=problem.sentence)
    except (SQLAlchemyError, OSError):
        log.warning("a sync did not end", account=account, why="the database is not answering")
    except Exception as surprise:  # its words may hold personal data
        log.error("a sync failed", account=account, error=type(surprise).__name__)
