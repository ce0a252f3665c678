"""Flowhub is down, refuses, or talks nonsense: orders keep arriving, wait, and are put there once when it is back."""

import sqlite3
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot import tokens
from bot.app import Bot
from bot.desk import health
from bot.sandbox.sandbox import free_port
from bot.sandbox.wire import Fault, FaultKind
from bot.store.database import sqlite_file
from bot.vault import Vault, new_key
from tests.faults.acts import order
from tests.faults.doorway import doorway
from tests.faults.record import history_told, without_times
from tests.faults.waiting import all_is_told, eventually
from tests.world import World, all_words

CREATE, STATUS = "/order-ahead/v0/create", "/order-ahead/v0/orderStatus/*"


def said_in_channel(world: World, words: str) -> int:
    return len([one for one in world.slack.messages(world.channel) if words in all_words(one)])


async def the_till_was_read(bot: Bot, *, times: int) -> None:
    """The bot has read what was sold, as often as that from now on."""
    for _ in range(times):
        last = bot.desk.watched_at.get("downtown")

        async def read_again(last: datetime | None = last) -> bool:
            return bot.desk.watched_at.get("downtown") != last

        await eventually(read_again, lambda: "another look at what was sold")


@pytest.fixture(autouse=True)
def _told_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "DOWN_AFTER", timedelta(seconds=0.1))


@pytest.mark.parametrize("kind", ["down", "error", "rate_limited", "garbage", "html_403"])
async def test_orders_wait_while_flowhub_is_down_and_are_put_there_once(world: World, kind: FaultKind) -> None:
    bot = await world.start_bot()
    order(world, "maya")
    before = await world.in_pos("Maya")
    await world.card("Maya A.", "Claim")
    trouble = world.flowhub.wire.add(Fault(kind, times=None))
    # What is on the shelves was just read; without it an order would go as far as the create, which is another story.
    bot.desk.inventory_seconds = 0
    order(world)
    await world.card("Jonah R.", "Not in Flowhub yet")
    world.flowhub.operator.start(before.order_id)
    await world.said("Flowhub isn't answering")
    world.flowhub.wire.faults.remove(trouble)
    await world.said("Flowhub is back")
    await world.in_pos("Jonah")
    await world.card("Maya A.", "In progress")
    await all_is_told(world.slack, bot.database)
    assert world.flowhub.created_count == 2
    assert said_in_channel(world, "Flowhub isn't answering") == said_in_channel(world, "Flowhub is back") == 1


async def test_an_outage_that_outlasts_a_restart_is_told_once_and_taken_back(world: World) -> None:
    bot = await world.start_bot()
    trouble = [world.flowhub.wire.add(Fault("down", times=None))]
    await world.said("Flowhub isn't answering")
    bot = await world.start_bot()
    order(world)
    await world.card("Not in Flowhub yet")
    await world.stop_bot()
    world.flowhub.wire.faults.remove(trouble.pop())
    bot = await world.start_bot()
    await world.said("Flowhub is back")
    trouble.append(world.flowhub.wire.add(Fault("down", times=None)))
    await world.until(lambda: said_in_channel(world, "Flowhub isn't answering") == 2, "word of the second outage")
    world.flowhub.wire.faults.remove(trouble.pop())
    await world.until(lambda: said_in_channel(world, "Flowhub is back") == 2, "word of its end")
    await all_is_told(world.slack, bot.database)


async def test_a_create_that_was_refused_a_connection_is_made_again_by_itself(world: World) -> None:
    async with doorway(world.sandbox.urls["flowhub"]) as way:
        bot = await world.start_bot(flowhub_url=way.url)
        order(world, "maya")
        await world.in_pos("Maya")
        await way.shut()
        order(world)
        card = await world.card("Jonah R.", "Not in Flowhub yet")
        assert "Did it arrive?" not in all_words(card)
        await way.open()
        await world.in_pos("Jonah")
        await all_is_told(world.slack, bot.database)
        assert world.flowhub.created_count == 2


async def test_a_create_that_came_too_often_is_made_again_by_itself(world: World) -> None:
    bot = await world.start_bot()
    world.flowhub.wire.add(Fault("rate_limited", path=CREATE, times=3))
    order(world)
    await world.in_pos("Jonah")
    await all_is_told(world.slack, bot.database)
    assert world.flowhub.created_count == 1


async def test_a_token_that_ends_in_the_middle_is_renewed_and_nobody_notices(world: World) -> None:
    world.flowhub.switches.token_lifetime_seconds = 1
    bot = await world.start_bot(order_poll_seconds=0.1)
    order(world)
    in_pos = await world.in_pos("Jonah")

    async def renewed() -> bool:
        return world.flowhub.doors.token_requests >= 3

    await eventually(renewed, lambda: "a third token")
    world.flowhub.switches.postback = "never"
    world.flowhub.operator.ready(in_pos.order_id)
    await world.card("Ready")
    await all_is_told(world.slack, bot.database)
    assert said_in_channel(world, "Flowhub isn't answering") == 0
    assert not [one for one in world.flowhub.wire.entries if one.status == 401]


