"""The control panel, as the console page and the tests use it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from aiohttp import web

from bot.sandbox.control import add_control_routes
from bot.sandbox.flowhub import FlowhubStandIn
from bot.sandbox.leafly import LeaflyStandIn
from bot.sandbox.webshop import WebShop
from bot.sandbox.wire import Wire, serve, tls

from .running import SHOP, Listener, listening


@dataclass
class Control:
    flowhub: FlowhubStandIn
    leafly: LeaflyStandIn
    webshop: WebShop
    slack: Wire
    bot: Listener
    flowhub_url: str
    http: httpx.AsyncClient

    async def get(self, path: str, **params: str | int) -> Any:
        response = await self.http.get(f"/control/{path}", params=params)
        assert response.status_code == 200, response.text
        return response.json()

    async def post(self, path: str, /, **body: Any) -> Any:
        response = await self.http.post(f"/control/{path}", json=body)
        assert response.status_code == 200, response.text
        return response.json()

    async def refused(self, path: str, method: str = "POST", /, **body: Any) -> str:
        response = await self.http.request(method, f"/control/{path}", json=body)
        assert response.status_code == 422, response.text
        return str(response.json()["error"])


@asynccontextmanager
async def control_running() -> AsyncIterator[Control]:
    async with listening() as bot:
        flowhub, leafly = FlowhubStandIn(shop=SHOP), LeaflyStandIn(shop=SHOP, webhook_url=bot.url)
        webshop, slack, app = WebShop(shop=SHOP, bot_url=bot.url), Wire("slack"), web.Application()
        story = {"caption": "Morning", "step": 1, "of": 9, "state": "playing"}
        add_control_routes(
            app, flowhub=flowhub, leafly=leafly, webshop=webshop, wires=[slack], story=lambda: dict(story)
        )
        server, api = await serve(app), await serve(flowhub.app)
        async with httpx.AsyncClient(base_url=server.url, trust_env=False, verify=tls()) as http:
            try:
                yield Control(flowhub, leafly, webshop, slack, bot, api.url, http)
            finally:
                await server.close()
                await api.close()
                await leafly.close()
                await webshop.close()


# People --------------------------------------------------------------------------------------------------------------


async def test_a_shopper_orders_on_leafly_and_cancels() -> None:
    async with control_running() as control:
        order = await control.post(
            "orders/leafly",
            store="downtown",
            shopper="maya",
            items=[{"name": "Huckleberry Gummies", "quantity": 2}, "Yuzu Seltzer"],
            unlisted=[{"name": "Mystery Jar", "price_cents": 1500}],
            deal="Gummy Friday",
        )
        assert (order["status"], order["shopper"], order["acknowledged"]) == ("pending", "Maya Alvarez", False)
        await control.leafly.webhooks.settled()
        assert control.bot.events == ["order_submit"]
        await control.post(f"leafly/orders/{order['order_id']}/cancel")
        assert [order["reason"] for order in await control.get("leafly/orders")] == ["customer"]


async def test_a_courier_moves_a_leafly_delivery() -> None:
    async with control_running() as control:
        order = await control.post(
            "orders/leafly", store="downtown", shopper="maya", items=["Yuzu Seltzer"], delivery=True
        )
        path = f"leafly/orders/{order['order_id']}/courier"
        assert (await control.post(path, status="out_for_delivery"))["status"] == "out_for_delivery"


async def test_a_shopper_orders_in_the_web_shop_and_hears_the_answer() -> None:
    async with control_running() as control:
        control.bot.answers = [202]
        order = await control.post(
            "orders/webshop", store="uptown", shopper="dana", items=["Yuzu Seltzer"], type="kiosk"
        )
        assert order["status"] == 202
        assert [order["status"] for order in (await control.get("webshop"))["orders"]] == [202]
        assert (await control.post("webshop/break", status=410, times=2)) == {"status": 410, "times": 2}


async def test_the_cashier_takes_an_order_through_its_steps() -> None:
    async with control_running() as control:
        order = await control.post(
            "orders/pos", store="downtown", shopper="jonah", items=["Yuzu Seltzer"], partner="Budfinder", note="Cash"
        )
        shown = (await control.get("pos/orders", store="downtown"))[0]
        assert (shown["column"], shown["shopper"], shown["source"]) == ("New Orders", "Jonah Reed", "Budfinder")
        assert await control.get("pos/orders", store="uptown") == []
        path = f"pos/orders/{order['order_id']}"
        steps = [
            (await control.post(f"{path}/{step}", by="Sam Whitehorse"))["status"] for step in ("start", "ready", "sell")
        ]
        assert steps == ["started", "ready", "sold"]
        assert (await control.post(f"{path}/reopen", status="ready"))["column"] == "Ready"
        assert (await control.post(f"{path}/set_status", status="onTheRoof"))["status"] == "onTheRoof"


async def test_somebody_walks_in_and_brings_it_back() -> None:
    async with control_running() as control:
        sale = await control.post(
            "sales", store="riverside", shopper="nora", items=[{"name": "Ginger Mints", "quantity": 2}]
        )
        assert (sale["buyer"], sale["cents"]) == ("Nora Begay", 3200)
        refund = await control.post(f"sales/{sale['sale_id']}/refund")
        assert (refund["original_sale_id"], refund["cents"]) == (sale["sale_id"], -3200)
        assert (await control.post(f"sales/{sale['sale_id']}/void"))["voided"] is True


@pytest.mark.parametrize(
    ("path", "body", "sentence"),
    [
        ("orders/leafly", {"shopper": "maya"}, "“store” must be a text."),
        ("orders/leafly", {"store": "midtown", "shopper": "maya"}, "There is no store “midtown”"),
        ("orders/leafly", {"store": "downtown", "shopper": "maya"}, "An order needs at least one item."),
        ("orders/leafly", {"store": "downtown", "shopper": "maya", "items": ["Moon Rock"]}, "has nothing called"),
        ("orders/leafly", {"store": "downtown", "shopper": "maya", "items": "all"}, "“items” must be a list."),
        ("orders/leafly", {"store": "downtown", "shopper": "maya", "delivery": "yes"}, "must be true or false"),
        ("orders/webshop", {"store": "downtown", "shopper": "maya", "type": "drone"}, "must be one of pickup"),
        ("orders/pos", {"store": "downtown", "shopper": "maya", "items": [1]}, "must be an object or a name"),
        (
            "orders/pos",
            {"store": "downtown", "shopper": "maya", "items": [{"name": "Yuzu Seltzer", "quantity": "2"}]},
            "“quantity” must be a number.",
        ),
        ("sales/none/void", {}, "The till has no sale none."),
        ("sales/none/burn", {}, "A sale can't be “burn”"),
        ("pos/orders/none/start", {}, "The till has no order none."),
        ("pos/orders/none/dance", {}, "The cashier has no step “dance”"),
        ("leafly/orders/none/cancel", {}, "Leafly has no order none."),
        ("webshop/break", {"status": 200}, "“status” must be a code from 300 to 599"),
        ("cashier", {"order_id": "none", "do": "dance"}, "The cashier has no step “dance”"),
        ("weather", {"rain": True}, "There is no weather “rain”"),
        ("faults/flowhub", {"kind": "flood"}, "“kind” must be one of"),
        ("faults/flowhub", {"kind": "down", "sky": 1}, "A fault has no “sky”."),
        ("faults/flowhub", {"kind": "down", "times": 0}, "“times” must be at least 1"),
        ("faults/moon", {"kind": "down"}, "There is no stand-in “moon” here"),
    ],
)
async def test_what_cannot_be_done_is_refused_with_a_sentence(path: str, body: dict[str, Any], sentence: str) -> None:
    async with control_running() as control:
        assert sentence in await control.refused(path, **body)


async def test_a_body_that_is_no_json_object_is_refused() -> None:
    async with control_running() as control:
        for content in (b"{", b"[]"):
            response = await control.http.post("/control/orders/leafly", content=content)
            assert response.status_code == 422


# The console's side panel --------------------------------------------------------------------------------------------


async def test_the_panel_plays_shopper_and_cashier_with_one_click_each() -> None:
    async with control_running() as control:
        await control.post("shopper", source="leafly", store="uptown")
        await control.post("shopper", source="storefront", store="uptown")
        order = await control.post("shopper", source="flowhub", store="uptown")
        world = await control.get("world")
        assert [(row["store"], row["shopper"], row["column"]) for row in world["pos"]] == [
            ("uptown", "Priya Natarajan", "new")
        ]
        assert world["pos"][0]["items"] == 2
        assert [store["key"] for store in world["stores"]] == ["downtown", "uptown", "riverside"]
        assert world["story"]["caption"] == "Morning"
        await control.post("cashier", order_id=order["order_id"], do="start")
        assert [row["column"] for row in (await control.get("world"))["pos"]] == ["in progress"]
        await control.post("cashier", order_id=order["order_id"], do="sell")
        assert (await control.get("world"))["pos"] == []


async def test_an_order_that_the_bot_refuses_is_said_so() -> None:
    async with control_running() as control:
        control.bot.answers = [503]
        assert "The bot did not take the order: 503" in await control.refused("shopper", source="storefront")


async def test_the_weather_turns_and_clears() -> None:
    async with control_running() as control:
        clear = {"flowhub_down": False, "slack_rate_limited": False, "postbacks_lost": False}
        assert (await control.get("world"))["weather"] == clear
        bad = dict.fromkeys(clear, True)
        assert await control.post("weather", **bad) == bad
        assert control.slack.faults[0].kind == "rate_limited"
        assert (await control.get("switches/flowhub"))["postback"] == "never"
        with pytest.raises(httpx.RemoteProtocolError):
            await control.http.get(f"{control.flowhub_url}/v0/inventory")
        assert await control.post("weather", flowhub_down=False) == bad | {"flowhub_down": False}
        assert (await control.http.get(f"{control.flowhub_url}/v0/inventory")).status_code == 401


# Knobs ---------------------------------------------------------------------------------------------------------------


async def test_switches_are_read_and_flipped() -> None:
    async with control_running() as control:
        assert (await control.get("switches/flowhub"))["postback"] == "once"
        flipped = {"postback": "twice", "postback_statuses": ["ready"], "sale_visible_after_seconds": 5}
        answer = await control.http.patch("/control/switches/flowhub", json=flipped)
        assert answer.json() | flipped == answer.json()
        assert control.flowhub.switches.postback_statuses == ("ready",)
        await control.http.patch("/control/switches/flowhub", json={"postback_statuses": None})
        assert (await control.get("switches/flowhub"))["postback_statuses"] is None
        assert (await control.get("switches/leafly"))["acknowledge_within_seconds"] == 900


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({"postbacks": "once"}, "There is no switch “postbacks”."),
        ({"postback": "maybe"}, "it takes one of once, never, twice, out_of_order, late."),
        ({"orders_in_cents": 1}, "it takes true or false."),
        ({"create_status_code": 204}, "it takes one of 200, 201."),
        ({"default_page_size": 1.5}, "it takes a whole number."),
        ({"token_requests_allowed": "many"}, "it takes a whole number or null."),
        ({"token_scope": None}, "it takes a text."),
        ({"sale_visible_after_seconds": "soon"}, "it takes a number."),
    ],
)
async def test_a_wrong_switch_changes_nothing(body: dict[str, Any], sentence: str) -> None:
    async with control_running() as control:
        assert sentence in await control.refused("switches/flowhub", "PATCH", **({"underscore_ids": True} | body))
        assert control.flowhub.switches.underscore_ids is False


async def test_faults_are_added_listed_and_cleared() -> None:
    async with control_running() as control:
        await control.post("faults/flowhub", kind="error", status=502, path="/v0/*", times=None)
        assert (await control.get("faults"))["flowhub"][0]["status"] == 502
        assert (await control.http.get(f"{control.flowhub_url}/v0/inventory")).status_code == 502
        await control.http.delete("/control/faults/flowhub")
        assert (await control.get("faults"))["flowhub"] == []
        assert "slack" in await control.get("faults")


async def test_the_record_of_the_wire_goes_on_where_the_reader_left_off() -> None:
    async with control_running() as control:
        await control.http.get(f"{control.flowhub_url}/v0/inventory")
        first = await control.get("wire")
        entry = first["entries"][0]
        assert (entry["n"], entry["to"], entry["path"], entry["status"]) == (1, "flowhub", "/v0/inventory", 401)
        await control.http.get(f"{control.flowhub_url}/health")
        second = await control.get("wire", after=first["last"])
        assert [entry["path"] for entry in second["entries"]] == ["/health"]
        assert (await control.get("wire", to="leafly"))["entries"] == []
        assert "whole number" in await control.refused("wire?after=now", "GET")


async def test_a_reset_reaches_every_stand_in() -> None:
    async with control_running() as control:
        await control.post("shopper", source="leafly")
        await control.post("shopper", source="flowhub")
        await control.post("weather", flowhub_down=True, postbacks_lost=True)
        await control.post("reset")
        world = await control.get("world")
        assert (world["pos"], any(world["weather"].values()), control.leafly.orders) == ([], False, [])
        assert await control.get("wire") == {"entries": [], "last": 0}
