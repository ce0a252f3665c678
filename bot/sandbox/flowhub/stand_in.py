"""Flowhub as far as a partner sees it, put together."""

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import UTC, datetime

from aiohttp import web

from bot.sandbox.flowhub import customers, inventory, order_ahead, sales
from bot.sandbox.flowhub.crowd import Crowd
from bot.sandbox.flowhub.doors import Doors
from bot.sandbox.flowhub.operator import Operator
from bot.sandbox.flowhub.pos import Pos, PosOrder
from bot.sandbox.flowhub.postbacks import Postbacks
from bot.sandbox.flowhub.switches import Switches
from bot.sandbox.shop import Shop
from bot.sandbox.wire import Changes, Wire


def utc_now() -> datetime:
    return datetime.now(UTC)


class FlowhubStandIn:
    """`app` is the API at the root, `auth_app` the token issuer, `operator` the cashier behind the counter.

    `now` is the stand-in's clock, for tokens that expire and sales that show up late. With a `crowd` its customers and sales
    are served instead of the shop's: neither limited nor recorded, because that would be what takes the time.
    """

    def __init__(
        self,
        *,
        shop: Shop,
        wire: Wire | None = None,
        switches: Switches | None = None,
        now: Callable[[], datetime] = utc_now,
        crowd: Crowd | None = None,
    ) -> None:
        self.shop = shop
        self.crowd = crowd
        self.wire = wire or Wire("flowhub")
        self.switches = switches or Switches()
        self._at_first = replace(self.switches)
        self.changes = Changes()
        self.pos = Pos(shop, self.switches, now, self.changes)
        self.doors = Doors(self.pos)
        self.postbacks = Postbacks(self.switches, now, self.changes)
        self.pos.status_listeners.append(self.postbacks.tell)
        self.operator = Operator(self.pos)
        self.app = self._api()
        self.auth_app = self._issuer()

    @property
    def orders(self) -> list[PosOrder]:
        """All Order Ahead orders in the till, oldest first."""
        return list(self.pos.orders.values())

    @property
    def created_count(self) -> int:
        """How many creates were accepted; a repeated create counts twice, because nothing stops it."""
        return self.pos.created_count

    async def until(self, true: Callable[[], bool], *, timeout: float = 5.0) -> None:
        """Wait until `true()` holds; looked at after each order, change of status, sale and postback."""
        await self.changes.until(true, timeout=timeout)

    async def reset(self) -> None:
        """The shop as it was at the start: orders, stock, tokens, switches, faults and records."""
        await self.postbacks.clear()
        for field in fields(Switches):
            setattr(self.switches, field.name, getattr(self._at_first, field.name))
        self.pos.clear()
        self.doors.clear()
        self.wire.reset()

    async def close(self) -> None:
        await self.postbacks.close()

    def _api(self) -> web.Application:
        crowded = [self.crowd.middleware()] if self.crowd else []
        app = web.Application(middlewares=[*crowded, self.wire.middleware(), self.doors.limiter()])
        app.add_routes(order_ahead.routes(self.pos, self.doors, self.postbacks))
        app.add_routes(inventory.routes(self.pos, self.doors))
        app.add_routes(customers.routes(self.pos, self.doors))
        app.add_routes(sales.routes(self.pos, self.doors))
        app.on_cleanup.append(self._closed)
        return app

    def _issuer(self) -> web.Application:
        app = web.Application(middlewares=[self.wire.middleware()])
        # The second one for a client that was given the bare address.
        app.add_routes([web.post("/oauth/token", self.doors.issue_token), web.post("/", self.doors.issue_token)])
        return app

    async def _closed(self, _: web.Application) -> None:
        await self.close()
