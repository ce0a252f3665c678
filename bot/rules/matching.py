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


Index = dict[str, list[Product]]


class Shelf:
    """A store's inventory, indexed by every id that a source may use.

    The three kinds of ids are kept apart: one product's number may be another's SKU. Only what a source calls a variant may
    be any of the three, because it depends on the menu feed which of them a marketplace was given (apis.md 7.2).
    """

    def __init__(self, products: Iterable[Product]) -> None:
        self._products: Index = {}
        self._variants: Index = {}
        self._skus: Index = {}
        self.size = 0
        for product in products:
            self.size += 1
            ids = (
                (str(product.product_id), self._products),
                (product.variant_id, self._variants),
                (product.sku, self._skus),
            )
            for name, index in ids:
                if name := _folded(name):
                    index.setdefault(name, []).append(product)

    def match(self, item: OrderedItem) -> Product | None:
        """The batch to sell: one that has enough if there is one, the oldest of those; None when no id is known."""
        for wanted, indexes in (
            (item.product_id, (self._products,)),
            (item.variant_id, (self._variants, self._products, self._skus)),
            (item.sku, (self._skus,)),
        ):
            for index in indexes:
                if batches := index.get(_folded(wanted)):
                    return min(batches, key=lambda batch: (batch.quantity < item.quantity, batch.created_at))
        return None


def _folded(name: str) -> str:
    return name.strip().lower()
