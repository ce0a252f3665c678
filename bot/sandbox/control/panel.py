"""What the console page's side panel shows and does with one click: one shopper, one step at the till, one bad day."""

from collections.abc import Callable, Mapping
from itertools import count

from aiohttp import web

from bot.sandbox.control.asked import Asked, JsonObject, answered
from bot.sandbox.flowhub import FlowhubStandIn, PosOrder
from bot.sandbox.leafly import LeaflyStandIn
from bot.sandbox.shop import NotPossible
from bot.sandbox.webshop import WebShop
from bot.sandbox.wire import Fault, Wire

# Who comes next and wants what, in turn.
BASKETS: tuple[tuple[str, tuple[tuple[str, int], ...]], ...] = (
    ("maya", (("Huckleberry Gummies", 2), ("Mesa Sunrise - Eighth", 1))),
    ("jonah", (("Mesa Sunrise Pre-Roll", 3),)),
    ("priya", (("Blue Arroyo Disposable", 1), ("Yuzu Seltzer", 4))),
    ("walt", (("Arnica Balm 1:1", 1),)),
    ("dana", (("Juniper Kush - Eighth", 1), ("Cirrus Battery", 1))),
    ("tessa", (("RSO Syringe", 1), ("Ginger Mints", 2))),
    ("luis", (("Ember Infused Pre-Roll", 2), ("Peach Ring Gummies", 1))),
    ("nora", (("Dark Chocolate Bar", 1),)),
)

STEPS = {"start", "ready", "sell", "delete", "queue", "dispatch", "deliver", "fail", "cannot_verify"}
COLUMNS = {"new": "new", "started": "in progress", "ready": "ready"}


def routes(panel: "Panel") -> list[web.RouteDef]:
    return [
        web.get("/control/world", answered(panel.world)),
        web.post("/control/shopper", answered(panel.shopper)),
        web.post("/control/cashier", answered(panel.cashier)),
        web.post("/control/weather", answered(panel.weather)),
    ]


class Panel:
    def __init__(
        self,
        flowhub: FlowhubStandIn,
        leafly: LeaflyStandIn,
        webshop: WebShop,
        wires: Mapping[str, Wire],
        story: Callable[[], JsonObject] | None,
    ) -> None:
        self._flowhub = flowhub
        self._leafly = leafly
        self._webshop = webshop
        self._wires = wires
        self._story = story
        self.begin_again()

    def begin_again(self) -> None:
        self._turn = count()

    async def world(self, _: web.Request, __: Asked) -> JsonObject:
        """Names to choose from, the till's open orders, the weather, and the story if one is told."""
        shop = self._flowhub.shop
        return {
            "shop": shop.name,
            "stores": [
                {
                    "key": store.key,
                    "name": store.name,
                    "products": list(dict.fromkeys(product.name for product in shop.shelf(store.key))),
                }
                for store in shop.stores
            ],
            "shoppers": [{"key": person.key, "name": person.name} for person in shop.shoppers],
            "staff": [person.name for person in shop.staff],
            "pos": [self._open(order) for order in self._flowhub.orders if order.is_open],
            "weather": {name: self._is(name) for name in WEATHER},
            "story": self._story() if self._story else None,
        }

    async def shopper(self, _: web.Request, asked: Asked) -> JsonObject:
        source = asked.one_of("source", ("leafly", "storefront", "flowhub"), "leafly")
        store = self._flowhub.shop.store(asked.maybe_text("store") or self._flowhub.shop.stores[0].key).key
        shopper, items = BASKETS[next(self._turn) % len(BASKETS)]
        if source == "leafly":
            return {"order_id": self._leafly.place_order(store, shopper=shopper, items=items).order_id}
        if source == "flowhub":
            return {"order_id": self._flowhub.operator.foreign_order(store, shopper, items).order_id}
        order = await self._webshop.place_order(store, shopper=shopper, items=items)
        if order.status is None or order.status >= 300:
            raise NotPossible(f"The bot did not take the order: {order.failed or f'{order.status} {order.answer}'}")
        return {"order_id": order.order_id}

    async def cashier(self, _: web.Request, asked: Asked) -> JsonObject:
        order_id, step = asked.text("order_id"), asked.text("do")
        if step not in STEPS:
            raise NotPossible(f"The cashier has no step “{step}”; there are: {', '.join(sorted(STEPS))}.")
        getattr(self._flowhub.operator, step)(order_id, by=asked.maybe_text("by"))
        return {"order_id": order_id, "status": self._flowhub.pos.order(order_id).status}

    async def weather(self, _: web.Request, asked: Asked) -> JsonObject:
        """Each of the three on or off; what is not named stays as it is."""
        if unknown := asked.body.keys() - set(WEATHER):
            raise NotPossible(f"There is no weather “{min(unknown)}”; there is: {', '.join(WEATHER)}.")
        for name in asked.body:
            self._set(name, on=asked.flag(name))
        return {name: self._is(name) for name in WEATHER}

    def _open(self, order: PosOrder) -> JsonObject:
        return {
            "order_id": order.order_id,
            "store": order.store.key,
            "shopper": order.shopper_name,
            "source": order.partner if order.foreign else "Order Ahead",
            "items": len(order.body.get("orderItems") or []),
            "column": COLUMNS.get(order.status, order.status),
            "age_seconds": round((self._flowhub.pos.now() - order.created_at).total_seconds()),
        }

    def _is(self, name: str) -> bool:
        if name == "postbacks_lost":
            return self._flowhub.switches.postback == "never"
        to, wanted = FAULTS[name]
        return to in self._wires and any(_lasting(fault, wanted) for fault in self._wires[to].faults)

    def _set(self, name: str, *, on: bool) -> None:
        if on == self._is(name):
            return
        if name == "postbacks_lost":
            self._flowhub.switches.postback = "never" if on else "once"
            return
        to, wanted = FAULTS[name]
        if to not in self._wires:
            raise NotPossible(f"There is no stand-in for {to} here.")
        wire = self._wires[to]
        wire.faults[:] = [fault for fault in wire.faults if not _lasting(fault, wanted)]
        if on:
            wire.add(Fault(wanted.kind, path=wanted.path, times=None, seconds=wanted.seconds))


# Which wire has which fault, for as long as it lasts. Lost postbacks are none: they are a switch of Flowhub.
FAULTS: dict[str, tuple[str, Fault]] = {
    "flowhub_down": ("flowhub", Fault("down", times=None)),
    "slack_rate_limited": ("slack", Fault("rate_limited", path="/api/chat.*", times=None, seconds=2)),
}
WEATHER = (*FAULTS, "postbacks_lost")


def _lasting(fault: Fault, wanted: Fault) -> bool:
    return fault.times is None and (fault.kind, fault.path) == (wanted.kind, wanted.path)
