"""An owner's own web shop: it sends its orders to the bot, signed, and listens for what becomes of them.

Both directions are signed as the Standard Webhooks specification says, each with a secret of its own.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal
from uuid import uuid4

import httpx
from aiohttp import web
from standardwebhooks import Webhook, WebhookVerificationError

from bot.sandbox.shop import NotPossible, Product, Shop, Shopper
from bot.sandbox.wire import Changes, Wire, tls

JsonObject = dict[str, Any]
OrderType = Literal["pickup", "delivery", "kiosk"]
TIMEOUT_SECONDS = 10.0


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass
class WebOrder:
    """An order as the shop sent it; `status` is the answer's code, None while there is none."""

    order_id: str
    store_key: str
    body: JsonObject
    status: int | None = None
    answer: str = ""
    failed: str | None = None


@dataclass(frozen=True)
class Hook:
    """One call to /hooks/orders. `repeated` ones have an id that was taken before; only `taken` ones count."""

    at: datetime
    webhook_id: str
    body: JsonObject
    answered: int
    repeated: bool = False
    problem: str | None = None

    @property
    def taken(self) -> bool:
        return self.answered == 200 and not self.repeated

    @property
    def order_id(self) -> str | None:
        data = self.body.get("data")
        found = self.body.get("order_id") or (data.get("order_id") if isinstance(data, dict) else None)
        return str(found) if found else None


@dataclass
class Broken:
    """The next `times` hooks are answered with `status` and not taken."""

    status: int
    times: int


