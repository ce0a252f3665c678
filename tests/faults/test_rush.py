"""Slack was down for long: one living message for each channel shows its orders at once, and no channel is flooded."""

from datetime import timedelta
from typing import Any

import pytest

from bot.rules import rush
from bot.sandbox.slack import Message
from bot.sandbox.wire import Fault
from tests.faults.acts import SHOPPERS, order
from tests.faults.record import cards_by_order, mark_of, told_twice
from tests.faults.short_waits import FASTER
from tests.faults.waiting import eventually, unfinished
from tests.world import World, all_words

ORDERS = 36
POST = "/api/chat.postMessage"


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
    await world.slack.await_until(lambda: living(world), world.patience, "the living message")
    shown = all_words(living(world)[0])
    assert "29 open orders at Downtown: 24 new, 5 in progress" in shown
    assert "7 orders were over before a card could be posted: 5 picked up or delivered and 2 cancelled" in shown
    await world.slack.await_until(
        lambda: "All caught up" in all_words(living(world)[0]), 30, "the end of the living message"
    )
    cards = cards_by_order(world.slack)
    assert [len(found) for found in cards.values()] == [1] * (29 + 1)
    assert len(living(world)) == 1, "one rush has one message, and a channel with one order none"
    assert told_twice(world.slack) == []
    assert "5 picked up or delivered and 2 cancelled" in all_words(living(world)[0])

    async def at_rest() -> bool:
        return not await unfinished(bot.database)

    await eventually(at_rest, lambda: "nothing left to do")
    sold = ours[0].order_id
    world.flowhub.operator.reopen(sold)
    await world.until(
        lambda: len(cards_by_order(world.slack)) == 31, "a card of an order that was over and is open again"
    )


async def test_while_it_stands_what_is_late_is_marked_and_the_group_is_called_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rush, "BOUND", timedelta(seconds=0.2))

    def limits(book: dict[str, Any]) -> None:
        book["stores"]["downtown"]["limits"] = {"seen_minutes": 0.005, "mention_after_minutes": 0.005}

    bot = await world.start_bot(stores=limits)
    down = world.slack.wire.add(Fault("down", times=None))
    for number in range(6):
        order(world, SHOPPERS[number % 4])
    await world.flowhub.until(lambda: world.flowhub.created_count == 6, timeout=20)

    async def all_are_late() -> bool:
        due = await unfinished(bot.database, within=timedelta())
        return len([line for line in due if line.startswith("escalate")]) == 12

    await eventually(all_are_late, lambda: "two steps due for each order")
    world.slack.lose_next_answer("chat.postMessage")
    world.slack.wire.faults.remove(down)
    await world.slack.await_until(lambda: living(world), world.patience, "the living message")

    async def at_rest() -> bool:
        return not await unfinished(bot.database)

    await eventually(at_rest, lambda: "nothing left to do")
    posts = [one.request for one in world.slack.wire.entries if one.path == POST and one.fault != "down"]
    assert ["rush" in said for said in posts if "subteam^" in said] == [True]
    assert [len(found) for found in cards_by_order(world.slack).values()] == [1] * 6
    assert all("Late" in found[0].text for found in cards_by_order(world.slack).values())
    assert len(living(world)) == 1
    assert told_twice(world.slack) == []
