"""How a store is connected and how it goes: what /flowhub status tells."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.rules.stores import Origin, Store, StoreState


@dataclass(frozen=True)
class StoreStatus:
    """Moments are None where nothing happened since this process began. `problems` has each reason once."""

    store: Store
    origin: Origin
    state: StoreState
    connected_at: datetime
    state_since: datetime | None = None
    open_orders: int = 0
    data_as_of: datetime | None = None
    polled_at: datetime | None = None
    told_at: datetime | None = None
    """When Flowhub last told of an order by itself: the last postback."""
    synced_at: datetime | None = None
    """When the last sync of customers that ended well began."""
    token_age: timedelta | None = None
    problems: tuple[str, ...] = ()
    postbacks_reach_us: bool = True
