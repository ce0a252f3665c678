"""What every verb of the desk works with."""

import asyncio
import hashlib
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import structlog

from bot.desk.intake import Intake
from bot.errors import Refused
from bot.flowhub import FlowhubAccount, Flowhubs, OrderAhead
from bot.leafly import Leafly
from bot.reaching import Reach
from bot.rules.matching import Shelf
from bot.rules.stores import Credentials, Store, StoreState
from bot.rules.telling import Telling
from bot.store import Database, history, stores
from bot.webhooks import Webhooks

log = structlog.get_logger("orderahead.desk")

MOST_PARKED_AT_ONCE = 500


def now_utc() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Resting:
    """A store for which nothing is done. `state` is paused or removed."""

    store: Store
    state: StoreState
    since: datetime | None


class Door(StrEnum):
    """A part of a store's Flowhub that may fail while another works: Order Ahead has credentials of its own."""

    ORDER_AHEAD = "order ahead"
    INVENTORY = "inventory"
    SALES = "sales"


@dataclass(eq=False)
class Question:
    """A question about an order's status that is under way. Alone: no other was, from its beginning to now."""

    is_alone: bool = True


async def _nothing_follows(_account: str, _run_id: int = 0) -> None:
    return


@dataclass
class Desk:
    """The edges, the stores, and the clock. `public_url` is empty when nobody outside can reach us."""

    database: Database
    flowhubs: Flowhubs
    leafly: Leafly | None
    webhooks: Webhooks
    reach: Reach
    public_url: str
    inventory_seconds: float = 300
    telling: Telling = field(default_factory=Telling)
    """What stores are told of their customers, unless somebody chose otherwise in Slack."""
    now: Callable[[], datetime] = now_utc
    on_new_credentials: Callable[[str], None] = lambda _store_key: None
    """Told the key of a store whose credentials have changed."""
    evaluate_segments: Callable[[str, int], Awaitable[None]] = _nothing_follows
    """Called with an account and the number of the run that holds it, when the run has written all that it found."""
    segments_evaluated: Callable[[str], Awaitable[None]] = _nothing_follows
    """Called with the account when that run has ended."""
    segments_changed: Callable[[str], None] = lambda _account: None
    """Called when somebody made a segment or changed one."""
    stores: Mapping[str, Store] = field(default_factory=dict)
    resting: Mapping[str, Resting] = field(default_factory=dict)
    """Stores that are paused or removed: what they left behind can still be named, and nothing is done for them."""
    failing_since: dict[str, datetime] = field(default_factory=dict)
    """Stores whose Flowhub has not answered since then, by our own watch; the database knows who has been told."""
    failed_at: dict[str, dict[Door, datetime]] = field(default_factory=dict)
    """When which of a store's doors at Flowhub last failed and has not answered since."""
    closed_since: dict[str, datetime] = field(default_factory=dict)
    """Stores whose channel can't be written to since then; the same holds."""
    questions: dict[str, list[Question]] = field(default_factory=dict)
    """By order key; only of this process: another one's next poll mends what the two of them mixed up."""
    answered_at: dict[str, datetime] = field(default_factory=dict)
    """When Flowhub last answered for a store, and below when its point of sale was last read; as this process saw it."""
    watched_at: dict[str, datetime] = field(default_factory=dict)
    polled_at: dict[str, datetime] = field(default_factory=dict)
    heard_at: dict[str, datetime] = field(default_factory=dict)
    """When a store's open orders were last asked for, and when Flowhub last told of one by itself."""
    ticked_at: datetime | None = None
    """When the clock last began a job, whichever; None while no clock runs."""
    intake: Intake = field(init=False)
    _loaded: int | None = None
    _credentials: Mapping[str, Credentials] = field(default_factory=dict, repr=False)
    _shelves: dict[str, tuple[float, Shelf]] = field(default_factory=dict)
    _one_reader: dict[str, asyncio.Lock] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.intake = Intake(self.database)

    async def load_stores(self) -> None:
        """From here on the stores are what the database says: connected, paused, removed, with new credentials."""
        async with self.database.read() as tx:
            found = await stores.known(tx)
            # What was told before a restart must be taken back after it.
            self.failing_since, self.closed_since = await stores.troubles(tx)
            self._loaded = await stores.fingerprint(tx)
        working = {one.store.key: one for one in found if one.state is StoreState.ACTIVE}
        self.stores = {key: one.store for key, one in working.items()}
        self.resting = {
            one.store.key: Resting(one.store, one.state, one.state_since)
            for one in found
            if one.store.key not in working
        }
        self._credentials = {one.store.key: one.credentials for one in found if one.credentials is not None}
        self.flowhubs.forget_all_but(self._credentials.values())

    async def follow_stores(self) -> bool:
        """Load them again if another replica connected, paused, removed or rotated one. True if so."""
        async with self.database.read() as tx:
            present = await stores.fingerprint(tx)
        if present == self._loaded:
            return False
        before = dict(self._credentials)
        await self.load_stores()
        for key in self._credentials:
            if before.get(key) != self._credentials[key]:
                self.on_new_credentials(key)
        return True

    def store(self, key: str) -> Store:
        """Raises Refused when the store is not (or no longer) configured, or does not work now."""
        if key not in self.stores:
            raise Refused(self._why_not(key), code="unknown_store")
        return self.stores[key]

    def any_store(self, key: str) -> Store | None:
        """A store in whatever state, for what only names it."""
        return self.stores.get(key) or (self.resting[key].store if key in self.resting else None)

    def paused(self, key: str) -> Store | None:
        rest = self.resting.get(key)
        return rest.store if rest is not None and rest.state is StoreState.PAUSED else None

    def resting_at(self, workspace: str, channel: str) -> Resting | None:
        """The store that rests in a channel; the paused one, if a removed one was there before it."""
        here = [
            rest for rest in self.resting.values() if (rest.store.workspace, rest.store.channel) == (workspace, channel)
        ]
        return min(here, key=lambda rest: rest.state is StoreState.REMOVED, default=None)

    def _why_not(self, key: str) -> str:
        rest = self.resting.get(key)
        if rest is not None and rest.state is StoreState.PAUSED:
            return f"{rest.store.name} is paused: nothing is done for its orders until somebody types /flowhub resume."
        return "This store is no longer set up here."

    def stores_in(self, workspace: str) -> list[Store]:
        """The stores of one workspace, the only ones that a person there may hear of."""
        return [store for store in self.stores.values() if store.workspace == workspace]

    def store_of_channel(self, workspace: str, channel: str) -> Store | None:
        return next((store for store in self.stores_in(workspace) if store.channel == channel), None)

    def store_of_leafly(self, leafly_key: str) -> Store | None:
        return next((store for store in self.stores.values() if leafly_key and store.leafly_key == leafly_key), None)

    def is_paused_at_leafly(self, leafly_key: str) -> bool:
        return any(
            rest.state is StoreState.PAUSED and rest.store.leafly_key == leafly_key
            for rest in self.resting.values()
            if leafly_key
        )

    def credentials(self, store_key: str) -> Credentials:
        self.store(store_key)
        return self._credentials[store_key]

    def credentials_at_rest(self, store_key: str) -> Credentials | None:
        """Also those of a paused store; None where there are none."""
        return self._credentials.get(store_key)

    def account(self, store_key: str) -> FlowhubAccount:
        return self.flowhubs.account(self.credentials(store_key))

    def order_ahead(self, store_key: str) -> OrderAhead:
        return self.flowhubs.order_ahead(self.credentials(store_key))

    def postback_url(self, order_key: str, store_key: str) -> str:
        """Where Flowhub may tell us that an order moved: the secret is in the address (A1). Empty without a public one."""
        if not self.public_url:
            return ""
        path = f"{store_key}/{order_key}"
        return f"{self.public_url}/flowhub/postback/{path}/{self.database.vault.sign(path)}"

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
