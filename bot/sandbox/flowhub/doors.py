"""Who may come in: the token issuer, the two kinds of credentials, and the limit on how often somebody may knock."""

import asyncio
import secrets
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from bot.sandbox.flowhub.pos import JsonObject, Pos
from bot.sandbox.shop import Store

AUDIENCE = "https://api.flowhub.co"

StoreHandler = Callable[[web.Request, Store], Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class Token:
    """Good for one location only: the create body names none, so the credential must."""

    store: Store
    expires_at: datetime


class Doors:
    def __init__(self, pos: Pos) -> None:
        self._pos = pos
        self.clear()

    def clear(self) -> None:
        self.tokens: dict[str, Token] = {}
        self.token_requests = 0
        self._knocks: dict[str, deque[float]] = {}

    def revoke_tokens(self) -> None:
        """As when a shop withdraws its credentials: every token that is out stops working."""
        self.tokens.clear()

    # Token issuer ---------------------------------------------------------------------------------------------------

    async def issue_token(self, request: web.Request) -> web.Response:
        asked = await _fields(request)
        switches = self._pos.switches
        self.token_requests += 1
        if switches.token_requests_allowed is not None and self.token_requests > switches.token_requests_allowed:
            return _refused(429, "access_denied", "Global limit has been reached")
        for name in ("client_id", "client_secret", "audience", "grant_type"):
            if not isinstance(asked.get(name), str) or not asked[name]:
                return _refused(400, "invalid_request", f"Missing required parameter: {name}")
        if asked["grant_type"] != "client_credentials":
            return _refused(403, "unsupported_grant_type", f"Unsupported grant type: {asked['grant_type']}")
        if asked["audience"] != AUDIENCE:
            return _refused(403, "access_denied", f"Service not enabled within domain: {asked['audience']}")
        for store in self._pos.shop.stores:
            if (asked["client_id"], asked["client_secret"]) == (store.order_ahead_client_id, store.order_ahead_token):
                return self._issued(store)
        return _refused(401, "access_denied", "Unauthorized")

    def _issued(self, store: Store) -> web.Response:
        switches = self._pos.switches
        token = f"eyJ{secrets.token_urlsafe(48)}"
        self.tokens[token] = Token(store, self._pos.now() + timedelta(seconds=switches.token_lifetime_seconds))
        return web.json_response(
            {
                "access_token": token,
                "scope": switches.token_scope,
                "expires_in": int(switches.token_lifetime_seconds),
                "token_type": "Bearer",
            }
        )

    # Guards ---------------------------------------------------------------------------------------------------------

    def with_keys(self, handler: Handler) -> Handler:
        """For the reads: `clientId` and `key`, and no bearer token in their place."""

        async def guarded(request: web.Request) -> web.StreamResponse:
            return await handler(request) if self._has_keys(request) else unauthorised("Invalid key")

        return guarded

    def with_token(self, handler: StoreHandler) -> Handler:
        """For Order Ahead: a bearer token, and no key pair in its place. The handler is given the token's store."""

        async def guarded(request: web.Request) -> web.StreamResponse:
            scheme, _, value = request.headers.get("Authorization", "").partition(" ")
            token = self.tokens.get(value.strip()) if scheme.lower() == "bearer" else None
            if token is None or token.expires_at <= self._pos.now():
                return unauthorised("Invalid token")
            if self._pos.switches.bearer_needs_keys_too and not self._has_keys(request):
                return unauthorised("Invalid key")
            return await handler(request, token.store)

        return guarded

    def _has_keys(self, request: web.Request) -> bool:
        shop = self._pos.shop
        pair = (request.headers.get("clientId", ""), request.headers.get("key", ""))
        return pair in ((shop.client_id, shop.key), *shop.other_keys)

    # Limit ----------------------------------------------------------------------------------------------------------

    def limiter(self) -> Middleware:
        """An aiohttp middleware: so many requests in any second, then 429 with no header that says when to return."""

        @web.middleware
        async def limited(request: web.Request, handler: Handler) -> web.StreamResponse:
            now = asyncio.get_running_loop().time()
            knocks = self._knocks.setdefault(self._scope(request), deque())
            while knocks and knocks[0] <= now - 1.0:
                knocks.popleft()
            if len(knocks) >= self._pos.switches.requests_per_second:
                return web.Response(status=429)
            knocks.append(now)
            return await handler(request)

        return limited

    def _scope(self, request: web.Request) -> str:
        if self._pos.switches.rate_limit_scope == "everyone":
            return ""
        return request.headers.get("key") or request.headers.get("Authorization") or ""


def unauthorised(message: str) -> web.Response:
    return web.json_response({"error": ["Unauthorized"], "message": message, "status": 401}, status=401)


async def _fields(request: web.Request) -> JsonObject:
    """The body as JSON or as a form, whichever it says it is."""
    if request.content_type == "application/x-www-form-urlencoded":
        return dict(await request.post())
    try:
        asked = await request.json()
    except ValueError:
        return {}
    return asked if isinstance(asked, dict) else {}


def _refused(status: int, error: str, description: str) -> web.Response:
    return web.json_response({"error": error, "error_description": description}, status=status)
