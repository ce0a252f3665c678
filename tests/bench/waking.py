"""Figure 4: what waking the sender is worth: the same postback, with a bot that is woken and with one that looks every 5 s."""

import asyncio
from pathlib import Path
from statistics import median

from tests.bench.bot_process import BotProcess
from tests.bench.chain import chain, environment
from tests.bench.figures import Report
from tests.bench.http_load import Connections
from tests.bench.orders import postback, web_order
from tests.bench.other_side import OtherSide

STORES = 10
HOW = f"one postback for each of {STORES} orders, at different moments of the five seconds; p50 from accepted to on the wire"
PATIENCE_SECONDS = 40.0


async def waking(folder: Path) -> Report:
    report = Report("4. Waking the sender, against looking every five seconds", HOW)
    woken = await _median_wait(folder, "bot")
    unwoken = await _median_wait(folder, "tests.bench.unwoken")
    report.add("woken by the commit", 1000 * woken, "ms")
    report.add("not woken", 1000 * unwoken, "ms")
    report.add("not woken ÷ woken", unwoken / woken, least=20)
    return report


async def _median_wait(folder: Path, module: str) -> float:
    sandbox = await OtherSide.start(shop=chain(STORES, 1))
    sandbox.flowhub.switches.postback = "never"
    database = f"sqlite:///{folder}/{module}.db"
    bot = await BotProcess.start(environment(sandbox, database_url=database), folder, module=module)
    door = Connections(bot.host, bot.port)
    try:
        for number, store in enumerate(sandbox.shop.stores):
            await door.send(web_order(sandbox, store, f"B-{number:05}"))
        await sandbox.until(lambda: _told(sandbox) >= STORES, seconds=PATIENCE_SECONDS)
        before, waits = _told(sandbox), []
        for order in sandbox.flowhub.orders:
            sandbox.flowhub.operator.start(order.order_id)
            waits.append((await door.send(postback(order))).at)
            await asyncio.sleep(0.35)
        await sandbox.until(lambda: _told(sandbox) >= before + STORES, seconds=PATIENCE_SECONDS)
        told = {call.order_key: call.at for call in sandbox.posts() if call.part.startswith("history")}
        keys = [str(order.body["customer"]["externalId"]) for order in sandbox.flowhub.orders]
        return median(told[key] - at for key, at in zip(keys, waits, strict=True))
    finally:
        door.close()
        await bot.stop()
        await sandbox.close()


def _told(sandbox: OtherSide) -> int:
    return sum(call.part.startswith("history") for call in sandbox.posts())
