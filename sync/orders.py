"""Every half minute: check every open order in Flowhub, so that a lost postback costs seconds and not an order."""

import asyncio
from datetime import datetime, timedelta

import structlog

from bot.desk import Desk
from bot.desk.following import follow
from bot.errors import OrderAheadError, Unauthorised, Unavailable
from bot.rules.stores import Store
from bot.store import orders

log = structlog.get_logger("orderahead.sync")

AT_ONCE = 3
"""Questions under way at once for each store (apis.md section 6)."""
CLOSED_FOR = timedelta(hours=2)
"""How long a closed order is still looked at, in case it re-opens without a postback."""
LOOK_AT_CLOSED_EVERY = timedelta(minutes=5)


class OrderPoll:
    """All stores at once; a store whose Flowhub is down costs one failed question and not one for each order."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._closed_looked_at = desk.now()

    async def __call__(self) -> None:
        now = self._desk.now()
        closed_since: datetime | None = None
        if now - self._closed_looked_at >= LOOK_AT_CLOSED_EVERY:
            self._closed_looked_at = now
            closed_since = now - CLOSED_FOR
        stores = list(self._desk.stores.values())
        await asyncio.gather(*(self._poll(store, closed_since) for store in stores))

    async def _poll(self, store: Store, closed_since: datetime | None) -> None:
        async with self._desk.database.read() as tx:
            keys = list(await orders.to_follow(tx, store.key, closed_since=closed_since))
        waiting = iter(keys)
        down = asyncio.Event()

        async def work() -> None:
            for key in waiting:
                if down.is_set():
                    return
                try:
                    await follow(self._desk, key, "poll")
                except (Unavailable, Unauthorised):
                    down.set()
                except OrderAheadError as problem:
                    log.warning("an order could not be followed", store=store.key, why=problem.sentence)

        await asyncio.gather(*(work() for _ in range(min(AT_ONCE, len(keys)))))
