"""A Leafly stand-in on real sockets, an integrator that listens, and a client with a token."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from bot.sandbox.leafly import LeaflyOrder, LeaflyStandIn, Switches
from bot.sandbox.wire import serve, tls

from .running import SHOP, Clock, Listener, listening

DOWNTOWN = SHOP.store("downtown")
GUMMY_ORDER: Any = {"shopper": "maya", "items": [("Huckleberry Gummies", 2)]}
CREDENTIALS = {
    "grant_type": "client_credentials",
    "client_id": SHOP.leafly.client_id,
    "client_secret": SHOP.leafly.client_secret,
}


@dataclass
class Leafly:
    """A running stand-in, an integrator that listens, and a client with a token."""

    stand_in: LeaflyStandIn
    bot: Listener
    clock: Clock
    http: httpx.AsyncClient
    url: str
    auth_url: str

    def path(self, order: LeaflyOrder, rest: str = "", *, key: str = DOWNTOWN.leafly_key) -> str:
        return f"{self.url}/v1/order_integration/{key}/orders/{order.order_id}{rest}"

    async def read(self, order: LeaflyOrder) -> dict[str, Any]:
        return dict((await self.http.get(self.path(order))).json())

    async def acknowledge(self, order: LeaflyOrder) -> int:
        return (await self.http.post(self.path(order, "/acknowledge"))).status_code

    async def tell(self, order: LeaflyOrder, status: str, reason: str | None = None) -> httpx.Response:
        body = {"status": status} | ({"cancelationReasonCode": reason} if reason else {})
        return await self.http.post(self.path(order, "/status"), json=body)

    async def accepted(self, **changes: Any) -> LeaflyOrder:
        order = self.stand_in.place_order("downtown", **(GUMMY_ORDER | changes))
        assert await self.acknowledge(order) == 204
        return order


@asynccontextmanager
async def leafly_running(**switches: Any) -> AsyncIterator[Leafly]:
    clock = Clock()
    async with listening() as bot, httpx.AsyncClient(trust_env=False, verify=tls()) as http:
        stand_in = LeaflyStandIn(
            shop=SHOP,
            webhook_url=f"{bot.url}/leafly",
            switches=Switches(**{"retry_wait_scale": 0.0} | switches),
            now=clock,
        )
        api, issuer = await serve(stand_in.app), await serve(stand_in.auth_app)
        try:
            token = (await http.post(f"{issuer.url}/token", data=CREDENTIALS)).json()["access_token"]
            http.headers["Authorization"] = f"Bearer {token}"
            yield Leafly(stand_in, bot, clock, http, api.url, issuer.url)
        finally:
            await api.close()
            await issuer.close()
