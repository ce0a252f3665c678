"""The Order Ahead routes: create, change, read the status, ask for a postback."""

from datetime import timedelta

from aiohttp import web

from bot.sandbox.flowhub.doors import Doors
from bot.sandbox.flowhub.intake import complaints
from bot.sandbox.flowhub.pos import JsonObject, Pos, PosOrder
from bot.sandbox.flowhub.postbacks import Postbacks
from bot.sandbox.shop import Store

# Until which status a PATCH is taken, in the assumed order of a pickup (A3).
STEPS = ("new", "started", "ready")


def routes(pos: Pos, doors: Doors, postbacks: Postbacks) -> list[web.RouteDef]:
    desk = OrderAhead(pos, postbacks)
    return [
        web.post("/order-ahead/v0/create", doors.with_token(desk.create)),
        web.get("/order-ahead/v0/orderStatus/{order_id}", doors.with_token(desk.status)),
        # No /order-ahead/v0 here, by the spec and by another client alike.
        web.patch("/orders/{order_id}", doors.with_token(desk.change)),
        web.post("/orderPostback/{order_id}", doors.with_token(desk.postback)),
        web.get("/authTest", desk.private),
        web.get("/health", desk.private),
    ]


class OrderAhead:
    def __init__(self, pos: Pos, postbacks: Postbacks) -> None:
        self._pos = pos
        self._postbacks = postbacks

    async def create(self, request: web.Request, store: Store) -> web.Response:
        switches = self._pos.switches
        if not switches.order_ahead_enabled:
            return self._refused(["Order Ahead is not enabled for this location"])
        if not switches.shop_is_open:
            return self._refused(["This location is closed"])
        body = await _json(request)
        wrong = self._complaints(body) or self._shelf_complaints(body, store)
        if wrong:
            return self._refused(wrong)
        if switches.refuse_duplicates and any(o.body == body and o.store is store for o in self._pos.orders.values()):
            return self._refused(["This order was already submitted"])
        order = self._pos.accept(store, self._swapped(body, store), partner=store.order_ahead_client_id)
        return web.json_response(order.answer(), status=switches.create_status_code)

    async def status(self, request: web.Request, store: Store) -> web.Response:
        return web.json_response(self._own(request, store).answer())

    async def change(self, request: web.Request, store: Store) -> web.Response:
        order, switches = self._own(request, store), self._pos.switches
        body = await _json(request)
        if switches.patch_can_delete and isinstance(body, dict) and body.get("status") == "deleted":
            self._pos.move(order, "deleted", by=order.partner)
            return web.json_response(order.answer())
        if isinstance(body, dict) and switches.patch_merges:
            body = order.body | body
        if wrong := self._complaints(body) or self._shelf_complaints(body, store):
            return self._refused(wrong)
        if not self._may_change(order):
            return self._refused([f"The order is {order.status} and can no longer be changed"])
        if not switches.patch_changes_postback_url:
            body = body | {"postbackUrl": order.postback_url}
        order.body = self._swapped(body, store)
        if switches.patch_starts_the_order and order.status == "new":
            self._pos.move(order, "started", by=order.partner)
        self._pos.changes.announce()
        return web.json_response(order.answer())

    async def postback(self, request: web.Request, store: Store) -> web.Response:
        self._postbacks.resend(self._own(request, store))
        return web.Response(status=204)

    async def private(self, _: web.Request) -> web.Response:
        """In the spec, but closed to the public: 404."""
        if self._pos.switches.auth_test_is_public:
            return web.Response(text="OK")
        raise web.HTTPNotFound

    def _own(self, request: web.Request, store: Store) -> PosOrder:
        """The order, if this token may know of it; another store's or partner's is as if it were not there (A11)."""
        order, switches = self._pos.orders.get(request.match_info["order_id"]), self._pos.switches
        if order is None or order.store is not store or (order.foreign and not switches.foreign_orders_readable):
            raise _not_found()
        if order.status == "deleted" and switches.deleted_orders_vanish:
            raise _not_found()
        kept = switches.orders_readable_for_seconds
        if kept is not None and order.created_at + timedelta(seconds=kept) <= self._pos.now():
            raise _not_found()
        return order

    def _may_change(self, order: PosOrder) -> bool:
        until = self._pos.switches.patch_allowed_until
        return until == "always" or (order.status in STEPS and STEPS.index(order.status) <= STEPS.index(until))

    def _complaints(self, body: object) -> list[str]:
        switches = self._pos.switches
        return complaints(
            body,
            unknown_fields=switches.refuse_unknown_fields,
            phone_or_medical_id=switches.require_phone_or_medical_id,
        )

    def _shelf_complaints(self, body: JsonObject, store: Store) -> list[str]:
        found, switches = [], self._pos.switches
        for index, item in enumerate(body["orderItems"]):
            product = self._pos.product(store.key, item["productId"])
            if product is None:
                if switches.refuse_unknown_products:
                    found.append(f"orderItems[{index}].productId is not a product of this location")
                continue
            there = self._pos.stock[product.product_id]
            if there <= 0 and switches.sold_out_products == "refused":
                found.append(f"orderItems[{index}].productId is sold out")
            elif there < item["quantityPurchased"] and switches.refuse_more_than_in_stock:
                found.append(f"orderItems[{index}].quantityPurchased is more than there is")
        return found

    def _swapped(self, body: JsonObject, store: Store) -> JsonObject:
        """With the switch on, a sold-out batch gives way to another batch of the same variant."""
        if self._pos.switches.sold_out_products != "swapped":
            return body
        items = []
        for item in body["orderItems"]:
            product = self._pos.product(store.key, item["productId"])
            if product is not None and self._pos.stock[product.product_id] <= 0:
                other = self._pos.sibling_in_stock(product)
                items.append(item | {"productId": self._pos.shown_id(other)} if other else item)
            else:
                items.append(item)
        return body | {"orderItems": items}

    def _refused(self, errors: list[str]) -> web.Response:
        return web.json_response({"errors": errors}, status=self._pos.switches.refusal_status_code)


async def _json(request: web.Request) -> JsonObject:
    """What was sent; something that is no JSON is handed on as a text, which no check lets pass."""
    try:
        body: JsonObject = await request.json()
    except ValueError:
        raise web.HTTPBadRequest(text='{"errors":["the body is not JSON"]}', content_type="application/json") from None
    return body


def _not_found() -> web.HTTPNotFound:
    return web.HTTPNotFound(
        text='{"error":["Not Found"],"message":"Order not found","status":404}', content_type="application/json"
    )
