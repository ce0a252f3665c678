"""Shoppers order, the cashier works and budtenders ask to cancel, whether or not anybody listens."""

import asyncio
from collections.abc import Coroutine
from random import Random
from typing import Any

from bot.messages.words import look_of_status
from bot.sandbox import Sandbox
from bot.sandbox.sandbox import BUDTENDER, MANAGER
from bot.sandbox.slack.outcomes import NotPossible
from tests.faults.acts import ITEMS
from tests.faults.record import mark_of

SHOPPERS = ("maya", "jonah", "priya", "walt", "dana", "luis")
NEXT = {"new": "started", "started": "ready", "ready": "sold"}
CLOSED = tuple(look_of_status(status).word for status in ("sold", "deleted"))


def hurried(book: dict[str, Any]) -> None:
    """Stores whose orders are late at once."""
    for store in book["stores"].values():
        store["limits"] = {"seen_minutes": 0.02, "started_minutes": 0.02, "mention_after_minutes": 0.02}


class BusyDay:
    def __init__(self, sandbox: Sandbox, chance: Random) -> None:
        self._sandbox = sandbox
        self._chance = chance
        self._going_on: set[asyncio.Task[object]] = set()
        self.digests_are_asked_for = False

    def goes_on(self, *, orders: int, moves: int, cancels: int = 0) -> None:
        for _ in range(orders):
            store, shopper = self._chance.choice(self._sandbox.shop.stores).key, self._chance.choice(SHOPPERS)
            if self._chance.random() < 0.5:
                self._sandbox.leafly.place_order(store, shopper=shopper, items=ITEMS)
            else:
                self._do(self._sandbox.webshop.place_order(store, shopper=shopper, items=ITEMS))
        waiting = [order for order in self._sandbox.flowhub.orders if order.status in NEXT]
        for order in self._chance.sample(waiting, min(moves, len(waiting))):
            status = "deleted" if self._chance.random() < 0.1 else NEXT[order.status]
            self._sandbox.flowhub.operator.set_status(order.order_id, status)
        for _ in range(cancels):
            self._do(self._somebody_asks_to_cancel())
        if self.digests_are_asked_for:
            self._do(self._somebody_asks_for_a_digest())

    async def _somebody_asks_to_cancel(self) -> None:
        """Twice, as people do who see nothing happen."""
        cards = [card for card in self._sandbox.slack.cards(event_type="order_ahead") if mark_of(card)[1] == "card"]
        still_open = [card for card in cards if not any(word in card.text for word in CLOSED)]
        if still_open:
            card = self._chance.choice(still_open)
            words = f"cancel {card.text.partition(' ')[0]} out_of_stock"
            person = self._sandbox.people[BUDTENDER]
            await asyncio.gather(
                *(self._sandbox.slack.command(person, card.channel, "/orders", words) for _ in range(2)),
                return_exceptions=True,
            )

    async def _somebody_asks_for_a_digest(self) -> None:
        """Of a store that has one already, so that it is made anew: there must be no second one."""
        channel = self._sandbox.channels[self._chance.choice(self._sandbox.shop.stores).key]
        await self._sandbox.slack.command(self._sandbox.people[MANAGER], channel, "/digest", "now")

    def _do(self, work: Coroutine[Any, Any, object]) -> None:
        task = asyncio.create_task(work)
        self._going_on.add(task)
        task.add_done_callback(self._going_on.discard)

    async def ends(self) -> None:
        """The web shop sends what was not heard until it is."""
        for ended in await asyncio.gather(*self._going_on, return_exceptions=True):
            if isinstance(ended, BaseException) and not isinstance(ended, NotPossible):
                raise ended
        for order in self._sandbox.webshop.orders:
            while order.status != 200:
                await self._sandbox.webshop.send(order)
