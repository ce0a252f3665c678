"""Slack is down for hours while orders come and go: afterwards each has its card as it is now, and Slack is not flooded."""

import asyncio
import itertools
import sqlite3
import time
from collections import Counter
from pathlib import Path

from bot.sandbox.wire import Fault
from tests.bench.bot_process import BotProcess
from tests.bench.chain import chain, environment
from tests.bench.figures import Report
from tests.bench.http_load import Connections
from tests.bench.orders import web_order
from tests.bench.other_side import OtherSide

ACCOUNTS = 50
AT_ONCE = 32
UNASKED = "SELECT count(*) FROM deliveries WHERE kind = 'ask_status' AND state <> 'done'"
WAITING = "SELECT count(*) FROM deliveries WHERE state IN ('due', 'unknown', 'sending')"


async def outage(folder: Path, *, stores: int, orders: int) -> Report:
    report = Report(
        "Slack is down for hours",
        f"{orders} orders in {stores} channels come, are started and are ready meanwhile; SQLite, Slack's limits are on",
    )
    sandbox = await OtherSide.start(shop=chain(stores, ACCOUNTS))
    database = folder / "outage.db"
    bot = await BotProcess.start(environment(sandbox, database_url=f"sqlite:///{database}"), folder)
    door = Connections(bot.host, bot.port)
    try:
        await sandbox.slack.await_connected()
        before = bot.memory_megabytes
        down = sandbox.slack.wire.add(Fault("down", times=None))
        taken = await _send(sandbox, door, orders)
        await sandbox.until(lambda: len(sandbox.flowhub.orders) == orders, seconds=orders / 20 + 60)
        for status in ("started", "ready"):
            for order in sandbox.flowhub.orders:
                sandbox.flowhub.operator.set_status(order.order_id, status)
            await sandbox.flowhub.postbacks.settled()
            await sandbox.until(lambda: not _count(database, UNASKED), seconds=orders / 20 + 60)
        report.add("orders taken while Slack was down", taken[200])
        report.must(set(taken) == {200}, f"orders were answered with {dict(taken)}")
        report.add("deliveries waiting when it came back", _count(database, WAITING))
        report.add("memory growth meanwhile", bot.memory_megabytes - before, "MB")
        sandbox.calls.clear()
        sandbox.slack.refusals.clear()
        sandbox.slack.wire.faults.remove(down)
        back_at = time.monotonic()
        each = orders / stores
        await sandbox.until(lambda: _right(sandbox) == orders, seconds=10 * each + 120)
        report.add("until every card was there and right", time.monotonic() - back_at, "s", most=5 * each + 60)
    finally:
        door.close()
        await bot.stop()
        await sandbox.close()
    cards = Counter(call.order_key for call in sandbox.posts() if call.part == "card")
    doubled = [key for key, times in cards.items() if times > 1]
    report.must(len(cards) == orders, f"{orders} orders have {len(cards)} cards")
    report.must(not doubled, f"{len(doubled)} cards were posted twice")
    refused = sum(count for (_, error), count in sandbox.slack.refusals.items() if error == "ratelimited")
    report.add("messages for each order", len(sandbox.posts()) / orders, most=2)
    report.add("edits for each order", len(sandbox.edits()) / orders)
    report.add("calls that Slack refused for their pace", refused)
    return report


async def _send(sandbox: OtherSide, door: Connections, orders: int) -> Counter[int]:
    waiting = iter(zip(range(orders), itertools.cycle(sandbox.shop.stores), strict=False))
    taken: Counter[int] = Counter()

    async def one_after_the_other() -> None:
        for number, store in waiting:
            taken[(await door.send(web_order(sandbox, store, f"B-{number:06}"))).status] += 1

    await asyncio.gather(*(one_after_the_other() for _ in range(AT_ONCE)))
    return taken


def _right(sandbox: OtherSide) -> int:
    cards = sandbox.slack.cards(event_type="order_ahead")
    return sum(not card.is_reply and " · Ready · " in card.text for card in cards)


def _count(database: Path, query: str) -> int:
    with sqlite3.connect(database) as connection:
        (count,) = connection.execute(query).fetchone()
    connection.close()
    return int(count)
