"""Slack is down for hours while orders come and go: afterwards each channel has one message that shows them all, then cards."""

import asyncio
import itertools
import time
from collections import Counter
from pathlib import Path

from bot.sandbox.wire import Fault
from tests.bench.figures import Report
from tests.load.many_workspaces import Rig
from tests.load.passing_hours import TIMES, Hours
from tests.load.showing import LOOK_EVERY_SECONDS, Showing, Watch, count

AT_ONCE = 32
WAITING = "SELECT count(*) FROM deliveries WHERE state IN ('due', 'unknown', 'sending')"
DOUBTS = "SELECT count(*) FROM deliveries WHERE state = 'unknown'"
PATIENCE_SECONDS = 1800.0


async def outage(folder: Path, *, stores: int, workspaces: int, orders: int, hours: float) -> Report:
    report = Report(
        "Slack is down for hours",
        f"{orders} orders in {stores} channels of {workspaces} workspaces, nine in ten of them come meanwhile; all are started "
        f"and are ready, a third is picked up or cancelled before Slack is back; {hours:g} hours pass by the clocks of "
        f"both sides, {TIMES} times as fast; SQLite, Slack's limits are on",
    )
    with Hours(folder) as clock:
        rig = await Rig.start(folder, stores=stores, workspaces=workspaces, hours=clock)
        try:
            await _down(report, rig, clock, orders=orders, hours=hours)
        finally:
            await rig.close()
    return report


async def _down(report: Report, rig: Rig, clock: Hours, *, orders: int, hours: float) -> None:
    sandbox, before, watch = rig.sandbox, rig.bot.memory_megabytes, Watch(rig)
    taken = await _send(rig, range(orders // 10))
    await watch.until_carded(seconds=orders / 10 + 60)
    down, down_since = sandbox.slack.wire.add(Fault("down", times=None)), time.time()
    async with asyncio.TaskGroup() as meanwhile:
        meanwhile.create_task(clock.pass_by(hours), name="hours pass")
        taken += await _send(rig, range(orders // 10, orders))
        await sandbox.until(lambda: len(sandbox.flowhub.orders) == orders, seconds=orders / 10 + 60)
        for status in ("started", "ready"):
            for order in sandbox.flowhub.orders:
                sandbox.flowhub.operator.set_status(order.order_id, status)
            await watch.known(seconds=orders / 5 + 60)
        for number, order in enumerate(sandbox.flowhub.orders):
            if number % 3 == 0:
                sandbox.flowhub.operator.set_status(order.order_id, "deleted" if number % 9 == 0 else "sold")
        await watch.known(seconds=orders / 5 + 60)
    report.add("Slack was down, by the clock of both sides", (time.time() - down_since) / 3600, "h", least=hours)
    report.add("orders taken", taken[200])
    report.must(abs(await rig.bots_time() - time.time()) < 10, "the bot's clock did not go along")
    report.must(set(taken) == {200}, f"orders were answered with {dict(taken)}")
    report.add("deliveries waiting when it came back", count(rig.database, WAITING))
    report.add("… of these in doubt, to be looked for", count(rig.database, DOUBTS))
    rig.forget_calls()
    sandbox.slack.wire.faults.remove(down)
    await _back(report, rig, watch)
    report.add("memory growth, the largest seen", rig.bot.largest_megabytes - before, "MB", most=300)


async def _back(report: Report, rig: Rig, watch: Watch) -> None:
    began = time.monotonic()
    seen_after = cards_after = None
    shown = watch.look()
    while (after := time.monotonic() - began) < PATIENCE_SECONDS:
        shown = watch.look()
        seen_after = seen_after or (after if not shown.unseen else None)
        cards_after = cards_after or (after if not shown.without_card else None)
        if cards_after and not shown.living:
            break
        await asyncio.sleep(LOOK_EVERY_SECONDS)
    report.add(
        "until each open order's state could be seen: its card, or the living message", _or(seen_after), "s", most=60
    )
    report.add("until each open order had its card, and it was right", _or(cards_after), "s")
    report.add("until every living message said that all is caught up", after, "s")
    report.add("living messages in a channel, at most", shown.most_in_a_channel, most=1)
    report.add("cards of orders that were over: they had theirs before", _over_with_card(rig, shown))
    report.must(shown.doubled == 0, f"{shown.doubled} cards were posted twice")
    report.must(not shown.without_card, f"{shown.without_card} of {shown.orders} orders have no card that is right")
    report.must(
        shown.summed_up == shown.over_without_card,
        f"{shown.over_without_card} orders were over and have no card, {shown.summed_up} were summed up",
    )
    posts = [call for call in rig.sandbox.posts() if call.part in {"card", "rush"}]
    first = Counter(call.said["channel"] for call in posts if call.at - began <= 60)
    report.add(
        "messages in a channel in the first minute, threads aside, at most", max(first.values(), default=0), most=62
    )
    report.add("messages for each order, threads included", len(rig.sandbox.posts()) / shown.orders, most=2)
    report.add("edits for each order", len(rig.sandbox.edits()) / shown.orders)
    report.add("calls that Slack refused for their pace", rig.refused_for_pace())


def _or(seconds: float | None) -> float:
    return float("inf") if seconds is None else seconds


def _over_with_card(rig: Rig, shown: Showing) -> int:
    over = sum(order.status in {"sold", "deleted"} for order in rig.sandbox.flowhub.orders)
    return over - shown.over_without_card


async def _send(rig: Rig, orders: range) -> Counter[int]:
    waiting = iter(zip(orders, itertools.cycle(rig.stores), strict=False))
    taken: Counter[int] = Counter()

    async def one_after_the_other() -> None:
        for number, store in waiting:
            status, _ = await rig.order(store, f"B-{number:06}")
            taken[status] += 1

    await asyncio.gather(*(one_after_the_other() for _ in range(AT_ONCE)))
    return taken
