"""Figure 2: a rush of thirty orders a minute in one workspace, each with six changes, while Slack allows fifty edits a minute.

Time can be wound up: at `times` 6 Slack's minute lasts ten seconds, for the stand-in's limits and for the bot's own pace
alike, and the orders come six times as fast. The figures are given in the minutes and seconds of that clock.
"""

import asyncio
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot.messages.words import look_of_status
from tests.bench.bot_process import BotProcess
from tests.bench.chain import chain, environment
from tests.bench.figures import Report, percentile
from tests.bench.http_load import Answer, Connections
from tests.bench.latency import LIFE
from tests.bench.orders import web_order
from tests.bench.other_side import OtherSide

STORES = 3
ORDERS_PER_MINUTE = 30
MINUTES = 3
LONGEST_QUIET_MINUTES = 2.0
TIMES = 6.0


@dataclass
class Rush:
    sandbox: OtherSide
    door: Connections
    times: float
    taken: dict[str, Answer] = field(default_factory=dict)
    ended_at: float = 0.0

    @property
    def minute(self) -> float:
        """In real seconds."""
        return 60.0 / self.times

    async def run(self) -> None:
        orders = ORDERS_PER_MINUTE * MINUTES
        async with asyncio.TaskGroup() as shop:
            for number in range(orders):
                shop.create_task(self._live(number))
                await asyncio.sleep(self.minute / ORDERS_PER_MINUTE)
        self.ended_at = time.monotonic()

    async def _live(self, number: int) -> None:
        """An order comes, and goes through its life in about two minutes."""
        order_id, store = f"B-{number:05}", self.sandbox.shop.stores[number % STORES]
        self.taken[order_id] = await self.door.send(web_order(self.sandbox, store, order_id))
        draw = random.Random(number)  # noqa: S311  (the same rush in every run)
        for status in LIFE:
            await asyncio.sleep(self.minute * draw.uniform(0.1, 0.5))
            await self.sandbox.flowhub.until(lambda: self._in_pos(order_id) != "", timeout=self.minute)
            self.sandbox.flowhub.operator.set_status(self._in_pos(order_id), status)

    def _in_pos(self, order_id: str) -> str:
        found = (order for order in self.sandbox.flowhub.orders if order.body["customerNote"].endswith(order_id))
        return next((order.order_id for order in found), "")

    async def until_right(self) -> float:
        """Minutes from the last change until every card says so; infinite when some never do."""
        while (quiet := (time.monotonic() - self.ended_at) / self.minute) < LONGEST_QUIET_MINUTES:
            if not self.wrong_cards():
                return quiet
            await asyncio.sleep(0.05)
        return float("inf")

    def wrong_cards(self) -> int:
        word = look_of_status(LIFE[-1]).word
        cards = self.sandbox.slack.cards(event_type="order_ahead")
        right = [card for card in cards if not card.is_reply and f" · {word} · " in card.text]
        return len(self.taken) - len(right)


async def rush(folder: Path, *, times: float = TIMES) -> Report:
    wound = f"wound up {times:g} times" if times != 1 else "in real time"
    title = "2. Thirty orders a minute, six changes each, one workspace"
    report = Report(
        title, f"{MINUTES} minutes of orders in {STORES} channels, then quiet; {wound}; Slack's limits are on"
    )
    sandbox = await OtherSide.start(shop=chain(STORES, STORES))
    sandbox.slack.switches.rate_scale = times
    settings = environment(
        sandbox, database_url=f"sqlite:///{folder}/rush.db", bench_times=times, order_poll_seconds=30 / times
    )
    bot = await BotProcess.start(settings, folder, module="tests.bench.hurried")
    door = Connections(bot.host, bot.port)
    try:
        await sandbox.slack.await_connected()
        the_rush = Rush(sandbox, door, times)
        await the_rush.run()
        quiet = await the_rush.until_right()
        _report(report, the_rush, quiet)
    finally:
        door.close()
        await bot.stop()
        await sandbox.close()
    return report


def _report(report: Report, the_rush: Rush, quiet: float) -> None:
    sandbox, minute = the_rush.sandbox, the_rush.minute
    edits = [call.at for call in sandbox.edits()]
    cards = {call.order_id: call.at for call in sandbox.posts() if call.part == "card"}
    waits = [(cards[key] - answer.at) / minute * 60 for key, answer in the_rush.taken.items() if key in cards]
    posted = sum(call.part == "card" for call in sandbox.posts())
    changes = len(the_rush.taken) * len(LIFE)
    refused = sum(count for (_, error), count in sandbox.slack.refusals.items() if error == "ratelimited")
    report.must(all(answer.status == 200 for answer in the_rush.taken.values()), "an order was not taken")
    report.must(posted == len(the_rush.taken), f"{len(the_rush.taken)} orders have {posted} cards")
    report.must(the_rush.wrong_cards() == 0, f"{the_rush.wrong_cards()} cards are not right")
    report.add("edits in the busiest rolling minute", _busiest(edits, minute), most=50)
    report.add("every card right after the last change", quiet * 60, "s", most=60)
    report.add("new order accepted → its card, p95", percentile(waits, 0.95), "s", most=5)
    report.add("changes of status", changes)
    report.add("edits they took", len(edits))
    report.add("calls that Slack refused for their pace", refused)


def _busiest(moments: Sequence[float], window: float) -> int:
    ordered = sorted(moments)
    return max((sum(at <= one < at + window for one in ordered) for at in ordered), default=0)
