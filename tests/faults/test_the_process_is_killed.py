"""SIGKILL, again and again: at every step of an order's way, before and after the other side took it, and at any moment,
while orders flow in from Leafly and from the web shop and move in the point of sale."""

import asyncio
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from random import Random
from typing import Any

from bot.messages.words import look_of_status
from bot.rules.order_values import Order, Placing, Source
from bot.sandbox import Sandbox
from bot.sandbox.flowhub import PosOrder
from bot.sandbox.sandbox import VAULT_KEY
from bot.sandbox.wire import Fault, Wire, WireEntry
from bot.store import Database
from bot.vault import Vault
from tests.conftest import new_postgres_database
from tests.faults.acts import ITEMS
from tests.faults.record import all_orders, cards_by_order
from tests.faults.victim import Victim, victim
from tests.faults.waiting import all_is_told


@dataclass(frozen=True)
class Step:
    """A request of the bot, `taken` by the other side or not."""

    wire: str
    path: str
    taken: bool


POST = Step("slack", "/api/chat.postMessage", taken=True)
LOOK = "/api/conversations.*"
STEPS = [
    Step(wire, path, taken)
    for wire, path in (
        ("leafly", "*/orders/*"),
        ("leafly", "*/acknowledge"),
        ("leafly", "*/status"),
        ("flowhub", "*/inventoryNonZero"),
        ("flowhub", "/order-ahead/v0/create"),
        ("flowhub", "/order-ahead/v0/orderStatus/*"),
        ("slack", "/api/chat.postMessage"),
        ("slack", "/api/chat.update"),
        ("slack", LOOK),
        ("webshop", "/hooks/orders"),
    )
    for taken in (True, False)
]
NOT_REPEATABLE = [step for step in STEPS if step.path.endswith(("/create", "/chat.postMessage"))]
SHOPPERS = ("maya", "jonah", "priya", "walt", "dana", "luis")
NEXT = {"new": "started", "started": "ready", "ready": "sold"}
TIMES_AT_ANY_MOMENT = 10
A_MOMENT = 0.6
"""The longest of those lives, in seconds from the first moment of the process on."""


class Executioner:
    """Strikes when a request has crossed a wire: after it was taken and before its answer, or instead of taking it."""

    def __init__(self, sandbox: Sandbox, bot: Victim) -> None:
        self._wires: dict[str, Wire] = {
            name: getattr(sandbox, name).wire for name in ("leafly", "flowhub", "slack", "webshop")
        }
        self._bot = bot
        self._step: Step | None = None
        self._struck = asyncio.Event()
        for wire in self._wires.values():
            wire.listeners.append(self._crossed)

    def leave(self) -> None:
        for wire in self._wires.values():
            wire.listeners.remove(self._crossed)

    async def strike(self, step: Step, day: "BusyDay") -> None:
        """At this step, as soon as the day comes to it."""
        wire, cut = self._wires[step.wire], Fault("cut_before", path=step.path)
        self._struck.clear()
        if not step.taken:
            wire.add(cut)
        self._step = step
        try:
            async with asyncio.timeout(60):
                while not self._struck.is_set():
                    day.goes_on(orders=2, moves=3)
                    with suppress(TimeoutError):
                        await asyncio.wait_for(self._struck.wait(), 1)
        finally:
            self._step = None
            with suppress(ValueError):
                wire.faults.remove(cut)

    def _crossed(self, entry: WireEntry) -> None:
        if self._step is None or entry.to != self._step.wire or not fnmatch(entry.path, self._step.path):
            return
        if (entry.fault is None) == self._step.taken:
            self._bot.strike()
            self._step = None
            self._struck.set()


class BusyDay:
    """Shoppers order and the cashier works, whether or not anybody listens."""

    def __init__(self, sandbox: Sandbox, chance: Random) -> None:
        self._sandbox = sandbox
        self._chance = chance
        self._sending: list[asyncio.Task[object]] = []

    def goes_on(self, *, orders: int, moves: int) -> None:
        for _ in range(orders):
            store, shopper = self._chance.choice(self._sandbox.shop.stores).key, self._chance.choice(SHOPPERS)
            if self._chance.random() < 0.5:
                self._sandbox.leafly.place_order(store, shopper=shopper, items=ITEMS)
            else:
                sent = self._sandbox.webshop.place_order(store, shopper=shopper, items=ITEMS)
                self._sending.append(asyncio.create_task(sent))
        waiting = [order for order in self._sandbox.flowhub.orders if order.status in NEXT]
        for order in self._chance.sample(waiting, min(moves, len(waiting))):
            self._sandbox.flowhub.operator.set_status(order.order_id, NEXT[order.status])

    async def ends(self) -> None:
        """The web shop sends what was not heard until it is."""
        await asyncio.gather(*self._sending)
        for order in self._sandbox.webshop.orders:
            while order.status != 200:
                await self._sandbox.webshop.send(order)


