"""A chain's customers and sales, by the hundred thousand: pages are ready-made, so that a bench measures its client.

They are put in front of the stand-in's own books: only the two lists that a sync reads, in their usual shape. Pages are
rendered from numbers, the same on every machine. Customers' pages are kept; of sales, which are asked for in stretches of
days that nobody knows before, the records are, once they are prepared.
"""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from hashlib import md5

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

DAYS = 365
PRODUCTS = (
    "Blue Arroyo - Eighth",
    "Huckleberry Gummies - 100 mg",
    "Sage Runner - Half Ounce",
    "Night Bloom Tincture - 30 ml",
)
CATEGORIES = ("Flower", "Edibles", "Flower", "Tincture")
STREETS = ("Marion Street", "Larimer St", "Colfax Ave", "South Pearl Street", "Tejon")
PLACES = (("Denver", "80205"), ("Aurora", "80012"), ("Pueblo", "81001"), ("Boulder", "80302"), ("Golden", "80401"))
NAMES = ("Maya Alvarez", "Desmond Okafor", "Luis de la Cruz", "Priya Raman", "Sean O'Neil", "Anna van Dyk", "Cher")


class Crowd:
    """`changed` customers read differently than they did; `sales` are spread over the stores of `import_ids` and a year."""

    def __init__(self, *, customers: int, sales: int, import_ids: Sequence[str], now: datetime) -> None:
        self.customers, self.sales = customers, sales
        self.changed = 0
        self._import_ids = list(import_ids)
        self._begin = now - timedelta(days=DAYS)
        self._pages: dict[tuple[int, int], bytes] = {}
        self._sales: list[list[bytes]] = []

    def change(self, customers: int) -> None:
        """So many customers, spread evenly, have more points than before."""
        self.changed += 1
        every = max(1, self.customers // customers) if customers else 0
        touched = {number // 500 for number in range(0, self.customers, every)} if every else set()
        self._every, self._pages = (
            every,
            {key: body for key, body in self._pages.items() if key[1] != 500 or key[0] - 1 not in touched},
        )

    _every = 0

    def customer_page(self, number: int, size: int) -> bytes:
        if (number, size) not in self._pages:
            rows = range((number - 1) * size, min(number * size, self.customers))
            self._pages[number, size] = b'{"data": [' + b", ".join(self._customer(row) for row in rows) + b"]}"
        return self._pages[number, size]

    def sale_page(self, import_id: str, after: date | None, before: date | None, number: int, size: int) -> bytes:
        store = self._import_ids.index(import_id) if import_id in self._import_ids else 0
        first, last = self._since(after, extra=0), self._since(before, extra=1)
        begin = first + (number - 1) * size
        rows = range(begin, min(begin + size, last))
        ready = self._sales[store][rows.start : rows.stop] if self._sales else (self._sale(store, row) for row in rows)
        found = b", ".join(ready)
        return b'{"total": %d, "orders": [%s]}' % (max(0, last - first), found)

    def prepare(self, size: int = 500) -> None:
        for number in range(1, -(-self.customers // size) + 1):
            self.customer_page(number, size)
        if not self._sales:
            stores = range(len(self._import_ids))
            self._sales = [[self._sale(store, row) for row in range(self._per_store())] for store in stores]

    def middleware(self) -> Middleware:
        """An aiohttp middleware that answers the two lists and leaves the rest to the stand-in."""

        @web.middleware
        async def crowded(request: web.Request, handler: Handler) -> web.StreamResponse:
            path, query = request.path.rstrip("/"), request.query
            number, size = int(query.get("page", 1)), int(query.get("page_size", 100))
            if path == "/v1/customers" and not query.get("updated_after"):
                return _json(self.customer_page(number, size))
            if path == "/v1/customers":
                return _json(b'{"data": []}')
            if path.startswith("/v1/orders/findByLocationId/"):
                days = (_day(query.get("created_after")), _day(query.get("created_before")))
                return _json(self.sale_page(path.rpartition("/")[2], *days, number, size))
            return await handler(request)

        return crowded

    def _per_store(self) -> int:
        return self.sales // len(self._import_ids)

    def _since(self, day: date | None, *, extra: int) -> int:
        """How many sales of a store were before a day; with `extra` 1 before its end."""
        if day is None:
            return self._per_store() if extra else 0
        moment = datetime.combine(day, time(), UTC) + timedelta(days=extra)
        share = (moment - self._begin) / timedelta(days=DAYS)
        return min(self._per_store(), max(0, int(share * self._per_store()) + 1))

    def _customer(self, row: int) -> bytes:
        touched = bool(self.changed and self._every and row % self._every == 0)
        city, postal_code = PLACES[row % len(PLACES)]
        name = NAMES[row % len(NAMES)]
        record = {
            "id": _id("customer", row),
            "createdAt": f"20{15 + row % 11}-06-15T22:57:35.{row % 10**6:06}Z",
            "updatedAt": f"2026-11-{1 + row % 20:02}T03:11:09.{row % 10**6:06}Z",
            "type": "medCustomer" if row % 7 == 0 else "recCustomer",
            "name": f"{name} {row}" if " " in name else name,
            "state": "CO",
            "birthDate": f"19{50 + row % 49}-0{1 + row % 9}-1{row % 9}",
            "isLoyal": row % 2 == 0,
            "loyaltyPoints": row % 400 + (self.changed if touched else 0),
            "phone": f"({300 + row % 600}) {200 + row // 10_000 % 700}-{row % 10_000:04}",
            "email": f"{name.split()[0].lower()}.{row}@example.com",
            "streetAddress1": f"{row % 9000} {STREETS[row % len(STREETS)]}",
            "streetAddress2": "" if row % 3 else f"Apt {row % 40}",
            "city": city,
            "zip": postal_code,
            "country": "US",
            "consentsToPromotionalEmail": row % 3 > 0,
            "consentsToPromotionalSMS": row % 3 == 0,
            "groups": [{"name": "VIP"}] if row % 20 == 0 else [],
        }
        return json.dumps(record).encode()

    def _sale(self, store: int, row: int) -> bytes:
        created = self._begin + timedelta(days=DAYS) * (row / max(1, self._per_store()))
        lines = b", ".join(self._line(row + extra) for extra in range(1 + row % 3))
        sale_id = _id(f"sale {store}", row).encode()
        return b"""{"id": "%s", "orderId": "%s", "createdAt": "%s", "completedOn": "%s", "customerId": "%s",
 "customerType": "recCustomer", "currentPoints": %d, "budtender": "Alice Smith", "budtenderId": "4a4d3c58-90d1-4d0c",
 "orderStatus": "sold", "orderType": "in-store", "originalSaleId": "", "voided": %s, "itemsInCart": [%s],
 "totals": {"finalTotal": %d.%02d, "subTotal": 35.0, "totalDiscounts": 3.5, "totalFees": 0, "totalTaxes": 4.73}}""" % (
            sale_id,
            sale_id,
            _instant(created),
            _instant(created + timedelta(minutes=6)),
            _id("customer", row * 7919 % max(1, self.customers)).encode(),
            row % 400,
            b"true" if row % 80 == 0 else b"false",
            lines,
            10 + row % 90,
            row % 100,
        )

    def _line(self, row: int) -> bytes:
        kind = row % len(PRODUCTS)
        return (
            b'{"id": "%s", "category": "%s", "productName": "%s", "quantity": 1, "totalPrice": 35.0, "voided": false}'
            % (
                b"%012x" % row,
                CATEGORIES[kind].encode(),
                PRODUCTS[kind].encode(),
            )
        )


def _id(kind: str, row: int) -> str:
    """In no order, as real ids are."""
    text = md5(f"{kind} {row}".encode(), usedforsecurity=False).hexdigest()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def _instant(moment: datetime) -> bytes:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3].encode() + b"Z"


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _json(body: bytes) -> web.Response:
    return web.Response(body=body, content_type="application/json")
