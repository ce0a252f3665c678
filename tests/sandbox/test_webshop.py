"""An owner's own web shop as the bot meets it."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from bot.sandbox.shop import NotPossible
from bot.sandbox.webshop import WebShop
from bot.sandbox.wire import serve, tls

from .running import GUMMIES, SHOP, Listener, listening


@asynccontextmanager
async def shop_running() -> AsyncIterator[tuple[WebShop, Listener]]:
    async with listening() as bot:
        shop = WebShop(shop=SHOP, bot_url=bot.url)
        try:
            yield shop, bot
        finally:
            await shop.close()


@asynccontextmanager
async def hooks_running() -> AsyncIterator[tuple[WebShop, "Sender"]]:
    shop = WebShop(shop=SHOP)
    server = await serve(shop.app)
    async with httpx.AsyncClient(trust_env=False, verify=tls()) as http:
        try:
            yield shop, Sender(http, f"{server.url}/hooks/orders", shop.hooks_secret)
        finally:
            await server.close()


class Sender:
    """What the bot does when it tells a web shop something."""

    def __init__(self, http: httpx.AsyncClient, url: str, secret: str) -> None:
        self._http, self._url, self._secret = http, url, secret

    async def tell(self, body: dict[str, Any], *, webhook_id: str = "msg_1", secret: str | None = None) -> int:
        raw, now = json.dumps(body), datetime.now(UTC)
        headers = {
            "webhook-id": webhook_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(secret or self._secret).sign(webhook_id, now, raw),
        }
        return (await self._http.post(self._url, content=raw, headers=headers)).status_code


async def test_an_order_is_signed_and_says_everything() -> None:
    async with shop_running() as (shop, bot):
        order = await shop.place_order(
            "downtown", shopper="tessa", items=[("Huckleberry Gummies", 2)], note="Gate code 4", fees={"Bag": 10}
        )
        assert (order.status, order.failed) == (200, None)
        body = Webhook(shop.orders_secret).verify(bot.raw[0], bot.headers[0])
        assert body["order_id"] == order.order_id
        assert body["customer"] == {
            "first_name": "Tessa",
            "last_name": "Okafor",
            "phone": "+13035550106",
            "email": "tessa.okafor@example.com",
            "birth_date": "1983-02-17",
            "medical_id": "CO-MED-0106-4471",
            "medical_id_expires": "2031-05-31",
            "customer_type": "med",
        }
        assert body["items"] == [
            {
                "product_id": GUMMIES.product_id,
                "variant_id": GUMMIES.variant_id,
                "sku": GUMMIES.sku,
                "name": GUMMIES.name,
                "quantity": 2,
                "discount_note": None,
                "unit_price_cents": 2200,
            }
        ]
        assert (body["type"], body["address"], body["total_cents"]) == ("pickup", None, 4410)
        assert body["fees"] == [{"name": "Bag", "amount_cents": 10}]


async def test_a_delivery_names_the_store_address_and_hours() -> None:
    async with shop_running() as (shop, bot):
        window = (datetime(2026, 11, 20, 20, tzinfo=UTC), datetime(2026, 11, 20, 21, tzinfo=UTC))
        await shop.place_order(
            "uptown", shopper="jonah", items=[("Yuzu Seltzer", 6)], order_type="delivery", requested=window
        )
        body = bot.got[0][1]
        assert body is not None
        assert body["address"]["street1"] == "77 Wynkoop Court"
        assert body["requested_until"] == "2026-11-20T21:00:00+00:00"


async def test_a_shop_may_know_items_by_name_only() -> None:
    async with shop_running() as (shop, bot):
        await shop.place_order(
            "downtown", shopper="walt", items=[("Arnica Balm 1:1", 1)], ids=(), unlisted=[("Gift card", 2500)]
        )
        body = bot.got[0][1]
        assert body is not None
        assert [item["product_id"] or item["variant_id"] or item["sku"] for item in body["items"]] == [None, None]
        assert [item["name"] for item in body["items"]] == ["Arnica Balm 1:1 - 60 ml", "Gift card"]


async def test_the_same_order_can_be_sent_again_and_with_a_wrong_secret() -> None:
    async with shop_running() as (shop, bot):
        order = await shop.place_order("downtown", shopper="maya", items=[("Yuzu Seltzer", 1)])
        await shop.send(order, webhook_id="msg_again")
        assert bot.raw[0] == bot.raw[1]
        assert bot.headers[1]["webhook-id"] == "msg_again"
        await shop.send(order, secret="whsec_" + "d3Jvbmctd3Jvbmctd3Jvbmc=")
        with pytest.raises(WebhookVerificationError):
            Webhook(shop.orders_secret).verify(bot.raw[2], bot.headers[2])


async def test_each_store_may_have_a_secret_of_its_own() -> None:
    async with shop_running() as (shop, bot):
        shop.orders_secrets["uptown"] = "whsec_dXB0b3duLXVwdG93bi11cHRvd24="
        await shop.place_order("uptown", shopper="maya", items=[("Yuzu Seltzer", 1)])
        assert Webhook(shop.orders_secrets["uptown"]).verify(bot.raw[0], bot.headers[0])


async def test_a_refused_order_and_a_bot_that_is_away_are_remembered() -> None:
    async with shop_running() as (shop, bot):
        bot.answers = [422]
        assert (await shop.place_order("downtown", shopper="maya", items=[("Yuzu Seltzer", 1)])).status == 422
        shop.bot_url = "http://127.0.0.1:9"
        order = await shop.place_order("downtown", shopper="maya", items=[("Yuzu Seltzer", 1)])
        assert (order.status, order.failed is not None) == (None, True)
        shop.bot_url = None
        with pytest.raises(NotPossible, match="where the bot listens"):
            await shop.place_order("downtown", shopper="maya", items=[("Yuzu Seltzer", 1)])


async def test_a_hook_is_verified_and_counts_once() -> None:
    async with hooks_running() as (shop, sender):
        body = {"type": "order.status", "data": {"order_id": "GM-1", "status": "ready"}}
        assert [await sender.tell(body), await sender.tell(body), await sender.tell(body, webhook_id="msg_2")] == [
            200
        ] * 3
        assert [(hook.webhook_id, hook.repeated) for hook in shop.hooks] == [
            ("msg_1", False),
            ("msg_1", True),
            ("msg_2", False),
        ]
        assert [hook.body for hook in shop.told_of("GM-1")] == [body, body]


async def test_a_badly_signed_hook_is_refused() -> None:
    async with hooks_running() as (shop, sender):
        assert await sender.tell({"order_id": "GM-1"}, secret=shop.orders_secret) == 401
        assert (shop.told, shop.hooks[0].problem) == ([], "WebhookVerificationError: No matching signature found")


@pytest.mark.parametrize("status", [500, 410])
async def test_a_broken_shop_takes_nothing_for_so_many_times(status: int) -> None:
    async with hooks_running() as (shop, sender):
        shop.break_hooks(status, 2)
        assert [await sender.tell({"order_id": "GM-1"}) for _ in range(3)] == [status, status, 200]
        assert [hook.repeated for hook in shop.told_of("GM-1")] == [False]


async def test_a_reset_forgets_everything() -> None:
    async with hooks_running() as (shop, sender):
        await sender.tell({"order_id": "GM-1"})
        shop.break_hooks(500, 5)
        await shop.reset()
        assert (shop.hooks, shop.orders) == ([], [])
        assert await sender.tell({"order_id": "GM-1"}) == 200
