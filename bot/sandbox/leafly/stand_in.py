"""Leafly, put together: the API, the issuer, the webhooks, and what shoppers and couriers do there."""

from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from aiohttp import web

from bot.sandbox.leafly.api import Tokens, routes
from bot.sandbox.leafly.market import Market
from bot.sandbox.leafly.orders import STATUSES, CartItem, JsonObject, LeaflyOrder
from bot.sandbox.leafly.switches import Switches
from bot.sandbox.leafly.webhooks import Webhooks
from bot.sandbox.shop import NotPossible, Shop
from bot.sandbox.wire import Changes, Wire


def utc_now() -> datetime:
    return datetime.now(UTC)


class LeaflyStandIn:
    """`app` is the Order API, `auth_app` the token issuer; `webhook_url` is where the integrator listens.

    What shoppers and couriers do raises NotPossible, with a sentence, where Leafly's site would not let them.
    """

    def __init__(
        self,
        *,
        shop: Shop,
        wire: Wire | None = None,
        webhook_url: str | None = None,
        switches: Switches | None = None,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self.shop = shop
        self.wire = wire or Wire("leafly")
        self.switches = switches or Switches()
        self._at_first = replace(self.switches)
        self.now = now
        self.changes = Changes()
        self.webhooks = Webhooks(shop.leafly.hmac_key, webhook_url, self.switches, now, self.changes)
        self.market = Market(shop, self.switches, now, self.changes, self.webhooks)
        self.tokens = Tokens(self.market)
        self.app = web.Application(middlewares=[self.wire.middleware()])
        self.app.add_routes(routes(self.market, self.tokens))
        self.app.on_cleanup.append(self._closed)
        self.auth_app = web.Application(middlewares=[self.wire.middleware()])
        self.auth_app.add_routes([web.post("/token", self.tokens.issue), web.post("/", self.tokens.issue)])

    # Shoppers -------------------------------------------------------------------------------------------------------

    def place_order(
        self,
        store_key: str,
        *,
        shopper: str,
        items: Sequence[tuple[str, int]] = (),
        unlisted: Sequence[tuple[str, int]] = (),
        deal: str | None = None,
        percent_off: int = 10,
        delivery: bool = False,
        uber_eats: bool = False,
        window: tuple[datetime, datetime] | None = None,
        instructions: str | None = None,
    ) -> LeaflyOrder:
        """A shopper checks out: `items` by name with a quantity, `unlisted` by name with a price in cents.

        An unlisted item is on Leafly's menu and not in the store's inventory. `deal` is the title of a deal that takes
        `percent_off` from every listed item. The `order_submit` webhook goes out in the background.
        """
        store, person, now = self.shop.store(store_key), self.shop.shopper(shopper), self.now()
        if not items and not unlisted:
            raise NotPossible("An order needs at least one item.")
        cart = []
        for name, quantity in items:
            if quantity < 1:
                raise NotPossible(f"“{name}” was asked for {quantity} times.")
            item = self.market.item(self.shop.in_stock(store_key, name), quantity)
            if deal is not None:
                item = replace(item, deal=deal, discounted_cents=item.price_cents * (100 - percent_off) // 100)
            cart.append(item)
        for name, price_cents in unlisted:
            cart.append(
                CartItem(name, "Other", "Unknown", f"leafly-{uuid4().hex[:12]}", 1, price_cents, created_at=now)
            )
        order = LeaflyOrder(
            order_id=self.market.new_id(),
            store=store,
            shopper=person,
            cart=cart,
            created_at=now,
            acknowledge_by=now + timedelta(seconds=self.switches.acknowledge_within_seconds),
            delivery=delivery,
            marketplace="uberEats" if uber_eats else "leafly",
            delivery_fee_cents=499 if delivery else 0,
            window=window,
            instructions=instructions,
        )
        self.market.submit(order)
        return order

    def shopper_cancels(self, order_id: str) -> LeaflyOrder:
        return self.market.cancel(self.market.live(order_id), "customer")

    async def shopper_looks_at_cart(
        self, store_key: str, *, items: Sequence[tuple[str, int]], shopper: str | None = None, delivery: bool = False
    ) -> JsonObject | None:
        """The `order_preview` webhook: answered at once or not at all. None where there was no usable answer."""
        cart = [self.market.item(self.shop.in_stock(store_key, name), quantity) for name, quantity in items]
        medical = shopper is not None and self.shop.shopper(shopper).buyer_type == "med"
        preview = {
            "cartItems": [
                {
                    "name": item.name,
                    "integratorVariantId": item.variant_id,
                    "quantity": item.quantity,
                    "packagePrice": item.price_cents,
                    "discountedPackagePrice": item.price_cents,
                    "discountedPrice": item.full_cents,
                }
                for item in cart
            ],
            "medicalStatus": "medical" if medical else "recreational",
            "fulfillmentMechanism": "delivery" if delivery else "pickup",
            "deliveryAddress": None,
        }
        response = await self.webhooks.ask(self.market.event("order_preview", store_key) | preview)
        if response is None or response.status_code != 200:
            return None
        try:
            answer = response.json()
        except ValueError:
            return None
        return answer if isinstance(answer, dict) else None

    # The owner, the courier and Leafly itself -----------------------------------------------------------------------

    async def owner_activates(self, store_key: str) -> bool:
        """In Leafly Biz; an error from the integrator keeps the integration off."""
        response = await self.webhooks.ask(self.market.event("order_activate", store_key))
        return response is not None and response.status_code == 200

    async def owner_deactivates(self, store_key: str) -> None:
        """It goes off whatever the integrator answers."""
        await self.webhooks.ask(self.market.event("order_deactivate", store_key))

    def courier_moves(self, order_id: str, status: str) -> LeaflyOrder:
        """Somebody other than the integrator moves the order, as a delivery partner does, and Leafly passes it on."""
        order = self.market.live(order_id)
        if status not in STATUSES or status in ("pending", "canceled", order.status):
            raise NotPossible(f"A courier can't make a {order.status} order {status}.")
        order.move(status, self.now())
        self.market.send("order_status", order, status=status)
        return order

    # Reading and ending ---------------------------------------------------------------------------------------------

    @property
    def orders(self) -> list[LeaflyOrder]:
        """All orders, oldest first."""
        return list(self.market.by_id.values())

    def order(self, order_id: str) -> LeaflyOrder:
        return self.market.order(order_id)

    async def until(self, true: Callable[[], bool], *, timeout: float = 5.0) -> None:
        """Wait until `true()` holds; looked at after each order, acknowledgement, status and webhook."""
        await self.changes.until(true, timeout=timeout)

    async def reset(self) -> None:
        """No orders, no tokens, the first switches, no faults, no records. The webhook's address stays."""
        self.market.clear()
        await self.webhooks.clear()
        for field in fields(Switches):
            setattr(self.switches, field.name, getattr(self._at_first, field.name))
        self.tokens.clear()
        self.wire.reset()

    async def close(self) -> None:
        self.market.stop_clocks()
        await self.webhooks.close()

    async def _closed(self, _: web.Application) -> None:
        await self.close()
