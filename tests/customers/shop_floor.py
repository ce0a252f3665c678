"""Green Mesa, its customers and sales, and a desk that syncs them; and what a sync should have kept, told independently."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any, Self

import httpx
from sqlalchemy import text

from bot.customers import Told, sync
from bot.customers.progress import to_nobody
from bot.desk import Desk
from bot.flowhub import Flowhubs
from bot.outgoing import http_client
from bot.reaching import Reach
from bot.rules.customer_sync import Plan, Report, RunKind
from bot.sandbox import Sandbox
from bot.sandbox.shop import Customer, Sale
from bot.settings import load
from bot.store import Database, stores
from bot.webhooks import Webhooks

ACCOUNT = "green-mesa"
PLAN = Plan()
SOME = 60
"""Customers of the stand-in's books that stay, with their sales: enough for several pages of any size that is tested."""
FAST = 10_000.0
"""Calls a second: what is tested is not the pace."""


def desk_of(database: Database, http: httpx.AsyncClient, *, url: str, auth_url: str) -> Desk:
    return Desk(
        database=database,
        flowhubs=Flowhubs(http, url=url, auth_url=auth_url, requests_per_second=FAST, pages_per_second=FAST),
        leafly=None,
        webhooks=Webhooks(http, private_allowed=True),
        reach=Reach(http),
        public_url="",
    )


class ShopFloor:
    """`sandbox` is the truth, `desk` what reads it. The stand-in's own limit is out of the way, if a test does not want it."""

    def __init__(self, sandbox: Sandbox, desk: Desk, http: httpx.AsyncClient) -> None:
        self.sandbox, self.desk, self._http = sandbox, desk, http
        self.pos = sandbox.flowhub.pos
        self.switches = sandbox.flowhub.switches
        self.switches.requests_per_second = 1_000_000
        some = list(self.pos.customers)[:SOME]
        for fh_id in list(self.pos.customers)[SOME:]:
            del self.pos.customers[fh_id]
        books = self.pos.books
        books.sales[:] = [sale for sale in books.sales if sale.customer and sale.customer.customer_id in some]

    @classmethod
    async def open(cls, sandbox: Sandbox, database: Database, *, url: str = "") -> Self:
        http = http_client(timeout=10)
        urls = sandbox.urls
        floor = cls(sandbox, desk_of(database, http, url=url or urls["flowhub"], auth_url=urls["flowhub_auth"]), http)
        settings = load(sandbox.environment())
        async with database.write() as tx:
            for store, credentials in settings.store_book().values():
                await stores.put(tx, store, credentials, now=floor.desk.now())
        await floor.desk.load_stores()
        return floor

    async def close(self) -> None:
        await self._http.aclose()

    async def run(self, kind: RunKind | None = None, *, tell: Told = to_nobody) -> Report:
        """Now, whether it is due or not."""
        report = await sync(self.desk, ACCOUNT, PLAN, kind=kind, asked_for=True, tell=tell)
        assert report is not None
        return report

    @property
    def customers(self) -> dict[str, Customer]:
        return self.pos.customers

    @property
    def sales(self) -> list[Sale]:
        return self.pos.sales

    def a_sale(self, *, of: Customer | None = None) -> Sale:
        """The latest that is neither voided nor given back nor a refund, of a known customer."""
        given_back = {sale.original_sale_id for sale in self.sales}
        good = [
            sale
            for sale in self.sales
            if sale.customer is not None
            and (of is None or sale.customer is of)
            and not sale.voided
            and not sale.original_sale_id
            and sale.sale_id not in given_back
        ]
        return max(good, key=lambda sale: sale.created_at)

    async def rows(self, table: str, *columns: str) -> dict[str, tuple[Any, ...]]:
        """By id, as the database has them; without seals, which are never twice the same."""
        key = "sale_id" if table == "sales" else "fh_id"
        chosen = ", ".join(f'"{column}"' for column in (key, *columns))
        async with self.desk.database.read() as tx:
            found = await tx.connection.execute(text(f"SELECT {chosen} FROM {table} WHERE account = '{ACCOUNT}'"))  # noqa: S608
            return {row[0]: tuple(row[1:]) for row in found}

    async def seals(self) -> dict[str, bytes]:
        """A row that was written again, even as it was, has another seal."""
        return {fh_id: bytes(sealed) for fh_id, (sealed,) in (await self.rows("customers", "sealed")).items()}

    async def kept(self) -> dict[str, Any]:
        """All that was kept, in a form that two databases and two syncs can be compared by."""
        customers = await self.rows(
            "customers",
            "customer_type",
            "is_loyal",
            "points",
            "city",
            "postal_code",
            "consents_sms",
            "groups",
            "vanished_at",
        )
        sales = await self.rows(
            "sales", "customer_id", "status", "is_voided", "total_cents", "original_id", "lines", "vanished_at"
        )
        profiles = await self.rows(
            "profiles", "total_spent_cents", "total_orders", "last_order_status", "products", "home_store_id"
        )
        return {"customers": customers, "sales": sales, "profiles": profiles}

    async def expect_what_flowhub_has(self) -> None:
        """Every customer and every sale of the stand-in is kept, nothing else is, and the money is right to the cent."""
        customers = await self.rows("customers", "vanished_at", "points")
        there = {fh_id for fh_id, (vanished_at, _) in customers.items() if vanished_at is None}
        assert there == set(self.customers)
        assert {fh_id: customers[fh_id][1] for fh_id in there} == {
            fh_id: one.points for fh_id, one in self.customers.items()
        }
        sales = await self.rows("sales", "vanished_at", "is_voided")
        assert {sale_id for sale_id, (vanished_at, _) in sales.items() if vanished_at is None} == {
            sale.sale_id for sale in self.sales
        }
        profiles = await self.rows("profiles", "total_spent_cents", "total_orders")
        bought = {fh_id: row for fh_id, row in profiles.items() if row != (0, 0)}
        assert bought == self._expected_money()

    def _expected_money(self) -> dict[str, tuple[int, int]]:
        """From the till's own books, by another way than the bot's."""
        from bot.sandbox.flowhub.sale_rows import sale_row

        def cents(sale: Sale) -> int:
            totals = {name.lower(): value for name, value in sale_row(self.pos, sale)["totals"].items()}
            return round(float(totals["finaltotal"]) * (1 if self.switches.orders_in_cents else 100))

        back: dict[str, int] = {}
        for sale in self.sales:
            if sale.original_sale_id and not sale.voided:
                back[sale.original_sale_id] = back.get(sale.original_sale_id, 0) + abs(cents(sale))
        spent: dict[str, tuple[int, int]] = {}
        for sale in self.sales:
            if sale.customer is None or sale.voided or sale.original_sale_id or sale.completed_at is None:
                continue
            paid, returned = cents(sale), back.get(sale.sale_id, 0)
            money, orders = spent.get(sale.customer.customer_id, (0, 0))
            spent[sale.customer.customer_id] = (
                money + max(0, paid - returned),
                orders + (0 if 0 < paid <= returned else 1),
            )
        return {fh_id: both for fh_id, both in spent.items() if both != (0, 0)}


def later(**how_long: float) -> Any:
    """A clock that is so much ahead."""
    moment = datetime.now(UTC) + timedelta(**how_long)
    return lambda: moment


def groups_of(row: tuple[Any, ...]) -> list[str]:
    found: list[str] = json.loads(row[6])
    return found
