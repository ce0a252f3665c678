"""Lateness: told in the thread, then the store's group is called; each step once, also across a restart."""

from datetime import timedelta
from typing import Any

from bot.rules.hours import OpenHours, StoreHours
from bot.sandbox.slack import Message
from sync.mornings import list_left_overnight
from tests.world import World, all_words


def limits(**minutes: float) -> Any:
    def change(book: dict[str, Any]) -> None:
        book["stores"]["downtown"]["limits"] = minutes

    return change


async def test_an_order_that_nobody_takes_is_told_in_its_thread_and_then_the_stores_group_is_called(
    world: World,
) -> None:
    await world.start_bot(stores=limits(seen_minutes=0.002, mention_after_minutes=0.03))
    await world.webshop.place_order("downtown", shopper="luis", items=[("Ginger Mints", 1)])
    card = await world.card("Luis M.", "Late:*")
    await world.until(lambda: _calls(world, "is late"), "a line in the thread")
    await world.until(lambda: _calls(world, f"<!subteam^{world.sandbox.crew}>"), "the group being called")
    replies = world.slack.thread(card.channel, card.ts)[1:]
    late, called = (next(one for one in replies if words in one.text) for words in ("is late", "subteam"))
    assert late.thread_ts == called.thread_ts == card.ts
    assert called.broadcast
    assert not late.broadcast
    assert any(attachment["color"] == "#E01E5A" for attachment in (await world.card("Luis M.")).attachments)


async def test_each_step_is_taken_once_even_when_the_bot_starts_anew(world: World) -> None:
    quick = limits(seen_minutes=0.002, mention_after_minutes=0.02)
    await world.start_bot(stores=quick)
    await world.webshop.place_order("downtown", shopper="luis", items=[("Ginger Mints", 1)])
    await world.until(lambda: _calls(world, "subteam"), "the group being called")
    await world.start_bot(stores=quick)
    await world.press(world.budtender, await world.card("Claim"), "claim_order")
    await world.card("Luis M.", "Imani")
    assert len(_calls(world, "is late")) == len(_calls(world, "subteam")) == 1


async def test_what_somebody_takes_is_not_late_any_more_and_the_next_clock_runs(world: World) -> None:
    await world.start_bot(stores=limits(seen_minutes=0.002, started_minutes=0.05, mention_after_minutes=100))
    await world.webshop.place_order("downtown", shopper="luis", items=[("Ginger Mints", 1)])
    await world.press(world.budtender, await world.card("Luis M.", "Late:*"), "claim_order")
    await world.until(lambda: any("Late" not in all_words(card) for card in world.cards()), "a card that is not late")
    await world.card("Luis M.", "Late:*", "Imani")
    await world.until(lambda: len(_calls(world, "is late")) == 2, "the second clock's line")


async def test_what_was_ready_at_closing_is_listed_once_next_morning(world: World) -> None:
    await world.start_bot()
    await world.webshop.place_order("downtown", shopper="luis", items=[("Ginger Mints", 1)])
    await world.webshop.place_order("downtown", shopper="maya", items=[("Ginger Mints", 1)])
    world.flowhub.operator.ready((await world.in_pos("Luis")).order_id)
    await world.card("Luis M.", "Ready")
    await world.card("Maya A.", "Claim")
    assert world.bot is not None
    desk = world.bot.desk
    closes, opens = desk.now() + timedelta(hours=1), desk.now() + timedelta(hours=10)
    every_day = (OpenHours(opens=opens.time(), closes=closes.time()),) * 7
    store = desk.stores["downtown"].model_copy(update={"hours": StoreHours(zone="UTC", days=every_day)})
    desk.stores = {**desk.stores, "downtown": store}
    then = opens + timedelta(minutes=5)
    desk.now = lambda: then
    await list_left_overnight(desk)
    await list_left_overnight(desk)
    said = await world.said("ready since before closing")
    assert "Luis M." in all_words(said)
    assert "Maya A." not in all_words(said)
    assert "Marchetti" not in all_words(said)
    assert len(_calls(world, "ready since before closing")) == 1


def _calls(world: World, words: str) -> list[Message]:
    return [one for one in world.slack.all_messages() if one.channel == world.channel and words in one.text]
