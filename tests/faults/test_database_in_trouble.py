"""The database is locked, or gone for a while: senders are asked to come again, and nothing is lost or doubled by it."""

import asyncio
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from bot.sandbox.slack import Message
from tests.conftest import new_postgres_database
from tests.faults.acts import ITEMS, order
from tests.faults.doorway import doorway
from tests.faults.postgres_door import open_again, shut
from tests.faults.record import cards_by_order, history_told, without_times
from tests.faults.waiting import all_is_told, eventually
from tests.world import World, all_words

POST = "/api/chat.postMessage"


class Lock:
    """Another program that writes, and takes its time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._other: sqlite3.Connection | None = None

    async def take(self) -> None:
        """As soon as the bot is not writing: waiting for it inside SQLite would stop the very loop that it writes in."""

        async def taken() -> bool:
            self._other = self._other or sqlite3.connect(self._path, isolation_level=None, timeout=0)
            try:
                self._other.execute("BEGIN EXCLUSIVE")
            except sqlite3.OperationalError:
                return False
            return True

        await eventually(taken, lambda: "the lock")

    def let_go(self) -> None:
        if self._other is not None:
            self._other.rollback()
            self._other.close()
            self._other = None


class TestALockedFile:
    @pytest.fixture
    def lock(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lock]:
        monkeypatch.setattr("bot.store.sqlite.BUSY_SECONDS", 0.3)
        made = Lock(tmp_path / "orders.db")
        yield made
        made.let_go()

    async def test_senders_are_told_to_come_again_and_then_all_of_it_is_there(self, world: World, lock: Lock) -> None:
        bot = await world.start_bot()
        before = await world.webshop.place_order("downtown", shopper="maya", items=ITEMS)
        in_pos = await world.in_pos("Maya")
        await world.card("Maya A.", "Claim")
        assert before.status == 200
        world.leafly.switches.retry_wait_scale = 0.05
        await lock.take()
        many = await asyncio.gather(
            *(world.webshop.place_order("downtown", shopper=who, items=ITEMS) for who in ("jonah", "priya", "walt"))
        )
        world.leafly.place_order("downtown", shopper="dana", items=ITEMS)
        world.flowhub.operator.start(in_pos.order_id)
        await world.flowhub.until(lambda: bool(world.flowhub.postbacks.sent), timeout=10)
        await world.leafly.until(lambda: bool(world.leafly.webhooks.attempts), timeout=10)
        assert [one.status for one in many] == [503, 503, 503]
        assert world.flowhub.postbacks.sent[-1].answered == 503
        assert world.leafly.webhooks.attempts[-1].answered == 503
        lock.let_go()
        for one in many:
            assert (await world.webshop.send(one)).status == 200
        await world.card("Dana W.", "Claim")
        await world.card("Maya A.", "In progress")
        await all_is_told(world.slack, bot.database)
        assert len(cards_by_order(world.slack)) == 5
        assert world.flowhub.created_count == 5

    async def test_a_sender_is_answered_before_it_gives_up_however_busy_the_bot_is(
        self, world: World, lock: Lock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Everybody in the bot who wants to write tries in vain, one after the other; a sender must not wait for all."""
        monkeypatch.setattr("bot.store.sqlite.BUSY_SECONDS", 1.0)
        monkeypatch.setattr("bot.store.shared_commits.LONGEST_WAIT_SECONDS", 0.6)
        bot = await world.start_bot()
        for store in ("downtown", "uptown", "riverside"):
            for shopper in ("maya", "jonah", "priya"):
                await world.webshop.place_order(store, shopper=shopper, items=ITEMS)
        await lock.take()
        url = bot.desk.postback_url("an-order", "downtown")
        async with httpx.AsyncClient(timeout=5) as flowhub:
            answers = [(await flowhub.post(url, json={})).status_code for _ in range(2)]
        assert answers == [503, 503]
        lock.let_go()
        await all_is_told(world.slack, bot.database)

    async def test_a_card_that_was_posted_meanwhile_is_not_posted_again(self, world: World, lock: Lock) -> None:
        async with doorway(world.sandbox.urls["slack"]) as way:
            bot = await world.start_bot(slack_api_url=f"{way.url}/api/")
            answer = way.hold(POST)
            await world.webshop.place_order("downtown", shopper="jonah", items=ITEMS)
            await answer.made.wait()
            await lock.take()
            answer.let_go.set()
            await world.card("Jonah R.")
            refused = await world.webshop.place_order("downtown", shopper="maya", items=ITEMS)
            assert refused.status == 503
            lock.let_go()
            await all_is_told(world.slack, bot.database)
            assert len(world.cards()) == 1
            await world.stop_bot()


class TestAPostgresThatGoesAway:
    async def test_what_was_begun_is_ended_when_it_is_back_without_a_restart(self, world: World, postgres: str) -> None:
        world.database_url = new_postgres_database(postgres)
        bot = await world.start_bot()
        for shopper in ("maya", "jonah", "priya", "walt"):
            await world.webshop.place_order("downtown", shopper=shopper, items=ITEMS)
        for _ in range(3):
            await shut(postgres, world.database_url)
            refused = await world.webshop.place_order("downtown", shopper="dana", items=ITEMS)
            assert refused.status == 503
            await open_again(postgres, world.database_url)
            while (await world.webshop.send(refused)).status != 200:
                pass
        await all_is_told(world.slack, bot.database)
        for in_pos in world.flowhub.orders:
            world.flowhub.operator.ready(in_pos.order_id)
        # The news of it is on its way: at rest is also who has not heard of it yet.
        await world.until(lambda: len(_ready(world)) == len(world.flowhub.orders), "every order being ready")
        await all_is_told(world.slack, bot.database)
        asked_about = [card for card in world.cards() if "Did it arrive?" in all_words(card)]
        assert world.flowhub.created_count + len(asked_about) == 7
        assert len(cards_by_order(world.slack)) == 7

    async def test_what_changes_meanwhile_is_followed_and_told_once(self, world: World, postgres: str) -> None:
        """A status is on its way to Leafly when the database goes, and Flowhub's postback finds it gone."""
        world.database_url = new_postgres_database(postgres)
        async with doorway(world.sandbox.urls["leafly"]) as way:
            bot = await world.start_bot(leafly_url=f"{way.url}/v1/order_integration")
            order(world)
            in_pos = await world.in_pos("Jonah")
            card = await world.card("Jonah R.", "Claim")
            await all_is_told(world.slack, bot.database)
            answer = way.hold("/status")
            world.flowhub.operator.start(in_pos.order_id)
            await answer.made.wait()
            await shut(postgres, world.database_url)
            answer.let_go.set()
            world.flowhub.operator.ready(in_pos.order_id)
            await world.flowhub.until(lambda: world.flowhub.postbacks.sent[-1].answered == 503, timeout=10)
            await open_again(postgres, world.database_url)
            await world.card("Jonah R.", "Ready")
            placed = world.leafly.orders[0]
            await world.leafly.until(lambda: placed.status == "ready", timeout=10)
            await all_is_told(world.slack, bot.database)
            await world.stop_bot()
        told = [one.status for one in placed.told]
        assert told.count("ready") == 1
        lines = without_times(history_told(world.slack, card))
        assert len(lines) == len(set(lines))
        assert [word for word in ("In progress", "Ready") if word not in "".join(lines)] == []


def _ready(world: World) -> list[Message]:
    return [card for card in world.cards() if "Ready" in card.text]