@dataclass
class WebShop:
    """`bot_url` is where the bot listens; `orders_secrets` may hold another signing secret per store key, and `known_as` the
    key that the bot gave a store."""

    shop: Shop
    wire: Wire = field(default_factory=lambda: Wire("webshop"))
    bot_url: str | None = None
    orders_secret: str = ""
    hooks_secret: str = ""
    orders_secrets: dict[str, str] = field(default_factory=dict)
    known_as: dict[str, str] = field(default_factory=dict)
    now: Callable[[], datetime] = utc_now

    def __post_init__(self) -> None:
        self.orders_secret = self.orders_secret or self.shop.web_shop_secrets["orders"]
        self.hooks_secret = self.hooks_secret or self.shop.web_shop_secrets["hooks"]
        self.changes = Changes()
        self.orders: list[WebOrder] = []
        self.hooks: list[Hook] = []
        self._broken: Broken | None = None
        self._client: httpx.AsyncClient | None = None
        self.app = web.Application(middlewares=[self.wire.middleware()])
        self.app.add_routes([web.post("/hooks/orders", self._hook)])
        self.app.on_cleanup.append(self._closed)

    # Out: orders ----------------------------------------------------------------------------------------------------

    async def place_order(
        self,
        store_key: str,
        *,
        shopper: str,
        items: Sequence[tuple[str, float]] = (),
        unlisted: Sequence[tuple[str, int]] = (),
        order_type: OrderType = "pickup",
        ids: Sequence[str] = ("product_id", "variant_id", "sku"),
        discount_note: str | None = None,
        note: str | None = None,
        requested: tuple[datetime, datetime] | None = None,
        fees: Mapping[str, int] | None = None,
    ) -> WebOrder:
        """A shopper checks out, and the shop sends the order and waits for the answer.

        `items` are names with quantities, `unlisted` names with a price in cents that no inventory knows. `ids` says
        which ids of the point of sale this shop sends along; without any, an item is a name only.
        """
        person = self.shop.shopper(shopper)
        lines = [self._line(store_key, name, quantity, ids, discount_note) for name, quantity in items]
        lines += [_unlisted(name, cents) for name, cents in unlisted]
        if not lines:
            raise NotPossible("An order needs at least one item.")
        listed = [{"name": name, "amount_cents": cents} for name, cents in (fees or {}).items()]
        body: JsonObject = {
            "order_id": f"GM-{uuid4().hex[:8].upper()}",
            "placed_at": self.now().isoformat(),
            "type": order_type,
            "customer": _customer(person),
            "items": lines,
            "address": _address(person) if order_type == "delivery" else None,
            "note": note,
            "requested_from": requested[0].isoformat() if requested else None,
            "requested_until": requested[1].isoformat() if requested else None,
            "total_cents": _total(lines) + sum((fees or {}).values()),
            "fees": listed,
        }
        order = WebOrder(body["order_id"], store_key, body)
        self.orders.append(order)
        return await self.send(order)

    async def send(self, order: WebOrder, *, webhook_id: str | None = None, secret: str | None = None) -> WebOrder:
        """Send an order, again or for the first time; the same `webhook_id` makes it the same message."""
        if self.bot_url is None:
            raise NotPossible("The web shop was not told where the bot listens.")
        raw, at = json.dumps(order.body), datetime.now(UTC)
        message_id = webhook_id or f"msg_{uuid4().hex}"
        signer = Webhook(secret or self.orders_secrets.get(order.store_key) or self.orders_secret)
        headers = {
            "Content-Type": "application/json",
            "webhook-id": message_id,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": signer.sign(msg_id=message_id, timestamp=at, data=raw),
        }
        if self._client is None:
            self._client = httpx.AsyncClient(timeout=TIMEOUT_SECONDS, trust_env=False, verify=tls())
        url = f"{self.bot_url.rstrip('/')}/orders"
        store = self.known_as.get(order.store_key, order.store_key)
        try:
            response = await self._client.post(url, params={"store": store}, content=raw, headers=headers)
        except httpx.HTTPError as problem:
            order.failed = f"{type(problem).__name__}: {problem}"
        else:
            order.status, order.answer, order.failed = response.status_code, response.text, None
        self.changes.announce()
        return order

    # In: what becomes of them ---------------------------------------------------------------------------------------

    def break_hooks(self, status: int, times: int) -> None:
        """Answer the next hooks with `status` (500: try again, 410: never again) and take none of them."""
        self._broken = Broken(status, times)

    @property
    def told(self) -> list[Hook]:
        """The hooks that were taken, each message once."""
        return [hook for hook in self.hooks if hook.taken]

    def told_of(self, order_id: str) -> list[Hook]:
        return [hook for hook in self.told if hook.order_id == order_id]

    async def until(self, true: Callable[[], bool], *, timeout: float = 5.0) -> None:
        """Wait until `true()` holds; looked at after each answer to an order and each hook."""
        await self.changes.until(true, timeout=timeout)

    async def reset(self) -> None:
        self.orders.clear()
        self.hooks.clear()
        self._broken = None
        self.orders_secrets.clear()
        self.known_as.clear()
        self.wire.reset()

    async def close(self) -> None:
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    async def _hook(self, request: web.Request) -> web.Response:
        raw, webhook_id = await request.read(), request.headers.get("webhook-id", "")
        body, problem = self._verified(raw, request)
        status, repeated = 200, False
        if problem is not None:
            status = 401
        elif self._broken is not None:
            status = self._broken.status
            self._broken.times -= 1
            if self._broken.times <= 0:
                self._broken = None
        else:
            repeated = any(hook.webhook_id == webhook_id for hook in self.told)
        self.hooks.append(Hook(self.now(), webhook_id, body, status, repeated=repeated, problem=problem))
        self.changes.announce()
        return web.Response(status=status)

    def _verified(self, raw: bytes, request: web.Request) -> tuple[JsonObject, str | None]:
        """The body, and what is wrong with it or its signature."""
        try:
            body = Webhook(self.hooks_secret).verify(raw, dict(request.headers))
        except (WebhookVerificationError, ValueError) as problem:
            return {}, f"{type(problem).__name__}: {problem}"
        return (body, None) if isinstance(body, dict) else ({}, "the body is no JSON object")

    def _line(
        self, store_key: str, name: str, quantity: float, ids: Sequence[str], discount_note: str | None
    ) -> JsonObject:
        if quantity <= 0:
            raise NotPossible(f"“{name}” was asked for {quantity:g} times.")
        product = self.shop.in_stock(store_key, name)
        return {
            **_ids(product, ids),
            "name": product.name,
            "quantity": quantity,
            "discount_note": discount_note,
            "unit_price_cents": product.price_cents,
        }

    async def _closed(self, _: web.Application) -> None:
        await self.close()


def _ids(product: Product, ids: Sequence[str]) -> JsonObject:
    known = {"product_id": product.product_id, "variant_id": product.variant_id, "sku": product.sku or None}
    return {name: value if name in ids else None for name, value in known.items()}


def _unlisted(name: str, cents: int) -> JsonObject:
    return {
        "product_id": None,
        "variant_id": None,
        "sku": None,
        "name": name,
        "quantity": 1,
        "discount_note": None,
        "unit_price_cents": cents,
    }


def _total(lines: list[JsonObject]) -> int:
    return sum(round(line["unit_price_cents"] * line["quantity"]) for line in lines)


def _customer(shopper: Shopper) -> JsonObject:
    return {
        "first_name": shopper.first_name,
        "last_name": shopper.last_name,
        "phone": shopper.phone,
        "email": shopper.email,
        "birth_date": shopper.birth_date.isoformat(),
        "medical_id": shopper.medical_id,
        "medical_id_expires": shopper.medical_id_expires.isoformat() if shopper.medical_id_expires else None,
        "customer_type": shopper.buyer_type,
    }


def _address(shopper: Shopper) -> JsonObject:
    return {
        "street1": shopper.street,
        "street2": None,
        "city": shopper.city,
        "state": "CO",
        "zip": shopper.zip_code,
    }
