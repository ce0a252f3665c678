"""A call is accepted and its answer lost. Whatever can be looked for is looked for; nothing is done twice."""

import pytest

from bot.sandbox.wire import Fault
from tests.faults.waiting import all_is_told
from tests.world import World

POST, EDIT, CREATE = "/api/chat.postMessage", "/api/chat.update", "/order-ahead/v0/create"


async def test_a_card_whose_answer_was_lost_is_found_and_not_posted_again(any_world: World) -> None:
    world = any_world
    bot = await world.start_bot()
    world.slack.lose_next_answer("chat.postMessage")
    world.leafly.place_order("downtown", shopper="jonah", items=[("Mesa Sunrise Pre-Roll", 1)])
    in_pos = await world.in_pos("Jonah")
    world.flowhub.operator.start(in_pos.order_id)
    await world.card("In progress")
    await all_is_told(world.slack, bot.database)
    assert len(world.cards()) == 1


@pytest.mark.parametrize("kind", ["cut_before", "error", "garbage", "html_403"])
async def test_a_card_that_never_reached_slack_is_posted_once(world: World, kind: str) -> None:
    bot = await world.start_bot()
    world.slack.wire.add(Fault(kind, path=POST, times=2))  # type: ignore[arg-type]
    world.leafly.place_order("downtown", shopper="jonah", items=[("Mesa Sunrise Pre-Roll", 1)])
    await world.card("Jonah R.")
    await all_is_told(world.slack, bot.database)
