"""Two bots on one PostgreSQL, both connected to Slack: they share the work, and everything happens once."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest

from bot.app import Bot
from bot.desk.taking_in import take_in
from bot.rules.order_values import Contact, Incoming, OrderedItem, Source
from bot.sandbox import Sandbox
from bot.settings import load
from tests.conftest import new_postgres_database
from tests.faults.acts import ITEMS
from tests.faults.record import all_orders, cards_by_order, told_twice
from tests.faults.waiting import all_is_told
from tests.world import World

STORES = ("downtown", "uptown", "riverside")
SHOPPERS = ("maya", "jonah", "priya", "walt", "dana")


def hurried(book: dict[str, Any]) -> None:
    for store in book["stores"].values():
        store["limits"] = {"seen_minutes": 0.01, "mention_after_minutes": 0.01}


class Pair:
    """Two bots; webhooks and web orders reach now the one, now the other."""

    def __init__(self, sandbox: Sandbox, database_url: str) -> None:
        self.sandbox = sandbox
        settings: dict[str, Any] = {
            "database_url": database_url,
            "order_poll_seconds": 0.3,
            "pos_watch_seconds": 1,
            "stores": hurried,
        }
        self.bots = [Bot(load(sandbox.environment(**settings))) for _ in range(2)]

    async def start(self) -> None:
        await asyncio.gather(*(bot.start() for bot in self.bots))
        await self.sandbox.slack.await_connected(2)

    def meet(self, number: int) -> None:
        self.sandbox.point_at(self.bots[number % 2].address)

    async def close(self) -> None:
        await asyncio.gather(*(bot.close() for bot in self.bots))


@pytest.fixture
async def pair(sandbox: Sandbox, postgres: str) -> AsyncIterator[Pair]:
    made = Pair(sandbox, new_postgres_database(postgres))
    await made.start()
    yield made
    await made.close()


async def rush(pair: Pair) -> None:
    """Fifteen orders, each sent to both bots at the same moment, as a sender does who got no answer from the first."""
    sandbox = pair.sandbox
    sandbox.leafly.switches.webhooks_twice = True
    for number in range(15):
        pair.meet(number)
        store, shopper = STORES[number % 3], SHOPPERS[number % 5]
        if number % 2:
            sandbox.leafly.place_order(store, shopper=shopper, items=ITEMS)
        else:
            order = await sandbox.webshop.place_order(store, shopper=shopper, items=ITEMS)
            pair.meet(number + 1)
            await sandbox.webshop.send(order)
    await sandbox.flowhub.until(lambda: len(sandbox.flowhub.orders) >= 15, timeout=20)


async def test_each_card_line_escalation_and_create_is_there_once(pair: Pair) -> None:
    sandbox = pair.sandbox
    await rush(pair)
    sandbox.flowhub.switches.postback = "twice"
    for in_pos in sandbox.flowhub.orders[:10]:
        sandbox.flowhub.operator.start(in_pos.order_id)
        sandbox.flowhub.operator.ready(in_pos.order_id)
    database = pair.bots[0].database

    def called() -> bool:
        calls = [one for one in sandbox.slack.all_messages() if "Who can take it?" in one.text]
        return len(calls) >= 5

    await sandbox.slack.await_until(called, 30, "five calls for the orders that nobody took")
    await all_is_told(sandbox.slack, database)
    assert sandbox.flowhub.created_count == 15
    assert told_twice(sandbox.slack) == []
    assert Counter(len(cards) for cards in cards_by_order(sandbox.slack).values()) == {1: 15}
    assert len({(order.store_key, order.short_id) for order in await all_orders(database)}) == 15


async def test_the_same_order_taken_in_by_both_at_the_same_moment_is_there_once(pair: Pair) -> None:
    numbers = range(10)

    async def both(number: int) -> None:
        incoming = Incoming(
            source=Source.STOREFRONT,
            source_id=f"GM-{number}",
            placed_at=pair.bots[0].desk.now(),
            contact=Contact(first_name="Maya", phone="+13035550101"),
            items=(OrderedItem(name="Mesa Sunrise Pre-Roll", quantity=Decimal(1)),),
        )
        await asyncio.gather(*(take_in(bot.desk, bot.desk.store("downtown"), incoming) for bot in pair.bots))

    await asyncio.gather(*map(both, numbers))
    database = pair.bots[0].database
    await all_is_told(pair.sandbox.slack, database)
    assert sorted(order.source_id for order in await all_orders(database)) == [f"GM-{number}" for number in numbers]


async def test_what_one_had_taken_on_the_other_ends_when_it_is_gone(pair: Pair) -> None:
    sandbox = pair.sandbox
    pair.meet(0)
    # It answers for the orders, and is gone before it has worked one of them.
    await pair.bots[0].courier.close(grace_seconds=0)
    for shopper in SHOPPERS:
        await sandbox.webshop.place_order("downtown", shopper=shopper, items=ITEMS)
    await pair.bots[0].close()
    await sandbox.flowhub.until(lambda: len(sandbox.flowhub.orders) == 5, timeout=20)
    await all_is_told(sandbox.slack, pair.bots[1].database)
    assert len(cards_by_order(sandbox.slack)) == 5


async def test_a_button_is_answered_by_whoever_gets_the_press(pair: Pair, world: World) -> None:
    await rush(pair)
    database = pair.bots[0].database
    await all_is_told(pair.sandbox.slack, database)
    for card in world.cards():
        await world.press(world.budtender, card, "claim_order")
        await world.until(lambda card=card: "Release" in str(card.attachments), "a card that is claimed")  # type: ignore[misc]
    await all_is_told(pair.sandbox.slack, database)
