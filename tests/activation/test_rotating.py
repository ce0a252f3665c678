"""/flowhub rotate: the new pair is proved, then switched; nothing is dropped while orders keep coming."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from bot.sandbox.shop import Shop
from bot.sandbox.wire import Fault
from tests.activation.desk_clerk import Clerk, words_of

NEW_KEY = "22222222-3333-4444-8555-666666666666"
ORDERS = 9
"""A channel takes one new card a second."""
NEW_PAIR = {"order_ahead_client_id": "oa-uptown-client-0002", "order_ahead_token": "oa-uptown-token-0002"}


@pytest.fixture
def flowhub_forgets(clerk: Clerk) -> Iterator[None]:
    """Puts the shop at Flowhub back as it was."""
    shop = clerk.flowhub.pos.shop
    yield
    clerk.flowhub.pos.shop = shop


def issued(shop: Shop, **changed: str) -> Shop:
    """Flowhub gave out a new Order Ahead pair for Uptown, and the old one is worth nothing from then on."""
    stores = tuple(replace(store, **changed) if store.key == "uptown" else store for store in shop.stores)  # type: ignore[arg-type]
    return replace(shop, stores=stores)


async def rotates(clerk: Clerk, values: dict[str, Any]) -> dict[str, str]:
    await clerk.types("rotate")
    return await clerk.sends(await clerk.asked("order_ahead_token"), values)


async def sealed_in(clerk: Clerk) -> list[str]:
    assert clerk.bot is not None
    async with clerk.bot.database.read() as tx:
        return [tx.vault.open(str(row)) for (row,) in await tx.connection.execute(text("SELECT sealed FROM stores"))]


@pytest.mark.usefixtures("flowhub_forgets")
async def test_a_pair_that_does_not_work_changes_nothing(clerk: Clerk) -> None:
    await clerk.open("downtown")
    key = await clerk.connects("uptown")
    before = (await clerk.known(key)).credentials
    for values, field, words in (
        (NEW_PAIR, "order_ahead_token", "issues no token"),
        ({"order_ahead_client_id": "alone"}, "order_ahead_token", "fill in this one as well"),
        ({}, "order_ahead_client_id", "fill in this one as well"),
        ({"client_id": "oa-uptown-client-0001", "key": "oa-uptown-token-0001"}, "client_id", "Order Ahead Client ID"),
    ):
        await clerk.types("rotate")
        errors = await clerk.sends(await clerk.asked("order_ahead_token"), values)
        assert words in errors[field], errors
    assert (await clerk.known(key)).credentials == before


@pytest.mark.usefixtures("flowhub_forgets")
async def test_a_new_pair_takes_the_old_ones_place_and_nothing_is_left_of_the_old_one(clerk: Clerk) -> None:
    bot = await clerk.open("downtown")
    await clerk.connects("uptown", leafly_key=clerk.sandbox.shop.store("uptown").leafly_key)
    clerk.flowhub.pos.shop = issued(clerk.flowhub.pos.shop, **NEW_PAIR)
    assert await rotates(clerk, NEW_PAIR) == {}
    assert "has a new Order Ahead pair" in words_of(await clerk.sees("nothing was dropped"))
    sealed = await sealed_in(clerk)
    assert not any("oa-uptown-token-0001" in one for one in sealed)
    assert sum("oa-uptown-token-0002" in one for one in sealed) == 1
    assert not any("oa-uptown-token-0001" in str(pair) for pair in bot.desk.flowhubs._order_aheads)
    clerk.leafly.place_order("uptown", shopper="tessa", items=[("Ginger Mints", 2)])
    await clerk.in_pos("Tessa", store="uptown")


@pytest.mark.usefixtures("flowhub_forgets")
async def test_an_accounts_pair_is_changed_for_all_its_stores_at_once(clerk: Clerk) -> None:
    await clerk.open()
    uptown = await clerk.connects("uptown")
    riverside = await clerk.connects("riverside")
    clerk.flowhub.pos.shop = replace(clerk.flowhub.pos.shop, key=NEW_KEY)
    assert await rotates(clerk, clerk.account_values(key=NEW_KEY)) == {}
    await clerk.sees("The account of", "Uptown", "Riverside")
    for key in (uptown, riverside):
        credentials = (await clerk.known(key)).credentials
        assert credentials is not None
        assert credentials.flowhub_key == NEW_KEY


async def test_a_pair_that_the_settings_file_holds_is_changed_there(clerk: Clerk) -> None:
    await clerk.open("downtown")
    await clerk.types("rotate", channel=clerk.channel)
    await clerk.told("put the new credentials there")
    await clerk.connects("uptown")
    errors = await rotates(clerk, clerk.account_values())
    assert "Downtown is of the same account" in errors["client_id"]


@pytest.mark.usefixtures("flowhub_forgets")
async def test_while_orders_keep_coming_a_rotation_drops_and_doubles_none(clerk: Clerk) -> None:
    """The old pair dies at Flowhub before the new one is typed, as it does when Flowhub replaces it."""
    await clerk.open("downtown")
    await clerk.connects("uptown", leafly_key=clerk.sandbox.shop.store("uptown").leafly_key)
    uptown = clerk.sandbox.channels["uptown"]
    shoppers = [one.key for one in clerk.sandbox.shop.shoppers]
    placed: list[str] = []

    async def shop() -> None:
        for number in range(ORDERS):
            order = clerk.leafly.place_order("uptown", shopper=shoppers[number % 8], items=[("Ginger Mints", 1)])
            placed.append(str(order.order_id))
            await clerk.leafly.until(lambda order=order: order.acknowledged_at is not None, timeout=20)  # type: ignore[misc]

    shopping = asyncio.create_task(shop())
    await clerk.until(lambda: len(clerk.cards(uptown)) >= 2, "two cards")
    clerk.flowhub.pos.shop = issued(clerk.flowhub.pos.shop, **NEW_PAIR)
    clerk.flowhub.doors.revoke_tokens()
    await clerk.until(lambda: len(clerk.cards(uptown)) >= 4, "four cards")
    clerk.flowhub.wire.add(Fault("delay", path="/oauth/token", seconds=0.3))
    assert await rotates(clerk, NEW_PAIR) == {}
    await clerk.sees("has a new Order Ahead pair")
    await shopping
    await clerk.flowhub.until(lambda: clerk.flowhub.created_count == ORDERS, timeout=20)
    await clerk.until(lambda: len(clerk.cards(uptown)) == ORDERS, "all the cards")
    assert (len(placed), clerk.flowhub.created_count, len(clerk.cards(uptown))) == (ORDERS, ORDERS, ORDERS)
