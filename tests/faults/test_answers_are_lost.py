"""A call is accepted and its answer lost, or it is not accepted and one can't know. What can be looked for is looked for,
what can't is asked of a person; nothing is done twice."""

import pytest

from bot.sandbox.wire import Fault, FaultKind
from tests.faults.acts import order
from tests.faults.record import history_told, told_twice, without_times
from tests.faults.waiting import all_is_told
from tests.world import World

POST, EDIT, LOOK = "/api/chat.postMessage", "/api/chat.update", "/api/conversations.*"
CREATE = "/order-ahead/v0/create"
QUESTION = "Did it arrive?"


async def test_a_card_whose_answer_was_lost_is_found_and_not_posted_again(any_world: World) -> None:
    bot = await any_world.start_bot()
    any_world.slack.lose_next_answer("chat.postMessage")
    order(any_world)
    in_pos = await any_world.in_pos("Jonah")
    any_world.flowhub.operator.start(in_pos.order_id)
    await any_world.card("In progress")
    await all_is_told(any_world.slack, bot.database)
    assert len(any_world.cards()) == 1


@pytest.mark.parametrize("kind", ["cut_before", "error", "garbage", "html_403", "rate_limited"])
async def test_a_card_that_never_reached_slack_is_posted_once(world: World, kind: FaultKind) -> None:
    bot = await world.start_bot()
    world.slack.wire.add(Fault(kind, path=POST, times=2))
    order(world)
    await world.card("Jonah R.")
    await all_is_told(world.slack, bot.database)


async def test_a_card_is_looked_for_until_one_may_look(world: World) -> None:
    bot = await world.start_bot()
    world.slack.lose_next_answer("chat.postMessage")
    world.slack.wire.add(Fault("down", path=LOOK, times=5))
    world.slack.wire.add(Fault("rate_limited", path=LOOK, times=1, seconds=1))
    order(world)
    await world.card("Jonah R.", "New")
    await all_is_told(world.slack, bot.database)
    assert len(world.cards()) == 1


async def test_a_card_is_found_by_a_bot_whose_clock_is_ten_minutes_ahead(world: World) -> None:
    bot = await world.start_bot()
    world.slack.clock.advance(-600)
    try:
        world.slack.lose_next_answer("chat.postMessage")
        order(world)
        await world.card("Jonah R.", "New")
        await all_is_told(world.slack, bot.database)
    finally:
        world.slack.clock.advance(600)


async def test_an_edit_whose_answer_was_lost_is_made_again(world: World) -> None:
    bot = await world.start_bot()
    order(world)
    in_pos = await world.in_pos("Jonah")
    await world.card("Jonah R.", "Claim")
    world.slack.wire.add(Fault("cut_after_accept", path=EDIT, times=3))
    world.flowhub.operator.ready(in_pos.order_id)
    await world.card("Ready")
    await all_is_told(world.slack, bot.database)


async def test_a_line_of_history_whose_answer_was_lost_is_told_once(any_world: World) -> None:
    world = any_world
    bot = await world.start_bot()
    order(world)
    in_pos = await world.in_pos("Jonah")
    card = await world.card("Jonah R.", "Claim")
    await all_is_told(world.slack, bot.database)
    world.slack.lose_next_answer("chat.postMessage")
    world.flowhub.operator.start(in_pos.order_id)
    await world.said("In progress*")
    world.flowhub.operator.ready(in_pos.order_id)
    await all_is_told(world.slack, bot.database)
    lines = without_times(history_told(world.slack, card))
    assert len([line for line in lines if "In progress*" in line]) == 1


async def test_an_escalation_whose_answer_was_lost_is_said_once_and_written_down_once(world: World) -> None:
    def hurry(book: dict[str, dict[str, dict[str, object]]]) -> None:
        book["stores"]["downtown"]["limits"] = {"seen_minutes": 0.005, "mention_after_minutes": 0.005}

    bot = await world.start_bot(stores=hurry)
    order(world)
    await world.card("Jonah R.")
    world.slack.wire.add(Fault("cut_after_accept", path=POST, times=3))
    await world.said("Who can take it?")
    await world.card("Late:")
    await all_is_told(world.slack, bot.database)
    await world.press(world.budtender, await world.card("Claim", "Late:"), "claim_order")
    await world.card("Release")
    await all_is_told(world.slack, bot.database)
    assert told_twice(world.slack) == []
    lines = without_times(history_told(world.slack, (await world.card("Jonah R."))))
    assert [line for line in lines if "Late" in line] == [":alarm_clock: Late: nobody has taken it."]
