"""Figure 1: how long after we have accepted something it is on its way to Slack.

An order's whole life, many times over: the web shop sends it, its card is posted; six changes of status follow, each told
by a postback, and each is a line in the card's thread.
"""

import asyncio
import random
import time
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from bot.sandbox.flowhub import PosOrder
from tests.bench.bot_process import BotProcess
from tests.bench.chain import chain, environment
from tests.bench.figures import Report, percentile
from tests.bench.http_load import Answer, Connections
from tests.bench.orders import postback, web_order
from tests.bench.other_side import Call, OtherSide

STORES, ACCOUNTS = 100, 10
ORDERS_PER_STORE = 5
ORDERS_PER_SECOND = 25.0
POSTBACKS_PER_SECOND = 50.0
LIFE = ("started", "ready", "inQueue", "inTransit", "delivered", "sold")
JITTER_SECONDS = 0.4
"""Arrivals are this much off their beat, so that some come at once, while no channel gets two within a second."""
QUIET_SECONDS = 30.0
HOW = (
    f"{STORES} stores over {ACCOUNTS} Flowhub accounts, so that neither Flowhub's pace per account nor Slack's per channel is "
    "measured; the workspace's own cap is off, Slack's and the bot's; all else (edits, polls, webhooks to the shop) runs as it "
    "does for an owner"
)


@dataclass(frozen=True)
class Hint:
    """A postback that was taken: the order's key, which change of the order's it was (from 1), and when."""

    order_key: str
    number: int
    answer: Answer


@dataclass(frozen=True)
class Shares:
    """Seconds: how late it is, and what was computed so far by the bot, by this process, and by the whole machine."""

    at: float
    bot: float
    ours: float
    machine: float

    @classmethod
    def now(cls, bot: BotProcess) -> "Shares":
        return cls(time.monotonic(), bot.cpu_seconds, time.process_time(), bot.machine_cpu_seconds())

    def report(self, report: Report, began: "Shares") -> None:
        lasted = self.at - began.at
        bot, ours, machine = self.bot - began.bot, self.ours - began.ours, self.machine - began.machine
        report.add("share of one core: the bot", 100 * bot / lasted, "%")
        report.add("share of one core: stand-ins and load", 100 * ours / lasted, "%")
        report.add("share of one core: whatever else ran on this machine", 100 * (machine - bot - ours) / lasted, "%")


async def latency(folder: Path, *, seconds: float = 60.0) -> Report:
    report = Report("1. From accepted to on the wire", HOW)
    sandbox = await OtherSide.start(shop=chain(STORES, ACCOUNTS))
    sandbox.slack.switches.rate_limits = False
    sandbox.flowhub.switches.postback = "never"  # we send them ourselves, to know when each was taken
    settings = environment(sandbox, database_url=f"sqlite:///{folder}/latency.db")
    bot = await BotProcess.start(settings, folder, module="tests.bench.uncapped")
    door = Connections(bot.host, bot.port)
    try:
        await sandbox.slack.await_connected()
        memory_at_first = bot.memory_megabytes
        sent = await _orders(sandbox, door)
        await _settled(sandbox, len(sent))
        _report_orders(report, sandbox, sent)
        memory, began = bot.memory_megabytes, Shares.now(bot)
        hints = await _postbacks(sandbox, door, seconds)
        shares = Shares.now(bot)
        await _told(sandbox, len(hints))
        _report_hints(report, sandbox, hints)
        report.add("the bot's memory: growth while postbacks came", bot.memory_megabytes - memory, "MB", most=50)
        report.add("the bot's memory: growth since it was started", bot.memory_megabytes - memory_at_first, "MB")
        shares.report(report, began)
    finally:
        door.close()
        await bot.stop()
        await sandbox.close()
    return report


async def _orders(sandbox: OtherSide, door: Connections) -> dict[str, Answer]:
    """Orders at an even pace; by the web shop's number, when each was taken."""
    stores = sandbox.shop.stores
    taken: dict[str, Answer] = {}

    async def one(number: int) -> None:
        order_id = f"B-{number:05}"
        taken[order_id] = await door.send(web_order(sandbox, stores[number % len(stores)], order_id))

    await _at_pace(one, ORDERS_PER_STORE * len(stores), ORDERS_PER_SECOND)
    return taken


async def _postbacks(sandbox: OtherSide, door: Connections, seconds: float) -> list[Hint]:
    """The orders move on, one store after the other, and Flowhub says so each time."""
    orders = sandbox.flowhub.orders
    orders.sort(key=lambda order: int(order.body["customerNote"].rpartition("-")[2]))
    hints: list[Hint] = []

    async def one(number: int) -> None:
        order, turn = orders[number % len(orders)], number // len(orders)
        sandbox.flowhub.operator.set_status(order.order_id, LIFE[turn % len(LIFE)])
        answer = await door.send(postback(order))
        hints.append(Hint(_key(order), turn + 1, answer))

    await _at_pace(one, int(seconds * POSTBACKS_PER_SECOND), POSTBACKS_PER_SECOND)
    return hints


