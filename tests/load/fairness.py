"""Many stores in many workspaces, one of them with a rush of its own: nobody else's cards come later for it.

Quiet and rushing periods take turns in one run, because the machine itself is not equally quick at all times: compared are all
cards of the one kind with all of the other, and how far quiet periods differ among themselves is told beside it. So is the same
comparison for the seconds in which the host left this machine its processors: where it takes them, a card takes ten times as
long, in either kind of period. Orders come at moments of their own, the same in both: at one beat, each would come with one of
the rush. Stores get them in turn: one that gets two in a second waits for itself. Nobody looks at an order here; were
they called late for that, the rush of one period would still be told in the quiet of the next.
"""

import asyncio
import itertools
import random
import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from bot.sandbox.shop import Store
from tests.bench.figures import Report, percentile
from tests.load.many_workspaces import Rig
from tests.load.stolen import Stolen

ORDERS_PER_MINUTE = 120
"""All the quiet stores together."""
NEIGHBOURS_PER_MINUTE = 30
"""Of these, what the stores of the rushing one's workspace have together."""
PATIENCE_SECONDS = 600.0
SEEN_MINUTES = 12 * 60
FIRST_PER_MINUTE = 600


@dataclass(frozen=True)
class Rush:
    """`allowed_ms` is how many milliseconds later is no unfairness that anybody could see."""

    title: str
    per_minute: float
    allowed_ms: float = 0


FOUR_TWENTY = Rush("One store has its 4/20, the others are served as before", 30)
BEYOND_ITS_CHANNEL = Rush("One store rushes, the others are served as before", 90, allowed_ms=20)
"""More than its channel takes: one post a second, and each order has a line of history too."""


@dataclass(frozen=True)
class Card:
    """When its order was accepted, in seconds of CLOCK_MONOTONIC, and how many it took from there to Slack's wire; infinite
    when it never came."""

    accepted: float
    wait: float


async def fairness(folder: Path, rush: Rush, *, stores: int, workspaces: int, minutes: float, rounds: int) -> Report:
    report = Report(
        rush.title,
        f"{stores} stores in {workspaces} workspaces; {ORDERS_PER_MINUTE} orders a minute, {NEIGHBOURS_PER_MINUTE} of "
        f"them in the rushing store's workspace; {rounds} times {minutes:g} min without and {minutes:g} min with "
        f"{rush.per_minute:g} more a minute in one store; nobody is late; SQLite, Slack's limits are on",
    )
    rig = await Rig.start(folder, stores=stores, workspaces=workspaces, seen_minutes=SEEN_MINUTES)
    numbers = itertools.count()
    rushing, neighbours = rig.stores[0], rig.beside(rig.stores[0])
    others = [store for store in rig.stores if store is not rushing and store not in neighbours]
    groups = {"in its workspace": neighbours} | ({"in others": others} if others else {})
    quiet: dict[str, list[list[Card]]] = {name: [] for name in groups}
    beside: dict[str, list[list[Card]]] = {name: [] for name in groups}
    stolen = Stolen()
    try:
        # Each channel is looked at once, before its first card.
        first = await _orders(rig, rig.stores, FIRST_PER_MINUTE, stores / FIRST_PER_MINUTE, numbers, random.Random(0))  # noqa: S311
        await _cards(rig, first)
        await rig.sandbox.until(lambda: _lines(rig) == len(first), seconds=PATIENCE_SECONDS)
        async with stolen:
            for turn in range(rounds):
                # What comes first takes turns as well: a machine that slows down would favour it.
                for rushes in (False, True) if turn % 2 == 0 else (True, False):
                    more = {rushing: rush.per_minute} if rushes else {}
                    for name, cards in (await _period(rig, groups, minutes, numbers, more, seed=turn)).items():
                        missing = sum(card.wait == float("inf") for card in cards)
                        report.must(not missing, f"{missing} orders {name} have no card")
                        (beside if rushes else quiet)[name].append(cards)
    finally:
        await rig.close()
    for name in groups:
        each = [_p95(cards) for cards in quiet[name]]
        apart = 100 * (max(each) - min(each)) / statistics.median(each)
        report.add(f"a store {name}: how far quiet periods are apart", apart, "%")
        alone, later = list(chain(*quiet[name])), list(chain(*beside[name]))
        _compare(report, rush, f"a store {name}", alone, later)
        left = [
            [card for card in cards if not stolen.at(card.accepted, card.accepted + card.wait)]
            for cards in (alone, later)
        ]
        for cards, kept, when in zip((alone, later), left, ("alone", "beside the rush"), strict=True):
            report.add(f"a store {name}: cards {when} in undisturbed seconds", 100 * len(kept) / len(cards), "%")
        if all(left):
            _compare(report, rush, f"a store {name}, undisturbed", *left)
    return report


