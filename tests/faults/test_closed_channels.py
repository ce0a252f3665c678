"""The bot was taken out of a store's channel, somebody archived it, or somebody deleted a card."""

from datetime import timedelta
from typing import Any

import pytest

from bot.deliveries import courier
from bot.sandbox.slack import Message
from bot.sandbox.wire import WireEntry
from tests.faults.acts import SHOPPERS, channel, order, refused
from tests.faults.record import history_told, told_twice, without_times
from tests.faults.waiting import all_is_told, eventually, unfinished
from tests.world import World, all_words

CLOSED_CARD = "card due Slack said no: channel not found."


def private_words(world: World, person: str) -> list[str]:
    return [all_words(message) for message in world.slack.messages(world.slack.direct_messages(person))]


class TestAClosedChannel:
    """The bot was taken out of a store's channel, or somebody archived it."""

    async def test_its_cards_wait_its_manager_is_told_once_and_the_other_stores_go_on(self, world: World) -> None:
        bot = await world.start_bot()
        order(world)
        in_pos = await world.in_pos("Jonah")
        await world.card("Jonah R.", "Claim")
        await all_is_told(world.slack, bot.database)
        await world.slack.kick_bot(world.channel)
        world.flowhub.operator.start(in_pos.order_id)
        for shopper in SHOPPERS:
            order(world, shopper)
            order(world, shopper, "uptown")
        await world.flowhub.until(lambda: world.flowhub.created_count == 9, timeout=10)
        for shopper in ("Jonah R.", "Maya A.", "Priya N.", "Walt K."):
            await world.card(shopper, channel=channel(world, "uptown"))
        await world.until(lambda: private_words(world, world.manager), "word to the manager")
        world.flowhub.operator.ready(in_pos.order_id)
        await world.slack.invite_bot(world.channel)
        await world.card("Jonah R.", "Ready")
        await all_is_told(world.slack, bot.database)
        closed, opened = private_words(world, world.manager)
        assert "I can't write in" in closed
        assert "again" in opened
        assert len(world.cards()) == 5

    async def test_a_restart_tells_nothing_twice_and_forgets_nothing(self, any_world: World) -> None:
        world = any_world
        bot = await world.start_bot()
        await world.slack.archive(world.channel)
        order(world)
        await world.until(lambda: private_words(world, world.manager), "word to the manager")
        await world.start_bot()
        order(world, "maya")
        await world.in_pos("Maya")
        await world.stop_bot()
        await world.slack.unarchive(world.channel)
        bot = await world.start_bot()
        await world.until(lambda: len(private_words(world, world.manager)) == 2, "word that it is open")
        await all_is_told(world.slack, bot.database)
        assert len(world.cards()) == 2
        await world.slack.archive(world.channel)
        order(world, "walt")
        await world.until(lambda: len(private_words(world, world.manager)) == 3, "word of the second time")
        await world.slack.unarchive(world.channel)
        await all_is_told(world.slack, bot.database)

    async def test_a_closed_channel_is_not_asked_for_each_card(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(courier, "CLOSED_WAIT", timedelta(minutes=1))
        bot = await world.start_bot()
        order(world, "nora")
        await world.card("Nora B.")
        await world.slack.kick_bot(world.channel)
        for shopper in SHOPPERS * 3:
            order(world, shopper)

        async def all_wait() -> bool:
            return (await unfinished(bot.database, within=timedelta(hours=1))).count(CLOSED_CARD) == 12

        await eventually(all_wait, lambda: "twelve cards that wait for the channel")
        assert world.slack.refusals["chat.postMessage", "channel_not_found"] == 1

    async def test_a_card_in_doubt_is_looked_for_when_the_channel_is_open_again(self, world: World) -> None:
        bot = await world.start_bot()

        def kick(entry: WireEntry) -> None:
            if entry.fault == "cut_after_accept":
                world.slack.channel(world.channel).members.remove(world.slack.workspace.bot.id)

        world.slack.wire.listeners.append(kick)
        try:
            world.slack.lose_next_answer("chat.postMessage")
            order(world)
            await world.until(lambda: private_words(world, world.manager), "word to the manager")
        finally:
            world.slack.wire.listeners.remove(kick)
        await world.slack.invite_bot(world.channel)
        await all_is_told(world.slack, bot.database)
        assert len(world.cards()) == 1

    async def test_a_store_without_managers_waits_just_as_well(self, world: World) -> None:
        def nobody(book: dict[str, Any]) -> None:
            book["stores"]["downtown"]["managers"] = []

        bot = await world.start_bot(stores=nobody)
        order(world, "nora")
        await world.card("Nora B.")
        await world.slack.kick_bot(world.channel)
        order(world)
        await refused(world, "chat.postMessage", "channel_not_found")
        await world.slack.invite_bot(world.channel)
        await world.card("Jonah R.")
        await all_is_told(world.slack, bot.database)

    async def test_a_manager_who_is_not_in_the_workspace_holds_nothing_up(self, world: World) -> None:
        def stranger(book: dict[str, Any]) -> None:
            book["stores"]["downtown"]["managers"] = ["U0NOBODY", *book["stores"]["downtown"]["managers"]]

        bot = await world.start_bot(stores=stranger)
        await world.slack.kick_bot(world.channel)
        order(world)
        await world.until(lambda: private_words(world, world.manager), "word to the manager")
        await world.slack.invite_bot(world.channel)
        await world.card("Jonah R.")
        await all_is_told(world.slack, bot.database)


class TestADeletedCard:
    """Somebody deleted the bot's message."""

    def delete(self, world: World, card: Message) -> None:
        for message in world.slack.thread(card.channel, card.ts)[1:]:
            world.slack.core.delete(message, through="a person")
        world.slack.core.delete(card, through="a person")

    async def test_an_open_order_gets_a_new_card_whose_thread_goes_on(self, any_world: World) -> None:
        world = any_world
        bot = await world.start_bot()
        order(world)
        in_pos = await world.in_pos("Jonah")
        await world.card("Jonah R.", "Claim")
        await all_is_told(world.slack, bot.database)
        self.delete(world, await world.card("Jonah R."))
        world.flowhub.operator.start(in_pos.order_id)
        card = await world.card("Jonah R.", "In progress")
        await world.until(lambda: history_told(world.slack, card), "a line in the new thread")
        world.flowhub.operator.sell(in_pos.order_id)
        await world.card("Jonah R.", "Picked up")
        await world.until(lambda: "Picked up" in "".join(history_told(world.slack, card)), "another line")
        assert [card.ts] == [one.ts for one in world.cards()]
        assert told_twice(world.slack) == []
        lines = without_times(history_told(world.slack, card))
        assert [line.split("*")[1] for line in lines if "*" in line] == ["In progress", "Picked up"]

    async def test_a_closed_order_stays_without(self, world: World) -> None:
        bot = await world.start_bot()
        order(world)
        in_pos = await world.in_pos("Jonah")
        await world.card("Jonah R.", "Claim")
        await all_is_told(world.slack, bot.database)
        self.delete(world, await world.card("Jonah R."))
        world.flowhub.operator.sell(in_pos.order_id)
        order(world, "maya")
        await world.card("Maya A.")
        assert len(world.cards()) == 1
