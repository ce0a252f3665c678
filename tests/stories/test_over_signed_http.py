"""The whole of a story again where Slack calls the bot over signed HTTP instead of Socket Mode."""

from collections.abc import AsyncIterator

import pytest

from tests.world import World, all_words


@pytest.fixture
async def http_world(world: World) -> AsyncIterator[World]:
    await world.start_bot(slack_app_token="")
    yield world
    world.slack.events_url = None


async def test_an_order_is_claimed_revealed_released_and_sold(http_world: World) -> None:
    world = http_world
    assert world.slack.sockets.count() == 0
    placed = world.leafly.place_order("downtown", shopper="jonah", items=[("Mesa Sunrise Pre-Roll", 3)])
    in_pos = await world.in_pos("Jonah")
    await world.press(world.budtender, await world.card("Claim"), "claim_order")
    claimed = await world.card("Who has it*\nImani")
    await world.press(world.budtender, claimed, "reveal_contact")
    await world.submit(world.budtender, {"reason": "Something is missing"})
    seen = await world.told_privately(world.budtender, "+13035550102")
    assert "Jonah Reed" in all_words(seen)
    await world.press(world.manager, claimed, "release_order")
    await world.card("Nobody yet")
    for step, words in (("start", "In progress"), ("ready", "Ready"), ("sell", "Picked up")):
        getattr(world.flowhub.operator, step)(in_pos.order_id)
        await world.card("Jonah R.", words)
    await world.leafly.until(lambda: placed.status == "picked_up", timeout=world.patience)
    answer = await world.slack.command(world.budtender, world.channel, "/orders", "show A01")
    assert answer.ok
    await world.told_privately(world.budtender, "Picked up")


async def test_a_cancel_is_asked_with_a_modal(http_world: World) -> None:
    world = http_world
    await world.webshop.place_order("downtown", shopper="maya", items=[("Ginger Mints", 1)])
    in_pos = await world.in_pos("Maya")
    await world.press(world.budtender, await world.card("Maya A.", "Claim"), "ask_to_cancel")
    await world.submit(world.budtender, {"reason": "customer"})
    await world.card("Maya A.", "Cancel asked by")
    world.flowhub.operator.delete(in_pos.order_id)
    await world.card("Maya A.", "Cancelled")


async def test_slacks_own_check_of_the_address_is_answered(http_world: World) -> None:
    assert await http_world.slack.verify_events_url()
