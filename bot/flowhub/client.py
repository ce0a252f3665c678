"""Flowhub's calls: one `FlowhubAccount` per organisation (key headers), one `OrderAhead` per store (bearer token)."""

import json as jsons
from collections.abc import AsyncGenerator, Callable, Iterable
from datetime import date
from typing import Any
from urllib.parse import quote

import httpx
from aiolimiter import AsyncLimiter

from bot import calls
from bot.errors import Refused
from bot.flowhub import payloads
from bot.flowhub.pages import LARGEST_PAGE, PAGE_SIZE, Fetch, Stretch, stretches
from bot.flowhub.payloads import Location, PlacedOrder
from bot.flowhub.records import Record, page_of
from bot.rules.customer_sync import Days
from bot.rules.matching import Product
from bot.rules.sales import SaleRecord
from bot.rules.stores import Credentials
from bot.tokens import Token, authorised

MOST_PAGES = 200
PAGE_TRY_SECONDS = 30.0
PAGES_PER_SECOND = 3.0
"""A sync's own pace, within the account's: somebody's order must find that one free. It is what others settled on, too
(apis.md section 6)."""
AUDIENCE = "https://api.flowhub.co"
"""Fixed by Flowhub's spec, whatever address we talk to (apis.md 1.3)."""
Park = Callable[[str, Any], None]


class FlowhubAccount:
    """What the key pair of an organisation may read. All its stores share its pace."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        limiter: AsyncLimiter,
        url: str,
        client_id: str,
        key: str,
        *,
        pages_per_second: float = PAGES_PER_SECOND,
    ) -> None:
        self._client = client
        self.limiter = limiter
        self._page_pace = calls.pace(pages_per_second)
        self._url = url
        self._headers = {"clientId": client_id, "key": key, "Accept": "application/json"}

    async def locations(self, park: Park) -> list[Location]:
        answer = await self._read("/v0/clientsLocations")
        return await payloads.each(payloads.rows(answer, "data"), payloads.location, park)

    async def inventory(self, location_id: str, park: Park) -> list[Product]:
        """What is in stock today: one row per batch."""
        answer = await self._read(f"/v0/locations/{quote(location_id, safe='')}/inventoryNonZero", timeout=60)
        return await payloads.each(payloads.rows(answer, "data"), payloads.product, park)

    async def sales(self, import_id: str, first: date, last: date, park: Park) -> list[SaleRecord]:
        """Rows created from `first` to `last`, both included, newest first; whose zone the days are in is open (A14).

        The end is where the rows are as many as `total` says, or where a page brings nothing: pages may be smaller than
        asked for, and the largest size is not known (A15). Rows that are on two pages count once.
        """
        sales: dict[str, SaleRecord] = {}
        seen = 0
        for page in range(1, MOST_PAGES + 1):
            answer = await self._read(
                f"/v1/orders/findByLocationId/{quote(import_id, safe='')}",
                params={
                    "created_after": first.isoformat(),
                    "created_before": last.isoformat(),
                    "page": str(page),
                    "page_size": str(PAGE_SIZE),
                    "order_by": "desc",
                },
            )
            records = payloads.rows(answer, "orders", "data")
            for sale in await payloads.each(records, payloads.sale, park):
                sales.setdefault(sale.ids[0], sale)
            seen += len(records)
            total = payloads.total(answer)
            if not records or (len(records) < PAGE_SIZE if total is None else seen >= total):
                break
        return list(sales.values())

    def customer_pages(self, days: Days | None, park: Park, *, offset: int = 0) -> AsyncGenerator[Stretch, None]:
        """The profiles of the organisation that were changed on these days, all without `days`; the oldest profile first."""
        asked = {"updated_after": days.first.isoformat(), "updated_before": days.last.isoformat()} if days else {}
        return stretches(self._page_of("/v1/customers/", asked), park, offset=offset)

    def sale_pages(self, import_id: str, days: Days, park: Park, *, offset: int = 0) -> AsyncGenerator[Stretch, None]:
        """The sales of one location that were created on these days, the oldest first."""
        asked = {"created_after": days.first.isoformat(), "created_before": days.last.isoformat()}
        path = f"/v1/orders/findByLocationId/{quote(import_id, safe='')}"
        return stretches(self._page_of(path, asked), park, offset=offset)

    async def one_customer(self, fh_id: str) -> Record | None:
        """The profile with this id, None when Flowhub has no such profile (any more)."""
        try:
            found = page_of(jsons.dumps(await self._read(f"/v1/customers/{quote(fh_id, safe='')}")).encode()).records
        except Refused as problem:
            if problem.status in (404, 410):
                return None
            raise
        return next((record for record in found if record.fh_id == fh_id), None)

    def _page_of(self, path: str, asked: dict[str, str]) -> Fetch:
        async def fetch(number: int, size: int) -> bytes:
            await self._page_pace.acquire()
            return await calls.content_of(
                self._client,
                self.limiter,
                "GET",
                self._url + path,
                what="Flowhub",
                headers=self._headers,
                params=asked | {"page": str(number), "page_size": str(size), "order_by": "asc"},
                timeout=PAGE_TRY_SECONDS,
                largest=LARGEST_PAGE,
            )

        return fetch

    async def _read(self, path: str, *, params: dict[str, str] | None = None, timeout: float = 15) -> Any:
        return await calls.until_deadline(
            lambda: calls.call(
                self._client,
                self.limiter,
                "GET",
                self._url + path,
                what="Flowhub",
                headers=self._headers,
                params=params,
                timeout=timeout,
            ),
            what="Flowhub",
            seconds=max(calls.DEADLINE_SECONDS, timeout),
        )


class OrderAhead:
    """A store's Order Ahead. The store follows from the credential: a create names no location (apis.md 1.3)."""

    def __init__(self, client: httpx.AsyncClient, limiter: AsyncLimiter, url: str, token: Token) -> None:
        self._client = client
        self._limiter = limiter
        self._url = url
        self._token = token

    async def sign_in(self) -> None:
        """Raises Unauthorised when the Order Ahead client id or token is wrong."""
        await self._token.get()

    @property
    def token_age_seconds(self) -> float | None:
        """How old the token in use is; None when there is none."""
        return self._token.age_seconds

    async def create(self, body: dict[str, Any]) -> PlacedOrder:
        """Put an order into the POS. Made once: Flowhub has no idempotency key (A6), so the caller decides what a
        failure means. `Unavailable.may_have_arrived` tells whether the request left."""
        return payloads.placed_order(await self._authorised("POST", "/order-ahead/v0/create", body=body))

    async def status(self, flowhub_id: str) -> PlacedOrder:
        """Raises Refused with status 404 when Flowhub does not know the order (any more: A10)."""
        path = f"/order-ahead/v0/orderStatus/{quote(flowhub_id, safe='')}"
        answer = await calls.until_deadline(lambda: self._authorised("GET", path), what="Flowhub")
        return payloads.placed_order(answer)

    async def _authorised(self, method: str, path: str, *, body: Any = None) -> Any:
        return await authorised(
            self._token, self._client, self._limiter, method, self._url + path, what="Flowhub", body=body
        )