async def test_a_token_that_is_withdrawn_is_replaced_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "FRESH_SECONDS", 0)
    bot = await world.start_bot()
    order(world)
    await world.in_pos("Jonah")
    had = world.flowhub.doors.token_requests
    world.flowhub.doors.revoke_tokens()
    for shopper in ("maya", "walt", "priya", "dana"):
        order(world, shopper)
    await world.flowhub.until(lambda: world.flowhub.created_count == 5, timeout=10)
    await all_is_told(world.slack, bot.database)
    assert world.flowhub.doors.token_requests == had + 1
    assert said_in_channel(world, "Flowhub isn't answering") == 0


async def test_credentials_that_are_refused_twice_are_told_once_and_so_is_their_mending(world: World) -> None:
    bot = await world.start_bot()
    order(world, "maya")
    await world.in_pos("Maya")
    refused = world.flowhub.wire.add(Fault("error", path="/order-ahead/*", status=401, times=None))
    order(world)
    await world.card("Jonah R.", "Not in Flowhub yet")
    await world.said("Flowhub isn't answering")
    order(world, "walt")
    await world.card("Walt K.")
    await the_till_was_read(bot, times=2)
    assert said_in_channel(world, "Flowhub is back") == 0, "the point of sale answers, Order Ahead does not"
    world.flowhub.wire.faults.remove(refused)
    await world.in_pos("Jonah")
    await world.in_pos("Walt")
    await world.said("Flowhub is back")
    await all_is_told(world.slack, bot.database)
    assert said_in_channel(world, "Flowhub isn't answering") == said_in_channel(world, "Flowhub is back") == 1
    assert world.flowhub.created_count == 3


async def test_one_store_whose_flowhub_is_down_does_not_hold_up_another(world: World) -> None:
    def broken(book: dict[str, Any]) -> None:
        book["stores"]["downtown"]["order_ahead_token"] = "a token from last year"

    await world.start_bot(stores=broken)
    order(world)
    order(world, "maya", "uptown")
    await world.card("Jonah R.", "Not in Flowhub yet")
    in_pos = await world.in_pos("Maya")
    world.flowhub.operator.ready(in_pos.order_id)
    await world.card("Maya A.", "Ready", channel=world.sandbox.channels["uptown"])


class TestPostbacks:
    """They are a hint: lost, doubled, late or in the wrong order, the card is right and tells each change once."""

    async def play(self, world: World, *steps: str) -> list[str]:
        """Move an order, a step at a time, until the card shows it; the lines of its thread."""
        bot = await world.start_bot()
        order(world)
        in_pos = await world.in_pos("Jonah")
        card = await world.card("Jonah R.", "Claim")
        words = {"started": "In progress", "ready": "Ready", "sold": "Picked up", "new": "New"}
        for step in steps:
            world.flowhub.operator.set_status(in_pos.order_id, step)
            await world.card("Jonah R.", words[step])
        await world.flowhub.postbacks.settled()
        await all_is_told(world.slack, bot.database)
        lines = without_times(history_told(world.slack, card))
        return [line.split("*")[1] for line in lines if "→" in line]

    async def test_that_are_lost_are_made_up_for_by_polling(self, any_world: World) -> None:
        any_world.flowhub.switches.postback = "never"
        assert await self.play(any_world, "started", "ready", "sold") == ["In progress", "Ready", "Picked up"]

    @pytest.mark.parametrize("manner", ["twice", "late", "out_of_order"])
    async def test_that_come_otherwise_change_nothing(self, world: World, manner: Any) -> None:
        world.flowhub.switches.postback = manner
        world.flowhub.switches.postback_late_seconds = 0.3
        assert await self.play(world, "started", "ready", "sold") == ["In progress", "Ready", "Picked up"]

    async def test_that_reach_nobody_are_made_up_for_after_a_restart(self, world: World) -> None:
        await world.start_bot()
        order(world)
        in_pos = await world.in_pos("Jonah")
        await world.card("Jonah R.", "Claim")
        await world.stop_bot()
        world.flowhub.operator.start(in_pos.order_id)
        world.flowhub.operator.ready(in_pos.order_id)
        await world.flowhub.postbacks.settled()
        await world.start_bot()
        await world.card("Jonah R.", "Ready")

    async def test_a_slow_old_answer_does_not_overwrite_a_newer_one(self, world: World) -> None:
        async with doorway(world.sandbox.urls["flowhub"]) as way:
            bot = await world.start_bot(flowhub_url=way.url)
            order(world)
            in_pos = await world.in_pos("Jonah")
            card = await world.card("Jonah R.", "Claim")
            slow = way.hold("/orderStatus/")
            world.flowhub.operator.start(in_pos.order_id)
            await slow.made.wait()
            world.flowhub.operator.ready(in_pos.order_id)
            await world.card("Ready")
            slow.let_go.set()
            await all_is_told(world.slack, bot.database)
            world.flowhub.operator.sell(in_pos.order_id)
            await world.card("Picked up")
            await all_is_told(world.slack, bot.database)
            lines = without_times(history_told(world.slack, card))
            assert not [line for line in lines if "Moved back" in line]


async def test_an_order_that_no_key_opens_asks_to_be_entered_by_hand(world: World) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"
    await world.start_bot(flowhub_url=nowhere)
    order(world)
    await world.card("Not in Flowhub yet")
    await world.stop_bot()
    with sqlite3.connect(str(sqlite_file(world.database_url))) as database:
        database.execute("UPDATE orders SET sealed = ?", [Vault([new_key()]).seal("nobody can open this")])
    await world.start_bot()
    await world.card("can't be opened with the keys", "by hand")
    assert world.flowhub.created_count == 0
