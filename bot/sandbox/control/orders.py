"""What people do: shoppers order and cancel, the cashier takes an order through its steps."""

from typing import Any, cast

from aiohttp import web

from bot.sandbox.control.asked import Asked, JsonObject, answered
from bot.sandbox.flowhub import FlowhubStandIn, PosOrder
from bot.sandbox.leafly import LeaflyOrder, LeaflyStandIn
from bot.sandbox.shop import NotPossible, Sale
from bot.sandbox.webshop import OrderType, WebShop

STEPS = ("start", "ready", "delete", "queue", "dispatch", "fail", "cannot_verify")
CHECK_OUTS = ("sell", "deliver")


def routes(flowhub: FlowhubStandIn, leafly: LeaflyStandIn, webshop: WebShop) -> list[web.RouteDef]:
    people = People(flowhub, leafly, webshop)
    return [
        web.post("/control/orders/leafly", answered(people.orders_on_leafly)),
        web.post("/control/orders/webshop", answered(people.orders_in_web_shop)),
        web.post("/control/orders/pos", answered(people.partner_orders)),
        web.post("/control/sales", answered(people.walks_in)),
        web.post("/control/sales/{sale_id}/{what}", answered(people.sale_changes)),
        web.get("/control/pos/orders", answered(people.pos_orders)),
        web.post("/control/pos/orders/{order_id}/{step}", answered(people.cashier)),
        web.get("/control/leafly/orders", answered(people.leafly_orders)),
        web.post("/control/leafly/orders/{order_id}/cancel", answered(people.shopper_cancels)),
        web.post("/control/leafly/orders/{order_id}/courier", answered(people.courier_moves)),
        web.get("/control/webshop", answered(people.web_shop)),
        web.post("/control/webshop/break", answered(people.web_shop_breaks)),
    ]


