"""Every half minute: check every open order in Flowhub, so that a lost postback costs seconds and not an order."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.desk import Desk
from bot.desk.following import follow
from bot.errors import OrderAheadError, Unauthorised, Unavailable
from bot.rules.stores import Store
from bot.store import orders
from sync.patience import in_turn, one_by_one

log = structlog.get_logger("orderahead.sync")

AT_ONCE = 3
"""Questions under way at once for each store (apis.md section 6)."""
CLOSED_FOR = timedelta(hours=2)
"""How long a closed order is still looked at, in case it re-opens without a postback."""
LOOK_AT_CLOSED_EVERY = timedelta(minutes=5)


class OrderPoll:
    """All stores in turn; a store whose Flowhub is down costs one failed question and not one for each order."""

    def __init__(self, desk: Desk, *, every: float) -> None:
        self._desk = desk
        self._every = every
        self._closed_looked_at = desk.now()

    async def __call__(self) -> None:
        now = self._desk.now()
        closed_since: datetime | None = None
        if now - self._closed_looked_at >= LOOK_AT_CLOSED_EVERY:
            self._closed_looked_at = now
            closed_since = now - CLOSED_FOR
        async with self._desk.database.read() as tx:
            keys = await orders.to_follow(tx, closed_since=closed_since)
        rounds = [self._round(store, keys.get(store.key, ())) for store in self._desk.stores.values()]
        await one_by_one(in_turn(rounds), _Question.ask, period=self._every)

    def _round(self, store: Store, keys: Sequence[str]) -> "list[_Question]":
        self._desk.polled_at[store.key] = self._desk.now()
        at_once, down = asyncio.Semaphore(AT_ONCE), asyncio.Event()
        return [_Question(self._desk, store, key, at_once, down) for key in keys]


@dataclass(frozen=True)
class _Question:
    """What became of one order. The questions of a store share how many may be under way, and whether it is down."""

    desk: Desk
    store: Store
    key: str
    at_once: asyncio.Semaphore
    down: asyncio.Event

    async def ask(self) -> None:
        async with self.at_once:
            if self.down.is_set():
                return
            try:
                await follow(self.desk, self.key, "poll")
            except (Unavailable, Unauthorised):
                self.down.set()
            except OrderAheadError as problem:
                log.warning("an order could not be followed", store=self.store.key, why=problem.sentence)
