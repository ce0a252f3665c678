"""The stores of an account as segments see them: their zones, and the ids that Flowhub gives them."""

from collections.abc import Sequence

from bot.customers.forgetting import stores_of
from bot.desk import Desk
from bot.rules.stores import Store
from bot.store.segment_members import Zone


def zones_of(desk: Desk, account: str) -> list[Zone]:
    """Whoever has no home store has the days of the first one."""
    found: dict[str, list[str]] = {}
    for store in stores_in_order(desk, account):
        found.setdefault(store.hours.zone, []).extend(ids_of(store))
    return [Zone(name, tuple(ids)) for name, ids in found.items()]


def stores_in_order(desk: Desk, account: str) -> Sequence[Store]:
    """By key, also those that are paused or removed: their customers are still there."""
    return sorted(stores_of(desk, account), key=lambda store: store.key)


def ids_of(store: Store) -> tuple[str, ...]:
    """What a customer's home store is called: the import id, or the location id where that is not known (apis.md 3.1)."""
    return tuple(dict.fromkeys(filter(None, (store.import_id, store.location_id))))
