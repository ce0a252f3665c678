"""The Order API: read, acknowledge, tell a status, change the cart."""

import base64
import binascii
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.sandbox.leafly.market import Market
from bot.sandbox.leafly.orders import CANCEL_REASONS, CartItem, JsonObject, LeaflyOrder, Told

# With the path of the real service, and without it for a client whose base address is bare.
PREFIXES = ("/v1/order_integration", "")

OrderHandler = Callable[[web.Request, LeaflyOrder], Awaitable[web.StreamResponse]]


def routes(market: Market, tokens: "Tokens") -> list[web.RouteDef]:
    api = OrderApi(market, tokens)
    return [
        route
        for prefix in PREFIXES
        for route in (
            web.get(f"{prefix}/{{key}}/orders/{{order_id}}", api.guarded(api.read)),
            web.post(f"{prefix}/{{key}}/orders/{{order_id}}/acknowledge", api.guarded(api.acknowledge)),
            web.post(f"{prefix}/{{key}}/orders/{{order_id}}/status", api.guarded(api.status)),
            web.post(f"{prefix}/{{key}}/orders/{{order_id}}/cart", api.guarded(api.cart)),
            web.get(f"{prefix}/{{key}}/government_id/{{order_id}}", api.guarded(api.no_picture)),
            web.get(f"{prefix}/{{key}}/medical_id/{{order_id}}", api.guarded(api.no_picture)),
        )
    ]


class OrderApi:
    def __init__(self, market: Market, tokens: "Tokens") -> None:
        self._market = market
        self._tokens = tokens

    def guarded(self, handler: OrderHandler) -> Handler:
        """A token of the integrator, a shop's key in the path, and an order of that shop that may still be read."""

        async def inside(request: web.Request) -> web.StreamResponse:
            if not self._tokens.knows(request.headers.get("Authorization", "")):
                return _errors(401, "UnauthenticatedError", "You must be logged-in to see this.")
            key = request.match_info["key"]
            if key not in {store.leafly_key for store in self._market.shop.stores}:
                return _errors(403, "UnauthenticatedError", "Order API Not Configured")
            order = self._market.by_id.get(request.match_info["order_id"])
            if order is None or order.store.leafly_key != key or not self._readable(order):
                return web.json_response({}, status=404)
            return await handler(request, order)

        return inside

    async def read(self, _: web.Request, order: LeaflyOrder) -> web.Response:
        return web.json_response(order.shown())

    async def acknowledge(self, _: web.Request, order: LeaflyOrder) -> web.Response:
        if not order.is_live:
            return web.json_response({}, status=404)
        self._market.acknowledge(order)
        return web.Response(status=204)

    async def status(self, request: web.Request, order: LeaflyOrder) -> web.Response:
        body = await _json(request)
        if body is None or not isinstance(body.get("status"), str):
            return _schema_error("status is required")
        reason = body.get("cancelationReasonCode")
        if reason is not None and (reason not in CANCEL_REASONS or reason == "order_api_unacknowledged"):
            return _schema_error(f"cancelationReasonCode {reason!r} is not accepted")
        # "Order(s) not found or not accepted": nothing can be changed before the acknowledgement.
        if order.acknowledged_at is None:
            return web.json_response({}, status=404)
        status = body["status"]
        refusal = order.refusal_of(status)
        straight = status == "picked_up" and order.status == "pending"
        if refusal is None and straight and self._market.switches.refuse_straight_to_picked_up:
            refusal = "Order cannot be moved from pending to picked_up"
        if refusal is not None:
            return _errors(400, "BadRequestError", refusal)
        now = self._market.now()
        order.told.append(Told(status, reason if status == "canceled" else None, now))
        order.move(status, now, reason=reason)
        self._market.changes.announce()
        return web.json_response(order.shown())

    async def cart(self, request: web.Request, order: LeaflyOrder) -> web.Response:
        body = await _json(request)
        wrong = _cart_complaints(body)
        if body is None or wrong:
            return _schema_error(*wrong)
        if order.acknowledged_at is None or not order.is_live:
            return web.json_response({}, status=404)
        if body["deliveryFee"] and not order.delivery:
            return _errors(400, "BadRequestError", "deliveryFee must be zero for pickup orders")
        cart: list[CartItem] = []
        for line in body["cartItems"]:
            item = self._line(order, line)
            if item is None:
                return _errors(400, "BadRequestError", f"No variant in stock: {line['integratorVariantId']}")
            cart.append(item)
        order.cart, order.taxes, order.delivery_fee_cents = cart, body["taxes"], body["deliveryFee"]
        self._market.changes.announce()
        return web.json_response(order.shown())

    async def no_picture(self, _: web.Request, __: LeaflyOrder) -> web.Response:
        """Our shoppers send no pictures."""
        return web.json_response({}, status=404)

    def _line(self, order: LeaflyOrder, line: JsonObject) -> CartItem | None:
        """An untouched line stays, any other becomes a new line; None if there is no such thing."""
        same = next((item for item in order.cart if item.item_id == line["id"]), None)
        quantity, price, variant = line["quantity"], line["packagePrice"], line["integratorVariantId"]
        if same is not None and same.variant_id == variant:
            if (same.quantity, same.price_cents) == (quantity, price):
                return same
            return replace(
                same, item_id=str(uuid4()), quantity=quantity, price_cents=price, discounted_cents=None, deal=None
            )
        found = self._market.menu_item(order.store.key, variant, quantity)
        return replace(found, price_cents=price) if found is not None else None

    def _readable(self, order: LeaflyOrder) -> bool:
        kept = timedelta(seconds=self._market.switches.readable_after_end_seconds)
        return order.ended_at is None or self._market.now() < order.ended_at + kept


