"""What every verb of the desk works with."""

import asyncio
import hashlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import structlog

from bot.errors import Refused
from bot.flowhub import FlowhubAccount, Flowhubs, OrderAhead
from bot.leafly import Leafly
from bot.rules.matching import Shelf
from bot.rules.stores import Credentials, Store
from bot.store import Database, history, stores
from bot.webhooks import Webhooks

log = structlog.get_logger("orderahead.desk")

MOST_PARKED_AT_ONCE = 500


def now_utc() -> datetime:
    return datetime.now(UTC)


@dataclass(eq=False)
class Question:
    """A question about an order's status that is under way. Alone: no other was, from its beginning to now."""

    is_alone: bool = True


@dataclass
class Desk:
    """The edges, the stores, and the clock. `public_url` is empty when nobody outside can reach us."""

    database: Database
    flowhubs: Flowhubs
    leafly: Leafly | None
    webhooks: Webhooks
    public_url: str
    inventory_seconds: float = 300
    now: Callable[[], datetime] = now_utc
    stores: Mapping[str, Store] = field(default_factory=dict)
    failing_since: dict[str, datetime] = field(default_factory=dict)
    """Stores whose Flowhub has not answered since then, by our own watch; the database knows who has been told."""
    closed_since: dict[str, datetime] = field(default_factory=dict)
    """Stores whose channel can't be written to since then; the same holds."""
    questions: dict[str, list[Question]] = field(default_factory=dict)
    """By order key; only of this process: another one's next poll mends what the two of them mixed up."""
    answered_at: dict[str, datetime] = field(default_factory=dict)
    """When Flowhub last answered for a store, and below when its point of sale was last read; as this process saw it."""
    watched_at: dict[str, datetime] = field(default_factory=dict)
    ticked_at: datetime | None = None
    """When the clock last began a job, whichever; None while no clock runs."""
    _credentials: Mapping[str, Credentials] = field(default_factory=dict, repr=False)
    _shelves: dict[str, tuple[float, Shelf]] = field(default_factory=dict)
    _one_reader: dict[str, asyncio.Lock] = field(default_factory=dict)

    async def load_stores(self) -> None:
        async with self.database.read() as tx:
            found = await stores.all_stores(tx)
            # What was told before a restart must be taken back after it.
            self.failing_since, self.closed_since = await stores.troubles(tx)
        self.stores = {store.key: store for store, _ in found}
        self._credentials = {store.key: credentials for store, credentials in found}

    def store(self, key: str) -> Store:
        """Raises Refused when the store is not (or no longer) configured."""
        if key not in self.stores:
            raise Refused("This store is no longer set up here.", code="unknown_store")
        return self.stores[key]

    def store_of_channel(self, channel: str) -> Store | None:
        return next((store for store in self.stores.values() if store.channel == channel), None)

    def store_of_leafly(self, leafly_key: str) -> Store | None:
        return next((store for store in self.stores.values() if leafly_key and store.leafly_key == leafly_key), None)

    def credentials(self, store_key: str) -> Credentials:
        self.store(store_key)
        return self._credentials[store_key]

    def account(self, store_key: str) -> FlowhubAccount:
        return self.flowhubs.account(self.credentials(store_key))

    def order_ahead(self, store_key: str) -> OrderAhead:
        return self.flowhubs.order_ahead(self.credentials(store_key))

    def postback_url(self, order_key: str, store_key: str) -> str:
        """Where Flowhub may tell us that an order moved: the secret is in the address (A1). Empty without a public one."""
        if not self.public_url:
            return ""
        return f"{self.public_url}/flowhub/postback/{store_key}/{order_key}/{self.database.vault.sign(order_key)}"

    async def shelf(self, store_key: str) -> Shelf:
        """The store's inventory, at most `inventory_seconds` old, read once in a rush. Raises what Flowhub's edge raises."""
        async with self._one_reader.setdefault(store_key, asyncio.Lock()):
            known = self._shelves.get(store_key)
            if known and time.monotonic() - known[0] < self.inventory_seconds:
                return known[1]
            return await self.refresh_shelf(store_key)

    async def refresh_shelf(self, store_key: str) -> Shelf:
        unread: list[tuple[str, Any]] = []
        account = self.account(store_key)
        products = await account.inventory(
            self.store(store_key).location_id, lambda why, record: unread.append((why, record))
        )
        shelf = Shelf(products)
        self._shelves[store_key] = (time.monotonic(), shelf)
        await self.park(store_key, "flowhub inventory", unread)
        return shelf

    async def park(self, store_key: str, came_from: str, unread: list[tuple[str, Any]]) -> None:
        """Put records aside that couldn't be read, each one once, however often it is met; the reason names its print."""
        reasons = {f"{why} [{_print_of(store_key, record)}]": record for why, record in unread[:MOST_PARKED_AT_ONCE]}
        if not reasons:
            return
        async with self.database.read() as tx:
            new = [why for why in reasons if not await history.is_parked(tx, came_from, why)]
        if not new:
            return
        log.warning("records could not be read", store=store_key, came_from=came_from, count=len(new))
        async with self.database.write() as tx:
            for why in new:
                if await history.is_parked(tx, came_from, why):
                    continue  # another reader was faster
                record = repr(reasons[why])
                await history.park(
                    tx, at=self.now(), store_key=store_key, came_from=came_from, reason=why, record=record
                )


def _print_of(store_key: str, record: Any) -> str:
    """Tells one record from another without showing anything of it."""
    return hashlib.sha256(f"{store_key} {record!r}".encode("utf-8", "replace")).hexdigest()[:12]