def _key(order: PosOrder) -> str:
    return str(order.body["customer"]["externalId"])


async def _at_pace(one: Callable[[int], Awaitable[None]], count: int, per_second: float) -> None:
    """Begin `one(number)` so often a second, each a little early or late, and wait for all."""
    draw = random.Random(7)  # noqa: S311  (the same arrivals in every run)
    begin = time.monotonic() + JITTER_SECONDS

    async def at_its_time(number: int) -> None:
        due = begin + number / per_second + draw.uniform(-JITTER_SECONDS, JITTER_SECONDS)
        await asyncio.sleep(due - time.monotonic())
        await one(number)

    await asyncio.gather(*(at_its_time(number) for number in range(count)))


async def _settled(sandbox: OtherSide, orders: int) -> None:
    """All orders are in Flowhub, each has its card, and each card says below it that it is there."""

    def done() -> bool:
        parts = Counter(call.part.partition(" ")[0] for call in sandbox.posts())
        return len(sandbox.flowhub.orders) >= orders and parts["card"] >= orders and parts["history"] >= orders

    await sandbox.until(done, seconds=QUIET_SECONDS)


async def _told(sandbox: OtherSide, changes: int) -> None:
    await sandbox.until(lambda: sum(map(_changes_in, sandbox.posts())) >= changes, seconds=QUIET_SECONDS)


def _changes_in(call: Call) -> int:
    """How many changes of status a message tells: each is a line with an arrow."""
    return str(call.said["text"]).count("→") if call.part.startswith("history") else 0


def _report_orders(report: Report, sandbox: OtherSide, sent: dict[str, Answer]) -> None:
    cards = [call for call in sandbox.posts() if call.part == "card"]
    posted = {call.order_id: call.at for call in cards}
    report.must(all(answer.status == 200 for answer in sent.values()), "an order was not taken")
    report.must(len(posted) == len(sent), f"{len(sent) - len(posted)} orders have no card")
    report.must(len(cards) == len(posted), f"{len(cards) - len(posted)} cards were posted twice")
    # The first order of each store signs in and reads the inventory: that is not what is measured.
    measured = [order_id for order_id in sorted(sent)[STORES:] if order_id in posted]
    waits = [1000 * (posted[order_id] - sent[order_id].at) for order_id in measured]
    report.add("order accepted → its card's chat.postMessage, p50", percentile(waits, 0.5), "ms", most=10)
    report.add("order accepted → its card's chat.postMessage, p99", percentile(waits, 0.99), "ms", most=100)


def _report_hints(report: Report, sandbox: OtherSide, hints: list[Hint]) -> None:
    told: dict[str, list[float]] = defaultdict(list)
    parts: Counter[tuple[str, str]] = Counter()
    for call in sandbox.posts():
        if call.part.startswith("history"):
            parts[call.order_key, call.part] += 1
            told[call.order_key] += [call.at] * _changes_in(call)
    report.must(all(hint.answer.status == 200 for hint in hints), "a postback was not taken")
    doubled = sum(count - 1 for count in parts.values())
    report.must(doubled == 0, f"{doubled} lines of history were posted twice")
    found = [
        (hint, told[hint.order_key][hint.number - 1]) for hint in hints if len(told[hint.order_key]) >= hint.number
    ]
    report.must(len(found) == len(hints), f"{len(hints) - len(found)} changes of status were never told")
    # Where a poll asked first, the postback had nothing left to do.
    measured = [(hint, at) for hint, at in found if at > hint.answer.sent_at]
    accepted = [1000 * (at - hint.answer.at) for hint, at in measured]
    sent = [1000 * (at - hint.answer.sent_at) for hint, at in measured]
    report.add("postback accepted → chat.postMessage, p50", percentile(accepted, 0.5), "ms", most=10)
    report.add("postback accepted → chat.postMessage, p90", percentile(accepted, 0.9), "ms")
    report.add("postback accepted → chat.postMessage, p99", percentile(accepted, 0.99), "ms", most=100)
    report.add("postback accepted → chat.postMessage, longest", max(accepted, default=0), "ms")
    report.add("postback sent by Flowhub → chat.postMessage, p50", percentile(sent, 0.5), "ms")
    report.add("postback sent by Flowhub → chat.postMessage, p99", percentile(sent, 0.99), "ms")
    report.add("postbacks measured", len(measured))
    report.add("changes that a poll found before the postback came", len(found) - len(measured))
