"""What becomes of what was taken, and what an operator sees of it."""

import asyncio
import json

import httpx
import pytest

from bot.app import Bot
from bot.rules.deliveries import Kind
from bot.store import deliveries, orders
from tests.handlers.doors import Door, an_order, knock
from tests.world import World, all_words


async def test_the_last_of_two_values_of_a_field_counts_as_everywhere(
    web: httpx.AsyncClient, four: dict[str, Door]
) -> None:
    body = json.dumps(an_order()).replace("{", '{"order_id": "first", ', 1).encode()
    answer = await knock(web, four["web shop"].knock(body))
    assert answer.status_code == 200
    assert answer.json()["order_id"].startswith("GM-")


async def test_the_same_order_again_changes_nothing(
    house: World, web: httpx.AsyncClient, four: dict[str, Door], bot: Bot
) -> None:
    """Also as another message, and with something else in it."""
    order = an_order(customer__first_name="Walt", customer__last_name="Kimura")
    again = {**order, "note": "changed"}
    for body in (order, order, again):
        one = four["web shop"].knock(json.dumps(body).encode())
        for _ in range(2):
            assert (await knock(web, one)).json() == {"order_id": order["order_id"], "accepted": True}
    card = await house.card("Walt K.")
    assert "changed" not in all_words(card)
    async with bot.database.read() as tx:
        found = [one for one in await orders.open_orders(tx, "downtown") if one.source_id == order["order_id"]]
        taken = await deliveries.find(tx, Kind.TAKE_IN, f"downtown:{order['order_id']}")
    assert len(found) == 1
    assert taken is not None
    assert taken.wanted == 1


async def test_odd_names_land_as_they_are(house: World, web: httpx.AsyncClient, four: dict[str, Door]) -> None:
    names = [
        ("👩‍🌾", "Reed"),
        ("دعاء", "حسن"),
        ("O'Brien <script>", "&amp;"),
        ("*Bold*_", "~x~"),
        ("Zoë\u0000", "Ünal"),
    ]
    for first, last in names:
        order = an_order(customer__first_name=first, customer__last_name=last, items__0__name="سکر 🍬 @channel <!here>")
        assert (await knock(web, four["web shop"].knock(json.dumps(order).encode()))).status_code == 200
    for words in ("👩‍🌾 R.", "دعاء ح.", "O'Brien", "Bold", "Zoë Ü."):
        card = await house.card(words, "سکر 🍬")
        assert "<!here>" not in all_words(card)
        assert "<script>" not in all_words(card)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
async def test_other_methods_are_not_taken(web: httpx.AsyncClient, method: str) -> None:
    for path in ("/orders", "/leafly/webhooks", "/slack/events"):
        assert (await web.request(method, path)).status_code == 405


async def test_a_connection_that_rested_is_answered(web: httpx.AsyncClient) -> None:
    """A proxy in front holds on to it for a minute; had the bot hung up first, an order on its way would be lost."""
    reader, writer = await asyncio.open_connection(web.base_url.host, web.base_url.port)
    for _ in range(2):
        writer.write(b"GET /livez HTTP/1.1\r\nHost: bot\r\n\r\n")
        assert await reader.readuntil(b'{"alive":true}')
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(reader.read(1), 6)  # uvicorn's own measure is five seconds
    writer.close()


async def test_what_is_not_there_is_not_there(web: httpx.AsyncClient) -> None:
    for path in ("/", "/.env", "/flowhub/postback/downtown", "/slack/install", "/control"):
        assert (await web.get(path)).status_code == 404


async def test_an_operator_sees_that_it_lives_works_and_counts(
    house: World, web: httpx.AsyncClient, four: dict[str, Door]
) -> None:
    order = an_order(customer__first_name="Dana", customer__last_name="Whitfield")
    assert (await knock(web, four["web shop"].knock(json.dumps(order).encode()))).status_code == 200
    await house.card("Dana W.")
    assert (await web.get("/livez")).json() == {"alive": True}
    ready = await web.get("/readyz")
    assert ready.status_code == 200
    assert ready.json()["ready"] is True
    assert ready.json()["open_orders"] > 0
    metrics = (await web.get("/metrics")).text
    assert 'orderahead_deliveries_total{ended="done",kind="card"}' in metrics
