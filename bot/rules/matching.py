"""Matching what a source calls a product to what Flowhub calls it today.

Flowhub's `productId` changes with each batch (apis.md 5.2), so a marketplace usually names the variant. Only exact ids
match, never names: a wrong product in the cart is worse than one that staff add by hand.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from bot.rules.order_values import OrderedItem


@dataclass(frozen=True)
class Product:
    """A row of a store's inventory: one batch. `product_id` keeps the type it came with (A5: number or string)."""

    product_id: str | int
    variant_id: str
    sku: str
    name: str
    quantity: Decimal
    created_at: str


class Shelf:
    """A store's inventory, indexed by every id that a source may use."""

    def __init__(self, products: Iterable[Product]) -> None:
        self._by_id: dict[str, list[Product]] = {}
        self.size = 0
        for product in products:
            self.size += 1
            for name in {str(product.product_id), product.variant_id, product.sku} - {""}:
                self._by_id.setdefault(name.lower(), []).append(product)

    def match(self, item: OrderedItem) -> Product | None:
        """The batch to sell: one that has enough if there is one, the oldest of those; None when no id is known."""
        for wanted in (item.product_id, item.variant_id, item.sku):
            batches = self._by_id.get(wanted.lower()) if wanted else None
            if batches:
                return min(batches, key=lambda batch: (batch.quantity < item.quantity, batch.created_at))
        return None
