"""Fifty postbacks a second, for minutes: each answered well and soon, and the process no larger in the end."""

import asyncio
import itertools
import random
import time
from collections import Counter
from pathlib import Path

from tests.bench.bot_process import BotProcess
from tests.bench.chain import chain, environment
from tests.bench.figures import Report, percentile
from tests.bench.http_load import Answer, Connections
from tests.bench.orders import postback, web_order
from tests.bench.other_side import OtherSide

STORES, ACCOUNTS = 50, 10
ORDERS = 200
PER_SECOND = 50.0
WARM_SECONDS = 20.0
"""How long the same load lasts before memory is looked at: pools and caches fill once."""
MOVES_EVERY = 10
"""Every so manieth postback tells of a change; the others are repeats, which Flowhub may send as well."""
LIFE = itertools.cycle(("started", "ready", "inQueue", "new"))


async def steady(folder: Path, *, seconds: float) -> Report:
    report = Report(
        "Fifty postbacks a second",
        f"{seconds:.0f} s about {ORDERS} open orders of {STORES} stores, one in {MOVES_EVERY} tells of a change; SQLite",
    )
    sandbox = await OtherSide.start(shop=chain(STORES, ACCOUNTS))
    sandbox.slack.switches.rate_limits = False
    sandbox.flowhub.switches.postback = "never"
    bot = await BotProcess.start(environment(sandbox, database_url=f"sqlite:///{folder}/steady.db"), folder)
    door = Connections(bot.host, bot.port)
    try:
        await sandbox.slack.await_connected()
        for number, store in zip(range(ORDERS), itertools.cycle(sandbox.shop.stores), strict=False):
            await door.send(web_order(sandbox, store, f"B-{number:05}"))
        await sandbox.until(lambda: len(sandbox.flowhub.orders) == ORDERS, seconds=60)
        await _postbacks(sandbox, door, WARM_SECONDS)
        before = bot.memory_megabytes
        answers = await _postbacks(sandbox, door, seconds)
        after = bot.memory_megabytes
    finally:
        door.close()
        await bot.stop()
        await sandbox.close()
    statuses = Counter(one.status for one in answers)
    waits = [1000 * (one.at - one.sent_at) for one in answers]
    report.must(len(sandbox.flowhub.orders) == ORDERS, f"{ORDERS} orders became {len(sandbox.flowhub.orders)} creates")
    report.add("postbacks", len(answers))
    report.add("answers that were not 2xx", sum(statuses.values()) - statuses[200], most=0)
    report.add("acknowledged within, p50", percentile(waits, 0.5), "ms")
    report.add("acknowledged within, p99", percentile(waits, 0.99), "ms", most=250)
    report.add("memory before", before, "MB")
    report.add("memory growth", after - before, "MB", most=50)
    return report


async def _postbacks(sandbox: OtherSide, door: Connections, seconds: float) -> list[Answer]:
    draw, sending = random.Random(1), list[asyncio.Task[Answer]]()  # noqa: S311  (the same load in every run)
    began = time.monotonic()
    for number in range(int(seconds * PER_SECOND)):
        order = draw.choice(sandbox.flowhub.orders)
        if number % MOVES_EVERY == 0:
            sandbox.flowhub.operator.set_status(order.order_id, next(LIFE))
        sending.append(asyncio.create_task(door.send(postback(order))))
        await asyncio.sleep(max(0.0, began + (number + 1) / PER_SECOND - time.monotonic()))
        # What Slack was told is another figure's matter, and would fill this process.
        sandbox.calls.clear()
    return list(await asyncio.gather(*sending))
