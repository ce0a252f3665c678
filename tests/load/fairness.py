"""Many stores in many workspaces, one of them with a rush of its own: nobody else's cards come later for it.

Quiet and rushing periods take turns in one run, because the machine itself is not equally quick at all times: compared are the
medians over the periods, and how far quiet periods differ among themselves is told beside it. Nobody looks at an order here;
were they called late for that, the rush of one period would still be told in the quiet of the next.
"""

import asyncio
import itertools
import random
import statistics
import time
from collections.abc import Sequence
from pathlib import Path

from bot.sandbox.shop import Store
from tests.bench.figures import Report, percentile
from tests.load.many_workspaces import Rig

ORDERS_PER_MINUTE = 120
"""All the quiet stores together."""
NEIGHBOURS_PER_MINUTE = 30
"""Of these, what the stores of the rushing one's workspace have together."""
RUSH_PER_MINUTE = 90
"""More than its channel takes: one post a second, and each order has a line of history too."""
ALLOWED_MILLISECONDS = 20
"""So much later is no unfairness that anybody could see; a quiet store's card takes a tenth of a second."""
PATIENCE_SECONDS = 600.0
SEEN_MINUTES = 12 * 60


async def fairness(folder: Path, *, stores: int, workspaces: int, minutes: float, rounds: int) -> Report:
    report = Report(
        "One store rushes, the others are served as before",
        f"{stores} stores in {workspaces} workspaces; {ORDERS_PER_MINUTE} orders a minute, {NEIGHBOURS_PER_MINUTE} of "
        f"them in the rushing store's workspace; {rounds} times {minutes:g} min without and {minutes:g} min with "
        f"{RUSH_PER_MINUTE} more a minute in one store; nobody is late; SQLite, Slack's limits are on",
    )
    rig = await Rig.start(folder, stores=stores, workspaces=workspaces, seen_minutes=SEEN_MINUTES)
    numbers = itertools.count()
    rushing, neighbours = rig.stores[0], rig.beside(rig.stores[0])
    others = [store for store in rig.stores if store is not rushing and store not in neighbours]
    groups = {"in its workspace": neighbours} | ({"in others": others} if others else {})
    quiet: dict[str, list[float]] = {name: [] for name in groups}
    beside: dict[str, list[float]] = {name: [] for name in groups}
    try:
        await _period(
            rig, groups, 0.25 * minutes, numbers, None
        )  # each channel is looked at once, before its first card
        for turn in range(rounds):
            # What comes first takes turns as well: a machine that slows down would favour it.
            for rushes in (False, True) if turn % 2 == 0 else (True, False):
                found = await _period(rig, groups, minutes, numbers, rushing if rushes else None)
                for name, waits in found.items():
                    report.must(float("inf") not in waits, f"{waits.count(float('inf'))} orders {name} have no card")
                    (beside if rushes else quiet)[name].append(percentile(waits, 0.95))
    finally:
        await rig.close()
    for name in groups:
        alone, rush = statistics.median(quiet[name]), statistics.median(beside[name])
        report.add(f"a store {name}: order → its card, p95, alone", 1000 * alone, "ms")
        report.add(f"a store {name}: … beside the rush", 1000 * rush, "ms")
        apart = 100 * (max(quiet[name]) - min(quiet[name])) / alone
        report.add(f"a store {name}: how far quiet periods are apart", apart, "%")
        later = 100 * max(0.0, rush - alone - ALLOWED_MILLISECONDS / 1000) / alone
        report.add(f"a store {name}: later because of the rush, beyond {ALLOWED_MILLISECONDS} ms", later, "%", most=20)
    return report


async def _period(
    rig: Rig, groups: dict[str, list[Store]], minutes: float, numbers: "itertools.count[int]", rushing: Store | None
) -> dict[str, list[float]]:
    """Seconds from accepting to the card on Slack's wire, by group; and then wait until the rush is over."""
    rates = {
        name: NEIGHBOURS_PER_MINUTE if at == 0 else ORDERS_PER_MINUTE - NEIGHBOURS_PER_MINUTE
        for at, name in enumerate(groups)
    }
    rush = _orders(rig, [rushing], RUSH_PER_MINUTE, minutes, numbers) if rushing else asyncio.sleep(0, {})
    *quiet, rushed = await asyncio.gather(
        *(_orders(rig, stores, rates[name], minutes, numbers) for name, stores in groups.items()), rush
    )
    waits = {name: await _waits(rig, sent) for name, sent in zip(groups, quiet, strict=True)}
    await _waits(rig, rushed)
    return waits


async def _orders(
    rig: Rig, stores: Sequence[Store], per_minute: float, minutes: float, numbers: "itertools.count[int]"
) -> dict[str, float]:
    """When each order was accepted, in seconds of CLOCK_MONOTONIC."""
    draw, accepted, began = random.Random(1), dict[str, float](), time.monotonic()  # noqa: S311
    for number in range(int(per_minute * minutes)):
        await asyncio.sleep(max(0.0, began + number * 60 / per_minute - time.monotonic()))
        order_id = f"B-{next(numbers):06}"
        _, accepted[order_id] = await rig.order(draw.choice(stores), order_id)
    return accepted


async def _waits(rig: Rig, accepted: dict[str, float]) -> list[float]:
    """Infinite where no card came."""

    def posted() -> dict[str, float]:
        return {
            call.order_id: call.at for call in rig.sandbox.posts() if call.part == "card" and call.order_id in accepted
        }

    await rig.sandbox.until(lambda: len(posted()) == len(accepted), seconds=PATIENCE_SECONDS)
    found = posted()
    return [max(0.0, found[order_id] - at) if order_id in found else float("inf") for order_id, at in accepted.items()]