class Tokens:
    """The issuer at sso.leafly.com: the client credentials flow, as JSON, as a form, or as Basic."""

    def __init__(self, market: Market) -> None:
        self._market = market
        self._until: dict[str, datetime] = {}

    async def issue(self, request: web.Request) -> web.Response:
        asked = await _credentials(request)
        if asked.get("grant_type") != "client_credentials":
            return web.json_response({"error": "unsupported_grant_type"}, status=400)
        ours = self._market.shop.leafly
        if (asked.get("client_id"), asked.get("client_secret")) != (ours.client_id, ours.client_secret):
            return web.json_response({"error": "invalid_client"}, status=401)
        lifetime = self._market.switches.token_lifetime_seconds
        token = secrets.token_urlsafe(32)
        self._until[token] = self._market.now() + timedelta(seconds=lifetime)
        return web.json_response({"access_token": token, "token_type": "Bearer", "expires_in": int(lifetime)})

    def knows(self, authorization: str) -> bool:
        scheme, _, token = authorization.partition(" ")
        until = self._until.get(token.strip())
        return scheme.lower() == "bearer" and until is not None and self._market.now() < until

    def clear(self) -> None:
        self._until.clear()


async def _credentials(request: web.Request) -> JsonObject:
    if request.content_type == "application/x-www-form-urlencoded":
        asked: JsonObject = dict(await request.post())
    else:
        asked = await _json(request) or {}
    scheme, _, packed = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            name, _, secret = base64.b64decode(packed).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return asked
        asked = {"client_id": name, "client_secret": secret} | asked
    return asked


async def _json(request: web.Request) -> JsonObject | None:
    try:
        body = await request.json()
    except ValueError:
        return None
    return body if isinstance(body, dict) else None


def _cart_complaints(body: JsonObject | None) -> list[str]:
    if body is None:
        return ["the body must be a JSON object"]
    items, taxes = body.get("cartItems"), body.get("taxes")
    wrong = []
    if not isinstance(items, list) or not items:
        return ["cartItems must have at least one item"]
    for item in items:
        if not isinstance(item, dict) or "id" not in item or not isinstance(item.get("integratorVariantId"), str):
            wrong.append("each of cartItems needs id and integratorVariantId")
        elif not _at_least(1, item.get("quantity")) or not _at_least(1, item.get("packagePrice")):
            wrong.append("quantity and packagePrice must be integers of at least 1")
    if not wrong and len({item["integratorVariantId"] for item in items}) < len(items):
        wrong.append("a variant can only appear on one cart item")
    if not isinstance(taxes, list):
        wrong.append("taxes is required")
    elif not all(_is_tax(tax) for tax in taxes):
        wrong.append("each of taxes needs label and amountCents of at least 1")
    if not _at_least(0, body.get("deliveryFee")):
        wrong.append("deliveryFee must be an integer of at least 0")
    return wrong


def _is_tax(tax: Any) -> bool:
    return isinstance(tax, dict) and isinstance(tax.get("label"), str) and _at_least(1, tax.get("amountCents"))


def _at_least(least: int, value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


def _errors(status: int, title: str, detail: str) -> web.Response:
    return web.json_response({"errors": [{"title": title, "detail": detail}]}, status=status)


def _schema_error(*details: str) -> web.Response:
    return web.json_response(
        {"message": "An error occurred during schema validation.", "validation_result": list(details)}, status=400
    )