class Flowhubs:
    """The clients of all stores: one pace per account, one token per store."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        *,
        url: str,
        auth_url: str,
        requests_per_second: float,
        pages_per_second: float = PAGES_PER_SECOND,
    ) -> None:
        self._client = client
        self._pages_per_second = pages_per_second
        self._url = url
        self._auth_url = auth_url
        self._requests_per_second = requests_per_second
        self._accounts: dict[tuple[str, str], FlowhubAccount] = {}
        self._order_aheads: dict[tuple[str, str], OrderAhead] = {}

    @property
    def url(self) -> str:
        """Flowhub's own address."""
        return self._url

    def account(self, credentials: Credentials) -> FlowhubAccount:
        pair = (credentials.flowhub_client_id, credentials.flowhub_key)
        if pair not in self._accounts:
            self._accounts[pair] = self.trial_account(*pair)
        return self._accounts[pair]

    def order_ahead(self, credentials: Credentials) -> OrderAhead:
        pair = (credentials.order_ahead_client_id, credentials.order_ahead_token)
        if pair not in self._order_aheads:
            limiter = self.account(credentials).limiter
            self._order_aheads[pair] = OrderAhead(self._client, limiter, self._url, self._token(*pair))
        return self._order_aheads[pair]

    def trial_account(self, client_id: str, key: str) -> FlowhubAccount:
        """For a pair that somebody typed: nothing of it is remembered."""
        pace = calls.pace(self._requests_per_second)
        return FlowhubAccount(self._client, pace, self._url, client_id, key, pages_per_second=self._pages_per_second)

    def trial_order_ahead(self, client_id: str, token: str) -> OrderAhead:
        pace = calls.pace(self._requests_per_second)
        return OrderAhead(self._client, pace, self._url, self._token(client_id, token))

    def forget_all_but(self, used: Iterable[Credentials]) -> None:
        """Pairs that no store has any more are gone from memory too; calls under way end as they began."""
        used = list(used)
        accounts = {(one.flowhub_client_id, one.flowhub_key) for one in used}
        order_aheads = {(one.order_ahead_client_id, one.order_ahead_token) for one in used}
        self._accounts = {pair: client for pair, client in self._accounts.items() if pair in accounts}
        self._order_aheads = {pair: client for pair, client in self._order_aheads.items() if pair in order_aheads}

    def _token(self, client_id: str, secret: str) -> Token:
        return Token(
            self._client,
            calls.pace(1),
            f"{self._auth_url}/oauth/token",
            what="Flowhub's sign-in",
            body={
                "client_id": client_id,
                "client_secret": secret,
                "audience": AUDIENCE,
                "grant_type": "client_credentials",
            },
        )
