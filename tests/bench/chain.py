"""A chain of shops that is wide enough for a bench: many stores, so that no limit of the other side is what is measured.

Flowhub lets an account ask about 15 times a second and Slack lets a channel have one message a second. At 50 postbacks a
second the load is therefore spread over many channels, and over several accounts.
"""

from dataclasses import replace
from typing import Any

from bot.sandbox import Sandbox
from bot.sandbox.shop import Shop, Store, green_mesa

PRODUCTS_PER_STORE = 6


def chain(stores: int, accounts: int) -> Shop:
    """Green Mesa with that many stores; each account is a pair of keys of its own."""
    small = green_mesa()
    menu = small.shelf(small.stores[0].key)[:PRODUCTS_PER_STORE]
    wide = tuple(_store(small.stores[0], number) for number in range(stores))
    shelves = tuple(
        replace(
            product, store_key=store.key, product_id=f"{store.key}-{product.product_id}", number=number * 100 + place
        )
        for number, store in enumerate(wide)
        for place, product in enumerate(menu)
    )
    keys = tuple((f"bench-account-{number}", f"bench-key-{number}") for number in range(accounts))
    return replace(small, stores=wide, products=shelves, other_locations=(), other_keys=keys)


def _store(like: Store, number: int) -> Store:
    key = f"s{number:03}"
    return replace(
        like,
        key=key,
        name=f"Store {number}",
        location_id=f"{number:08}-0000-4000-8000-000000000000",
        import_id=f"{number:08}-0000-4000-8000-000000000000",
        order_ahead_client_id=f"oa-{key}-client",
        order_ahead_token=f"oa-{key}-token",
        leafly_key=f"leaflyBench{key}",
    )


def in_accounts(shop: Shop, book: dict[str, Any]) -> None:
    """Spread a book of stores over the chain's accounts."""
    book["accounts"] = {client_id: {"client_id": client_id, "key": key} for client_id, key in shop.other_keys}
    for number, store in enumerate(book["stores"].values()):
        store["account"] = shop.other_keys[number % len(shop.other_keys)][0]


def environment(sandbox: Sandbox, **changed: Any) -> dict[str, Any]:
    """The settings of a bot for this chain, as an owner would have them, except for the folder and the accounts."""
    return sandbox.environment(stores=lambda book: in_accounts(sandbox.shop, book), **changed)
