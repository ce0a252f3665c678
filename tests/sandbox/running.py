"""Stand-ins on real sockets, and a client that knows how to come in."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from aiohttp import web

from bot.sandbox.flowhub import FlowhubStandIn, Switches
from bot.sandbox.shop import green_mesa
from bot.sandbox.wire import Changes, serve, tls

JsonObject = dict[str, Any]

SHOP = green_mesa()
GUMMIES = SHOP.in_stock("downtown", "Huckleberry Gummies")
SHATTER = SHOP.in_stock("downtown", "Canyon Haze Shatter")


@dataclass
class Clock:
    """Noon in Denver on a Friday, until somebody moves it."""

    at: datetime = datetime(2026, 11, 20, 19, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def pass_by(self, **amount: float) -> None:
        self.at += timedelta(**amount)


@dataclass
class Listener:
    """Somebody's web server: keeps what it is sent, and answers with the next of `answers`, then with 200."""

    url: str = ""
    answers: list[int] = field(default_factory=list)
    body: JsonObject | None = None
    got: list[tuple[str, JsonObject | None]] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    changes: Changes = field(default_factory=Changes)

    @property
    def statuses(self) -> list[str]:
        return [body["status"] for _, body in self.got if body is not None]

    @property
    def events(self) -> list[str]:
        return [body["eventType"] for _, body in self.got if body is not None]

    async def take(self, request: web.Request) -> web.Response:
        self.raw.append(await request.read())
        self.headers.append(dict(request.headers))
        self.got.append((request.method, await request.json() if self.raw[-1] else None))
        self.changes.announce()
        status = self.answers.pop(0) if self.answers else 200
        return web.json_response(self.body, status=status) if self.body is not None else web.Response(status=status)


@asynccontextmanager
async def listening() -> AsyncIterator[Listener]:
    listener = Listener()
    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", listener.take)
    server = await serve(app)
    listener.url = server.url
    try:
        yield listener
    finally:
        await server.close()


@dataclass
class Flowhub:
    """A running stand-in and a client of it."""

    stand_in: FlowhubStandIn
    clock: Clock
    http: httpx.AsyncClient
    url: str
    auth_url: str

    @property
    def switches(self) -> Switches:
        return self.stand_in.switches

    @property
    def keys(self) -> dict[str, str]:
        return {"clientId": SHOP.client_id, "key": SHOP.key}

    async def read(self, path: str, **params: str | int) -> httpx.Response:
        return await self.http.get(f"{self.url}{path}", headers=self.keys, params=params)

    async def ask_token(self, store: str = "downtown", **changes: str) -> httpx.Response:
        at = SHOP.store(store)
        body = {
            "client_id": at.order_ahead_client_id,
            "client_secret": at.order_ahead_token,
            "audience": "https://api.flowhub.co",
            "grant_type": "client_credentials",
        }
        return await self.http.post(f"{self.auth_url}/oauth/token", json=body | changes)

    async def bearer(self, store: str = "downtown") -> dict[str, str]:
        answer = (await self.ask_token(store)).json()
        return {"Authorization": f"{answer['token_type']} {answer['access_token']}"}

    async def create(self, *, store: str = "downtown", without: str = "", **changes: Any) -> httpx.Response:
        body = {name: value for name, value in (ORDER | changes).items() if name != without}
        headers = await self.bearer(store)
        return await self.http.post(f"{self.url}/order-ahead/v0/create", headers=headers, json=body)

    async def new_order(self, **changes: Any) -> str:
        response = await self.create(**changes)
        assert response.status_code == 200, response.text
        return str(response.json()["orderId"])

    async def status(self, order_id: str, *, store: str = "downtown") -> httpx.Response:
        headers = await self.bearer(store)
        return await self.http.get(f"{self.url}/order-ahead/v0/orderStatus/{order_id}", headers=headers)

    async def patch(self, order_id: str, body: JsonObject) -> httpx.Response:
        return await self.http.patch(f"{self.url}/orders/{order_id}", headers=await self.bearer(), json=body)

    async def sales(self, store: str = "downtown", **params: str | int) -> JsonObject:
        """One day's sales unless told otherwise: today's, as the stand-in's clock has it."""
        today = self.clock().date().isoformat()
        asked: dict[str, str | int] = {"created_after": today, "created_before": today, "page_size": 500}
        response = await self.read(f"/v1/orders/findByLocationId/{SHOP.store(store).import_id}", **asked | params)
        assert response.status_code == 200, response.text
        return dict(response.json())


ORDER: JsonObject = {
    "externalCreatedAt": "2026-11-20T18:04:11Z",
    "customer": {"firstName": "Maya", "lastName": "Alvarez", "phone": "+13035550101", "externalId": "shopper-1"},
    "orderItems": [{"productId": GUMMIES.product_id, "quantityPurchased": 2}],
    "orderType": "pickup",
}
ADDRESS = {"street1": "2210 Marion Street", "city": "Denver", "state": "CO", "zip": "80205"}


@asynccontextmanager
async def flowhub_running(**switches: Any) -> AsyncIterator[Flowhub]:
    clock = Clock()
    stand_in = FlowhubStandIn(shop=SHOP, switches=Switches(**switches), now=clock)
    api, issuer = await serve(stand_in.app), await serve(stand_in.auth_app)
    async with httpx.AsyncClient(trust_env=False, verify=tls()) as http:
        try:
            yield Flowhub(stand_in, clock, http, api.url, issuer.url)
        finally:
            await api.close()
            await issuer.close()
