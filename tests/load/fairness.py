"""Many stores in one workspace, one of them with a rush of its own: nobody else's cards come later for it."""

import asyncio
import itertools
import random
import time
from collections.abc import Sequence
from pathlib import Path

from bot.sandbox.shop import Store
from tests.bench.bot_process import BotProcess
from tests.bench.chain import chain, environment
from tests.bench.figures import Report, percentile
from tests.bench.http_load import Connections
from tests.bench.orders import web_order
from tests.bench.other_side import OtherSide

ORDERS_PER_MINUTE = 120
"""All the quiet stores together."""
RUSH_PER_MINUTE = 300
"""Ten times what a busy store has on its best day."""
ACCOUNTS = 25
PATIENCE_SECONDS = 60.0


async def fairness(folder: Path, *, stores: int, minutes: float) -> Report:
    report = Report(
        "One store rushes, the others are served as before",
        f"{stores} stores, {ORDERS_PER_MINUTE} orders a minute spread over all of them for {minutes:g} min without and "
        f"{minutes:g} min with {RUSH_PER_MINUTE} more a minute in one store; SQLite, one workspace, Slack's limits are on",
    )
    sandbox = await OtherSide.start(shop=chain(stores, ACCOUNTS))
    bot = await BotProcess.start(environment(sandbox, database_url=f"sqlite:///{folder}/fair.db"), folder)
    door = Connections(bot.host, bot.port)
    numbers = itertools.count()
    rushing, quiet = sandbox.shop.stores[0], sandbox.shop.stores[1:]
    try:
        await sandbox.slack.await_connected()
        alone = await _orders(sandbox, door, quiet, ORDERS_PER_MINUTE, minutes, numbers)
        beside, _ = await asyncio.gather(
            _orders(sandbox, door, quiet, ORDERS_PER_MINUTE, minutes, numbers),
            _orders(sandbox, door, [rushing], RUSH_PER_MINUTE, minutes, numbers),
        )
        waits = [await _waits(sandbox, sent) for sent in (alone, beside)]
    finally:
        door.close()
        await bot.stop()
        await sandbox.close()
    for sent, found in zip((alone, beside), waits, strict=True):
        report.must(len(found) == len(sent), f"{len(sent) - len(found)} of {len(sent)} orders have no card")
    quiet_p95, rush_p95 = (percentile(found, 0.95) for found in waits)
    report.add("a quiet store's order → its card, p95, alone", 1000 * quiet_p95, "ms")
    report.add("a quiet store's order → its card, p95, beside the rush", 1000 * rush_p95, "ms")
    # A few milliseconds of a loaded machine are no unfairness that anybody could see.
    report.add(
        "later because of another store's rush", 100 * max(0.0, rush_p95 - quiet_p95 - 0.05) / quiet_p95, "%", most=20
    )
    return report


async def _orders(
    sandbox: OtherSide,
    door: Connections,
    stores: Sequence[Store],
    per_minute: float,
    minutes: float,
    numbers: "itertools.count[int]",
) -> dict[str, float]:
    """When each order was accepted, in seconds of CLOCK_MONOTONIC."""
    draw, accepted, began = random.Random(1), dict[str, float](), time.monotonic()  # noqa: S311
    for number in range(int(per_minute * minutes)):
        await asyncio.sleep(max(0.0, began + number * 60 / per_minute - time.monotonic()))
        order_id = f"B-{next(numbers):06}"
        accepted[order_id] = (await door.send(web_order(sandbox, draw.choice(stores), order_id))).at
    return accepted


async def _waits(sandbox: OtherSide, accepted: dict[str, float]) -> list[float]:
    """Seconds from accepting to the card on Slack's wire."""

    def posted() -> dict[str, float]:
        return {call.order_id: call.at for call in sandbox.posts() if call.part == "card" and call.order_id in accepted}

    await sandbox.until(lambda: len(posted()) == len(accepted), seconds=PATIENCE_SECONDS)
    return [max(0.0, at - accepted[order_id]) for order_id, at in posted().items()]
