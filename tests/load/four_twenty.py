"""4/20: thirty orders a minute in one workspace while hundreds of stores elsewhere have theirs; then quiet, all being right."""

import asyncio
import random
import time
from pathlib import Path

from bot.sandbox.shop import Store
from tests.bench.figures import Report, percentile
from tests.bench.latency import LIFE
from tests.load.many_workspaces import Rig
from tests.load.showing import Watch

RUSH_PER_MINUTE = 30
OTHERS_PER_MINUTE = 90
STEP_SECONDS = (6.0, 30.0)
"""Between two changes of an order, so that it lives for about two minutes."""
STEPS = LIFE[:4]
"""All but the last: the order is still open when all is quiet."""
LONGEST_QUIET_SECONDS = 300.0


async def four_twenty(folder: Path, *, stores: int, workspaces: int, minutes: float) -> Report:
    report = Report(
        "4/20",
        f"{stores} stores in {workspaces} workspaces; {minutes:g} min of {RUSH_PER_MINUTE} orders a minute in one workspace "
        f"and {OTHERS_PER_MINUTE} in all others, each with {len(STEPS)} changes in about a minute, then quiet; SQLite, Slack's "
        "limits are on",
    )
    rig = await Rig.start(folder, stores=stores, workspaces=workspaces)
    busy = [rig.stores[0], *rig.beside(rig.stores[0])]
    others = [store for store in rig.stores if store not in busy]
    accepted: dict[str, float] = {}
    try:
        await asyncio.gather(
            _orders(rig, busy, RUSH_PER_MINUTE, minutes, "B-1", accepted),
            _orders(rig, others or busy, OTHERS_PER_MINUTE, minutes, "B-2", accepted),
        )
        quiet_at, watch = time.monotonic(), Watch(rig)
        seen_after = cards_after = float("inf")
        shown = watch.look()
        while (after := time.monotonic() - quiet_at) < LONGEST_QUIET_SECONDS:
            shown = watch.look()
            seen_after = after if not shown.unseen and seen_after == float("inf") else seen_after
            if not shown.without_card:
                cards_after = after
                break
            await asyncio.sleep(0.5)
        report.must(shown.orders == len(accepted), f"{len(accepted)} orders became {shown.orders} in Flowhub")
        report.must(shown.doubled == 0, f"{shown.doubled} cards were posted twice")
        report.add("orders", shown.orders)
        report.add(
            "each open order's state is seen, its card or the living message, after quiet", seen_after, "s", most=60
        )
        report.add("each order's own card is right after quiet", cards_after, "s", most=60)
        posted = {call.order_id: call.at for call in rig.sandbox.posts() if call.part == "card"}
        for name, prefix in (("busy", "B-1"), ("other", "B-2")):
            waits = [posted[one] - at for one, at in accepted.items() if one.startswith(prefix) and one in posted]
            report.add(f"order accepted → its card in the {name} workspaces, p95", percentile(waits, 0.95), "s", most=5)
        report.add("living messages", shown.living + shown.caught_up)
        report.add("edits", len(rig.sandbox.edits()))
        report.add("calls that Slack refused for their pace", rig.refused_for_pace())
    finally:
        await rig.close()
    return report


async def _orders(
    rig: Rig, stores: list[Store], per_minute: float, minutes: float, prefix: str, accepted: dict[str, float]
) -> None:
    began, draw = time.monotonic(), random.Random(prefix)  # noqa: S311  (the same load in every run)
    async with asyncio.TaskGroup() as shop:
        for number in range(int(per_minute * minutes)):
            await asyncio.sleep(max(0.0, began + number * 60 / per_minute - time.monotonic()))
            shop.create_task(_live(rig, draw.choice(stores), f"{prefix}{number:05}", accepted))


async def _live(rig: Rig, store: Store, order_id: str, accepted: dict[str, float]) -> None:
    draw, flowhub = random.Random(order_id), rig.sandbox.flowhub  # noqa: S311
    _, accepted[order_id] = await rig.order(store, order_id)

    def in_pos() -> str:
        found = (order for order in reversed(flowhub.orders) if order.body["customerNote"].endswith(order_id))
        return next((order.order_id for order in found), "")

    await flowhub.until(lambda: in_pos() != "", timeout=60)
    which = in_pos()
    for status in STEPS:
        await asyncio.sleep(draw.uniform(*STEP_SECONDS))
        flowhub.operator.set_status(which, status)
