"""The machine's clock is wrong and is set right while orders are on the desk: nothing is said early or twice, and orders go on.

What waited for another try when the clock was set back waits as much longer as it was set back."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.app import Bot
from bot.sandbox.slack import Message
from tests.faults.acts import order
from tests.faults.waiting import all_is_told
from tests.world import World, all_words

TEN_MINUTES = timedelta(minutes=10)


def set_clock(bot: Bot, *, ahead: timedelta) -> None:
    def now() -> datetime:
        return datetime.now(UTC) + ahead

    bot.desk.now = now


def said(world: World, words: str) -> list[Message]:
    return [one for one in world.slack.all_messages() if one.channel == world.channel and words in all_words(one)]


def limits(**minutes: float) -> Callable[[dict[str, Any]], None]:
    def change(book: dict[str, Any]) -> None:
        book["stores"]["downtown"]["limits"] = minutes

    return change


async def test_an_order_goes_on_at_once_when_the_clock_is_set_back(any_world: World) -> None:
    world = any_world
    bot = await world.start_bot()
    set_clock(bot, ahead=TEN_MINUTES)
    order(world)
    in_pos = await world.in_pos("Jonah")
    world.flowhub.operator.start(in_pos.order_id)
    await world.card("Jonah R.", "In progress")
    await world.said("→ *In progress*")
    set_clock(bot, ahead=timedelta(0))
    world.flowhub.operator.ready(in_pos.order_id)
    await world.card("Jonah R.", "Ready")
    order(world, "maya")
    await world.card("Maya A.", "Claim")
    await all_is_told(world.slack, bot.database)
    assert not any("−" in all_words(card) for card in world.cards())


async def test_nobody_is_called_twice_when_the_clock_goes_to_and_fro(world: World) -> None:
    bot = await world.start_bot(stores=limits(seen_minutes=5, mention_after_minutes=3))
    order(world)
    await world.in_pos("Jonah")
    await all_is_told(world.slack, bot.database)
    assert said(world, "is late") == []
    for ahead in (TEN_MINUTES, timedelta(0), TEN_MINUTES, -TEN_MINUTES, TEN_MINUTES):
        set_clock(bot, ahead=ahead)
        for lane in ("edit", f"post:{world.channel}"):
            bot.courier.wake(lane, bot.desk.now())
        if ahead > timedelta(0):
            await world.until(lambda: said(world, "Who can take it?"), "the group being called")
        await all_is_told(world.slack, bot.database)
    assert len(said(world, "is late")) == len(said(world, "Who can take it?")) == 1


async def test_nobody_is_called_early_by_a_clock_that_is_behind(world: World) -> None:
    bot = await world.start_bot(stores=limits(seen_minutes=5, mention_after_minutes=3))
    set_clock(bot, ahead=-TEN_MINUTES)
    order(world)
    await world.card("Jonah R.", "Claim")
    set_clock(bot, ahead=-TEN_MINUTES + timedelta(minutes=4))
    bot.courier.wake(f"post:{world.channel}", bot.desk.now())
    order(world, "maya")
    await world.card("Maya A.", "Claim")
    assert said(world, "is late") == []
