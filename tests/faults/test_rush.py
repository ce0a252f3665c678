"""Slack was down for long: one living message for each channel shows its orders at once, and no channel is flooded."""

from datetime import timedelta

import pytest

from bot.rules import rush
from bot.sandbox.slack import Message
from bot.sandbox.wire import Fault
from tests.faults.acts import SHOPPERS, order
from tests.faults.record import cards_by_order, mark_of, told_twice
from tests.faults.short_waits import FASTER
from tests.faults.waiting import eventually, unfinished
from tests.world import World, all_words

ORDERS = 28


@pytest.fixture(autouse=True)
def _a_shorter_rush(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the budgets are shortened, so is what a rush is measured by."""
    monkeypatch.setattr(rush, "BOUND", rush.BOUND / FASTER)
    monkeypatch.setattr(rush, "QUIET", timedelta(seconds=0.3))
    monkeypatch.setattr(rush, "SHORTEST_REFRESH", timedelta(seconds=0.1))


def living(world: World) -> list[Message]:
    return [message for message in world.slack.cards(event_type="order_ahead") if mark_of(message)[1] == "rush"]


async def test_after_a_long_outage_one_message_shows_all_and_orders_that_are_over_get_no_card(world: World) -> None:
    bot = await world.start_bot()
    down = world.slack.wire.add(Fault("down", times=None))
    for number in range(ORDERS):
        order(world, SHOPPERS[number % 4])
    order(world, "maya", "uptown")
    await world.flowhub.until(lambda: world.flowhub.created_count == ORDERS + 1, timeout=20)
    ours = [one for one in world.flowhub.orders if one.store.key == "downtown"]
    for one in ours[:5]:
        world.flowhub.operator.sell(one.order_id)
    for one in ours[5:7]:
        world.flowhub.operator.delete(one.order_id)
    for one in ours[7:12]:
        world.flowhub.operator.start(one.order_id)
    await world.flowhub.postbacks.settled()

    async def asked() -> bool:
        return not [line for line in await unfinished(bot.database) if line.startswith(("ask_status", "place"))]

    await eventually(asked, lambda: "every status asked for")
    world.slack.wire.faults.remove(down)
    await world.slack.await_until(lambda: living(world), 20, "the living message")
    shown = all_words(living(world)[0])
    assert "21 open orders at Downtown: 16 new, 5 in progress" in shown
    assert "7 orders were over before a card could be posted: 5 picked up or delivered and 2 cancelled" in shown
    await world.slack.await_until(
        lambda: "All caught up" in all_words(living(world)[0]), 30, "the end of the living message"
    )
    cards = cards_by_order(world.slack)
    assert [len(found) for found in cards.values()] == [1] * (21 + 1)
    assert len(living(world)) == 1, "one rush has one message, and a channel with one order none"
    assert told_twice(world.slack) == []
    assert "5 picked up or delivered and 2 cancelled" in all_words(living(world)[0])

    async def at_rest() -> bool:
        return not await unfinished(bot.database)

    await eventually(at_rest, lambda: "nothing left to do")
    sold = ours[0].order_id
    world.flowhub.operator.reopen(sold)
    await world.until(
        lambda: len(cards_by_order(world.slack)) == 23, "a card of an order that was over and is open again"
    )