def hurried(book: dict[str, Any]) -> None:
    for store in book["stores"].values():
        store["limits"] = {"seen_minutes": 0.02, "started_minutes": 0.02, "mention_after_minutes": 0.02}


async def test_no_card_is_lost_or_doubled_whenever_the_process_dies(sandbox: Sandbox, tmp_path: Path) -> None:
    await _kill_and_look(sandbox, f"sqlite:///{tmp_path}/orders.db", STEPS, tmp_path)


async def test_nor_is_it_on_postgresql_where_another_process_may_be_at_work(
    sandbox: Sandbox, postgres: str, tmp_path: Path
) -> None:
    """What was under way is only looked at when its lease has lapsed."""
    await _kill_and_look(sandbox, new_postgres_database(postgres), NOT_REPEATABLE, tmp_path)


async def _kill_and_look(sandbox: Sandbox, database_url: str, steps: list[Step], tmp_path: Path) -> None:
    chance = Random(database_url.partition(":")[0])  # noqa: S311
    sandbox.leafly.switches.retry_wait_scale = 0.02
    settings = sandbox.environment(
        database_url=database_url, order_poll_seconds=0.3, pos_watch_seconds=1, slack_app_token="", stores=hurried
    )
    day = BusyDay(sandbox, chance)
    async with victim(settings, tmp_path) as bot:
        executioner = Executioner(sandbox, bot)
        try:
            for step in chance.sample(steps, len(steps)):
                # It only looks for what is in doubt.
                for at in (POST, step) if step.path == LOOK else (step,):
                    await bot.run()
                    await executioner.strike(at, day)
                    await bot.bury()
        finally:
            executioner.leave()
        for _ in range(TIMES_AT_ANY_MOMENT):
            await bot.run()
            day.goes_on(orders=1, moves=2)
            await asyncio.sleep(chance.uniform(0, A_MOMENT))
            bot.strike()
            await bot.bury()
        await bot.run()
        await bot.is_running()
        await day.ends()
        database = Database(database_url, Vault([VAULT_KEY]))
        try:
            await all_is_told(sandbox.slack, database)
            orders = await all_orders(database)
        finally:
            await database.close()
    assert lost(sandbox, orders) == []
    assert wrong_in_flowhub(sandbox, orders) == []


def lost(sandbox: Sandbox, orders: list[Order]) -> list[str]:
    """Orders that we answered for and that are not on the desk, or twice."""
    heard = {order.order_id for order in sandbox.webshop.orders if order.status == 200}
    heard |= {one.body["orderId"] for one in sandbox.leafly.webhooks.attempts if one.accepted and "orderId" in one.body}
    there = Counter(order.source_id for order in orders if order.source is not Source.FLOWHUB)
    return [order_id for order_id in heard if there[order_id] != 1]


def wrong_in_flowhub(sandbox: Sandbox, orders: list[Order]) -> list[str]:
    """Creates that were made twice, or neither made nor asked about; cards that don't show what Flowhub shows."""
    cards = cards_by_order(sandbox.slack)
    created: dict[str, list[PosOrder]] = {}
    for in_pos in sandbox.flowhub.orders:
        created.setdefault(in_pos.body["customer"]["externalId"], []).append(in_pos)
    wrong = []
    for order in orders:
        found, card = created.get(order.key, []), cards[order.key][0]
        if len(found) > 1:
            wrong.append(f"{order.short_id} was created {len(found)} times")
        if not found and order.placing is not Placing.UNSURE:
            wrong.append(f"{order.short_id} is {order.placing} and not in Flowhub")
        if order.placing is Placing.IN_POS and look_of_status(found[0].status).word not in card.text:
            wrong.append(f"{order.short_id} is {found[0].status} and its card says “{card.text}”")
    if sandbox.flowhub.created_count != sum(map(len, created.values())):
        wrong.append("creates were counted that belong to no order")
    return wrong