def _p95(cards: Sequence[Card]) -> float:
    return percentile([card.wait for card in cards], 0.95)


def _compare(report: Report, rush: Rush, who: str, quiet: Sequence[Card], beside: Sequence[Card]) -> None:
    alone, later = _p95(quiet), _p95(beside)
    report.add(f"{who}: order → its card, p95, alone", 1000 * alone, "ms")
    report.add(f"{who}: … beside the rush", 1000 * later, "ms")
    plainly = 100 * max(0.0, later - alone) / alone
    report.add(f"{who}: later because of the rush", plainly, "%", most=None if rush.allowed_ms else 20)
    if rush.allowed_ms:
        beyond = 100 * max(0.0, later - alone - rush.allowed_ms / 1000) / alone
        report.add(f"{who}: the same, beyond {rush.allowed_ms:g} ms", beyond, "%", most=20)


async def _period(
    rig: Rig,
    groups: dict[str, list[Store]],
    minutes: float,
    numbers: "itertools.count[int]",
    rushing: Mapping[Store, float],
    *,
    seed: int,
) -> dict[str, list[Card]]:
    """Cards by group; and then wait until the rush is over.

    `rushing` has how many orders more a minute a store gets.
    """
    rates = {
        name: NEIGHBOURS_PER_MINUTE if at == 0 else ORDERS_PER_MINUTE - NEIGHBOURS_PER_MINUTE
        for at, name in enumerate(groups)
    }
    crowds: list[tuple[Sequence[Store], float]] = [(stores, rates[name]) for name, stores in groups.items()]
    crowds += [([store], more) for store, more in rushing.items()]
    sent = await asyncio.gather(
        *(
            _orders(rig, stores, rate, minutes, numbers, random.Random(f"{seed} {place}"))  # noqa: S311
            for place, (stores, rate) in enumerate(crowds)
        )
    )
    cards = [await _cards(rig, each) for each in sent]
    return dict(zip(groups, cards, strict=False))


async def _orders(
    rig: Rig,
    stores: Sequence[Store],
    per_minute: float,
    minutes: float,
    numbers: "itertools.count[int]",
    draw: random.Random,
) -> dict[str, float]:
    """When each order was accepted, in seconds of CLOCK_MONOTONIC."""
    accepted, began = dict[str, float](), time.monotonic()
    for number, store in zip(range(int(per_minute * minutes)), itertools.cycle(stores), strict=False):
        moment = began + (number + draw.random()) * 60 / per_minute
        await asyncio.sleep(max(0.0, moment - time.monotonic()))
        order_id = f"B-{next(numbers):06}"
        _, accepted[order_id] = await rig.order(store, order_id)
    return accepted


def _lines(rig: Rig) -> int:
    """How many cards have their first line of history, which is written when there is time."""
    return sum(call.part == "history 0" for call in rig.sandbox.posts())


async def _cards(rig: Rig, accepted: dict[str, float]) -> list[Card]:
    def posted() -> dict[str, float]:
        return {
            call.order_id: call.at for call in rig.sandbox.posts() if call.part == "card" and call.order_id in accepted
        }

    await rig.sandbox.until(lambda: len(posted()) == len(accepted), seconds=PATIENCE_SECONDS)
    found = posted()
    return [Card(at, max(0.0, found.get(order_id, float("inf")) - at)) for order_id, at in accepted.items()]
