"""The network between the bot and each of the others: bytes come late, or half of them and then no more."""

from collections.abc import Callable
from typing import Any

import pytest

from bot import slack_door
from tests.faults.acts import ITEMS, order
from tests.faults.doorway import Damage, Doorway, doorway
from tests.faults.record import cards_by_order, history_told
from tests.faults.waiting import all_is_told, eventually
from tests.workspaces.trespass import bot_is_done as handlers_are_done
from tests.world import World, all_words

DAMAGES: tuple[Damage, ...] = ("late", "cut", "truncated", "cut on the way there")


def to_the_web_shop(url: str) -> Callable[[dict[str, Any]], None]:
    def change(book: dict[str, Any]) -> None:
        for store in book["stores"].values():
            store["storefront_webhook_url"] = f"{url}/hooks/orders"

    return change


def through(way: Doorway, side: str) -> dict[str, Any]:
    """The settings that lead the bot's calls to one side through this way."""
    settings: dict[str, dict[str, Any]] = {
        "slack": {"slack_api_url": f"{way.url}/api/"},
        "flowhub": {"flowhub_url": way.url},
        "flowhub_auth": {"flowhub_auth_url": way.url},
        "leafly": {"leafly_url": f"{way.url}/v1/order_integration"},
        "webshop": {"stores": to_the_web_shop(way.url)},
    }
    return settings[side]


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize(("side", "times"), [("slack", 4), ("flowhub", 4), ("leafly", 2), ("webshop", 1)])
async def test_orders_are_served_once_over_a_bad_line(world: World, side: str, times: int, damage: Damage) -> None:
    async with doorway(world.sandbox.urls[side]) as way:
        bot = await world.start_bot(**through(way, side))
        way.spoil(damage, times=times)
        order(world)
        placed = await world.webshop.place_order("downtown", shopper="maya", items=ITEMS)

        async def line_is_mended() -> bool:
            return way.is_clean

        await eventually(line_is_mended, lambda: f"{times} exchanges with {side} that are {damage}")
        await all_is_told(world.slack, bot.database)
        asked_about = [card for card in world.cards() if "Did it arrive?" in all_words(card)]
        for in_pos in world.flowhub.orders:
            world.flowhub.operator.ready(in_pos.order_id)
        for shopper in ("Jonah R.", "Maya A."):
            if shopper not in "".join(map(all_words, asked_about)):
                await world.card(shopper, "Ready")
        await all_is_told(world.slack, bot.database)
    assert placed.status == 200
    assert len(cards_by_order(world.slack)) == 2
    assert world.flowhub.created_count == len({one.shopper_name for one in world.flowhub.orders})
    assert world.flowhub.created_count + len(asked_about) >= 2


async def test_a_sign_in_over_a_bad_line_is_made_again(world: World) -> None:
    async with doorway(world.sandbox.urls["flowhub_auth"]) as way:
        bot = await world.start_bot(**through(way, "flowhub_auth"))
        for damage in DAMAGES:
            way.spoil(damage, times=1)
        order(world)
        await world.in_pos("Jonah")
        await all_is_told(world.slack, bot.database)
    assert world.flowhub.created_count == 1


@pytest.mark.parametrize("damage", DAMAGES)
async def test_a_status_is_read_again_over_a_bad_line(world: World, damage: Damage) -> None:
    async with doorway(world.sandbox.urls["flowhub"]) as way:
        bot = await world.start_bot(**through(way, "flowhub"))
        order(world)
        in_pos = await world.in_pos("Jonah")
        await world.card("Jonah R.", "Claim")
        await all_is_told(world.slack, bot.database)
        for change in (world.flowhub.operator.start, world.flowhub.operator.ready):
            way.spoil(damage, times=3)
            change(in_pos.order_id)
            await world.card("Jonah R.", "In progress" if change == world.flowhub.operator.start else "Ready")
        await all_is_told(world.slack, bot.database)


@pytest.mark.parametrize("damage", DAMAGES)
async def test_who_presses_over_a_bad_line_is_served_or_told_to_try_again(
    world: World, damage: Damage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The line is that of Socket Mode, too."""
    monkeypatch.setattr(slack_door, "PING_SECONDS", 1.0)
    async with doorway(world.sandbox.urls["slack"]) as way:
        bot = await world.start_bot(**through(way, "slack"))
        order(world)
        card = await world.card("Jonah R.", "Claim")
        await all_is_told(world.slack, bot.database)
        way.spoil(damage, times=2)

        async def is_claimed() -> bool:
            """Whoever hears that the app is not responding presses again."""
            if "Claim" in all_words(card):
                await world.slack.press(world.budtender, card.channel, card.ts, "claim_order")
                await handlers_are_done()
            return "Release" in all_words(card)

        await eventually(is_claimed, lambda: "a claim on the card")
        await all_is_told(world.slack, bot.database)
        assert len([line for line in history_told(world.slack, card) if "claimed" in line]) == 1
