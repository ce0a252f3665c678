"""The small world everyone learns by heart: Green Mesa, its three stores, its shelves, its staff and its shoppers.

All stand-ins read it; it knows none of them, and nothing in it is real.
"""

from bot.sandbox.shop.green_mesa import green_mesa
from bot.sandbox.shop.history import Books, history
from bot.sandbox.shop.world import (
    Customer,
    Leafly,
    NotPossible,
    Product,
    Sale,
    SaleLine,
    Shop,
    Shopper,
    Staff,
    Store,
    Tier,
)

__all__ = [
    "Books",
    "Customer",
    "Leafly",
    "NotPossible",
    "Product",
    "Sale",
    "SaleLine",
    "Shop",
    "Shopper",
    "Staff",
    "Store",
    "Tier",
    "green_mesa",
    "history",
]
