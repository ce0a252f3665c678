"""Leafly's own books: its orders, its menu, the clock on each acknowledgement, and what an event says."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from uuid import uuid4

from bot.sandbox.leafly.orders import CartItem, JsonObject, LeaflyOrder, instant
from bot.sandbox.leafly.switches import Switches
from bot.sandbox.leafly.webhooks import Webhooks
from bot.sandbox.shop import NotPossible, Product, Shop
from bot.sandbox.wire import Changes


class Market:
    def __init__(
        self, shop: Shop, switches: Switches, now: Callable[[], datetime], changes: Changes, webhooks: Webhooks
    ) -> None:
        self.shop = shop
        self.switches = switches
        self.now = now
        self.changes = changes
        self._webhooks = webhooks
        self.by_id: dict[str, LeaflyOrder] = {}
        self._deadlines: dict[str, asyncio.TimerHandle] = {}

    def submit(self, order: LeaflyOrder) -> None:
        """Tell the integrator, and start the clock on its acknowledgement."""
        self.by_id[order.order_id] = order
        self._deadlines[order.order_id] = asyncio.get_running_loop().call_later(
            self.switches.acknowledge_within_seconds, self._not_acknowledged, order
        )
        self.send("order_submit", order, acknowledgeBy=instant(order.acknowledge_by))

    def acknowledge(self, order: LeaflyOrder) -> None:
        """A second time changes nothing."""
        order.acknowledged_at = order.acknowledged_at or self.now()
        if deadline := self._deadlines.pop(order.order_id, None):
            deadline.cancel()
        self.changes.announce()

    def cancel(self, order: LeaflyOrder, reason: str) -> LeaflyOrder:
        order.move("canceled", self.now(), reason=reason)
        self.send("order_cancel", order, cancelReason=reason)
        return order

    def send(self, event: str, order: LeaflyOrder, **more: object) -> None:
        self._webhooks.send(self.event(event, order.store.key) | {"orderId": order.order_id, **more})
        self.changes.announce()

    def event(self, event: str, store_key: str) -> JsonObject:
        return {
            "eventType": event,
            "eventTime": instant(self.now()),
            "orderIntegrationKey": self.shop.store(store_key).leafly_key,
        }

    def order(self, order_id: str) -> LeaflyOrder:
        if order_id not in self.by_id:
            raise NotPossible(f"Leafly has no order {order_id}.")
        return self.by_id[order_id]

    def live(self, order_id: str) -> LeaflyOrder:
        order = self.order(order_id)
        if not order.is_live:
            raise NotPossible(f"Order {order_id} is already {order.status}.")
        return order

    def item(self, product: Product, quantity: int) -> CartItem:
        return CartItem(
            name=product.name,
            category=product.category,
            brand=product.brand,
            variant_id=self._variant_id(product),
            quantity=quantity,
            price_cents=product.price_cents,
            unit="g" if product.grams else "mg" if product.milligrams else "each",
            size=str(float(product.grams or product.milligrams or 1)),
            created_at=self.now(),
        )

    def menu_item(self, store_key: str, variant_id: str, quantity: int) -> CartItem | None:
        """What the menu has under that id at that store, if it is in stock."""
        for product in self.shop.shelf(store_key):
            if product.quantity > 0 and self._variant_id(product) == variant_id:
                return self.item(product, quantity)
        return None

    def new_id(self) -> str:
        return str(100_001 + len(self.by_id)) if self.switches.numeric_order_ids else str(uuid4())

    def clear(self) -> None:
        self.stop_clocks()
        self.by_id.clear()

    def stop_clocks(self) -> None:
        for deadline in self._deadlines.values():
            deadline.cancel()
        self._deadlines.clear()

    def _not_acknowledged(self, order: LeaflyOrder) -> None:
        if order.is_live and order.acknowledged_at is None:
            self.cancel(order, "order_api_unacknowledged")

    def _variant_id(self, product: Product) -> str:
        ids = {"variant": product.variant_id, "product": product.product_id, "sku": product.sku}
        return ids[self.switches.variant_ids]