class People:
    def __init__(self, flowhub: FlowhubStandIn, leafly: LeaflyStandIn, webshop: WebShop) -> None:
        self._flowhub = flowhub
        self._leafly = leafly
        self._webshop = webshop

    async def orders_on_leafly(self, _: web.Request, asked: Asked) -> JsonObject:
        order = self._leafly.place_order(
            asked.text("store"),
            shopper=asked.text("shopper"),
            items=asked.whole_items(),
            unlisted=asked.unlisted(),
            deal=asked.maybe_text("deal"),
            percent_off=asked.whole("percent_off", 10),
            delivery=asked.flag("delivery"),
            uber_eats=asked.flag("uber_eats"),
        )
        return _leafly_order(order)

    async def orders_in_web_shop(self, _: web.Request, asked: Asked) -> JsonObject:
        order = await self._webshop.place_order(
            asked.text("store"),
            shopper=asked.text("shopper"),
            items=asked.items(),
            unlisted=asked.unlisted(),
            order_type=cast("OrderType", asked.one_of("type", ("pickup", "delivery", "kiosk"), "pickup")),
            note=asked.maybe_text("note"),
        )
        return {"order_id": order.order_id, "status": order.status, "answer": order.answer, "failed": order.failed}

    async def partner_orders(self, _: web.Request, asked: Asked) -> JsonObject:
        order = self._flowhub.operator.foreign_order(
            asked.text("store"),
            asked.text("shopper"),
            asked.items(),
            order_type=asked.one_of("type", ("pickup", "delivery", "kiosk"), "pickup"),
            partner=asked.maybe_text("partner") or "another-partner",
            note=asked.maybe_text("note"),
        )
        return _pos_order(order)

    async def walks_in(self, _: web.Request, asked: Asked) -> JsonObject:
        return _sale(
            self._flowhub.operator.walk_in_sale(
                asked.text("store"),
                asked.items(),
                shopper=asked.maybe_text("shopper"),
                by=asked.maybe_text("by"),
                discount_cents=asked.whole("discount_cents", 0),
                minutes_ago=asked.number("minutes_ago", 0),
            )
        )

    async def sale_changes(self, request: web.Request, _: Asked) -> JsonObject:
        verbs = {"void": self._flowhub.operator.void, "refund": self._flowhub.operator.refund}
        what = request.match_info["what"]
        if what not in verbs:
            raise NotPossible(f"A sale can't be “{what}”; there are: {', '.join(verbs)}.")
        return _sale(verbs[what](request.match_info["sale_id"]))

    async def pos_orders(self, request: web.Request, _: Asked) -> list[JsonObject]:
        """As the cashier's screen has them, newest first; `?store=` for one store."""
        store = request.query.get("store")
        return [_pos_order(order) for order in reversed(self._flowhub.orders) if store in (None, order.store.key)]

    async def cashier(self, request: web.Request, asked: Asked) -> JsonObject:
        order_id, step = request.match_info["order_id"], request.match_info["step"]
        operator, by = self._flowhub.operator, asked.maybe_text("by")
        if step == "reopen":
            operator.reopen(order_id, by=by, status=asked.maybe_text("status") or "started")
        elif step == "set_status":
            operator.set_status(order_id, asked.text("status"), by=by)
        elif step in STEPS or step in CHECK_OUTS:
            getattr(operator, step)(order_id, by=by)
        else:
            known = ", ".join((*STEPS, *CHECK_OUTS, "reopen", "set_status"))
            raise NotPossible(f"The cashier has no step “{step}”; there are: {known}.")
        return _pos_order(self._flowhub.pos.order(order_id))

    async def leafly_orders(self, _: web.Request, __: Asked) -> list[JsonObject]:
        return [_leafly_order(order) for order in reversed(self._leafly.orders)]

    async def shopper_cancels(self, request: web.Request, _: Asked) -> JsonObject:
        return _leafly_order(self._leafly.shopper_cancels(request.match_info["order_id"]))

    async def courier_moves(self, request: web.Request, asked: Asked) -> JsonObject:
        return _leafly_order(self._leafly.courier_moves(request.match_info["order_id"], asked.text("status")))

    async def web_shop(self, _: web.Request, __: Asked) -> JsonObject:
        shop = self._webshop
        return {
            "orders": [{"order_id": o.order_id, "store": o.store_key, "status": o.status} for o in shop.orders],
            "hooks": [
                {
                    "at": hook.at.isoformat(),
                    "webhook_id": hook.webhook_id,
                    "body": hook.body,
                    "answered": hook.answered,
                    "repeated": hook.repeated,
                    "problem": hook.problem,
                }
                for hook in shop.hooks
            ],
        }

    async def web_shop_breaks(self, _: web.Request, asked: Asked) -> JsonObject:
        status, times = asked.whole("status", 500), asked.whole("times", 1)
        if not 300 <= status <= 599 or times < 1:
            raise NotPossible("“status” must be a code from 300 to 599 and “times” at least 1.")
        self._webshop.break_hooks(status, times)
        return {"status": status, "times": times}


def _pos_order(order: PosOrder) -> JsonObject:
    items: list[dict[str, Any]] = order.body.get("orderItems") or []
    return {
        "order_id": order.order_id,
        "store": order.store.key,
        "source": order.partner if order.foreign else "Order Ahead",
        "shopper": order.shopper_name,
        "type": order.order_type,
        "status": order.status,
        "column": order.column,
        "is_open": order.is_open,
        "created_at": order.created_at.isoformat(),
        "items": len(items),
        "note": order.body.get("customerNote") or "",
        "cart_note": order.body.get("cartDiscountNote") or "",
        "sale_id": order.sale.sale_id if order.sale else None,
        "changes": [{"status": c.status, "at": c.at.isoformat(), "by": c.by} for c in order.changes],
    }


def _leafly_order(order: LeaflyOrder) -> JsonObject:
    return {
        "order_id": order.order_id,
        "store": order.store.key,
        "shopper": order.shopper.name,
        "status": order.status,
        "reason": order.reason,
        "delivery": order.delivery,
        "acknowledged": order.acknowledged_at is not None,
        "created_at": order.created_at.isoformat(),
        "told": [{"status": told.status, "reason": told.reason, "at": told.at.isoformat()} for told in order.told],
    }


def _sale(sale: Sale) -> JsonObject:
    return {
        "sale_id": sale.sale_id,
        "store": sale.store.key,
        "buyer": sale.buyer_name,
        "cents": sum(line.cents - line.discount_cents for line in sale.lines),
        "voided": sale.voided,
        "original_sale_id": sale.original_sale_id,
    }
