"""/v1/orders: the sales of one store or one customer. No route finds an order by its id, and none filters by status."""

from collections.abc import Iterable
from datetime import timedelta

from aiohttp import web

from bot.sandbox.flowhub import paging
from bot.sandbox.flowhub.doors import Doors
from bot.sandbox.flowhub.pos import Pos, last_ten_digits
from bot.sandbox.flowhub.sale_rows import sale_row, unpaid
from bot.sandbox.shop import Sale


def routes(pos: Pos, doors: Doors) -> list[web.RouteDef]:
    sales = Sales(pos)
    return [
        web.get("/v1/orders/findByLocationId/{import_id}", doors.with_keys(sales.of_store)),
        web.get("/v1/orders/findByCustomerId/{customer_id}", doors.with_keys(sales.of_customer)),
        # Old: other clients still call it, with the slash and without.
        web.get("/v1/orders/findByPhoneNumber/", doors.with_keys(sales.of_phone)),
        web.get("/v1/orders/findByPhoneNumber", doors.with_keys(sales.of_phone)),
    ]


class Sales:
    def __init__(self, pos: Pos) -> None:
        self._pos = pos

    async def of_store(self, request: web.Request) -> web.Response:
        asked = request.match_info["import_id"]
        known = {store.import_id for store in (*self._pos.shop.stores, *self._pos.shop.other_locations)}
        if asked not in known and not self._pos.switches.unknown_location_is_empty:
            raise paging.not_found("Location not found")
        return self._page(request, (s for s in self._rows() if s.store.import_id == asked))

    async def of_customer(self, request: web.Request) -> web.Response:
        asked = request.match_info["customer_id"]
        return self._page(request, (s for s in self._rows() if s.customer and s.customer.customer_id == asked))

    async def of_phone(self, request: web.Request) -> web.Response:
        asked = last_ten_digits(request.query.get("phone_number", ""))
        rows = (s for s in self._rows() if s.customer and asked and last_ten_digits(s.customer.phone) == asked)
        return self._page(request, rows)

    def _rows(self) -> list[Sale]:
        """Whatever is visible by now, Order Ahead orders that nobody has paid included if they are shown at all."""
        switches = self._pos.switches
        latest = self._pos.now() - timedelta(seconds=switches.sale_visible_after_seconds)
        rows = [sale for sale in self._pos.sales if sale.completed_at is None or sale.completed_at <= latest]
        if switches.open_orders_visible:
            rows += [unpaid(self._pos, order) for order in self._pos.orders.values() if order.sale is None]
        return rows

    def _page(self, request: web.Request, rows: Iterable[Sale]) -> web.Response:
        switches = self._pos.switches
        created = paging.bounds(request, "created")
        page = paging.page(request, switches, created)
        # By creation, not by completion: a sale begun before midnight belongs to the day before.
        found = [s for s in rows if created.hold(s.created_at, paging.zone_of(switches, s.store.time_zone))]
        by_completion = switches.order_by_completion
        found.sort(
            key=lambda s: (s.completed_at or s.created_at) if by_completion else s.created_at,
            reverse=page.newest_first,
        )
        shown = page.of(found, switches, lambda sale: sale.sale_id)
        return web.json_response({"total": len(found), "orders": [sale_row(self._pos, s) for s in shown]})
