"""The long runs of `make faults`, each a coroutine for a process of its own: it has its own stand-ins, and shares the
PostgreSQL server."""

import asyncio
import itertools
import sys
import time
from collections import Counter
from collections.abc import Callable, Coroutine
from pathlib import Path
from random import Random
from typing import Any, TypeVar

from bot.sandbox import Sandbox
from tests.bench.figures import Report
from tests.conftest import new_postgres_database
from tests.faults.executioner import STEPS
from tests.faults.failpoints import FAILPOINTS
from tests.faults.killing import AnyMoment, Kill, Tally, killed_and_looked_at, plan
from tests.faults.short_waits import FASTER
from tests.faults.taking_over import seconds_until_taken_over
from tests.faults.taking_over import taken_over as taken_over_and_over

T = TypeVar("T")

MOMENTS_EACH = 20
TAKE_OVERS_EACH = 50
IN_REAL_TIME = ("a lease is committed and no call made", "a post is answered and its place not written")
ON_POSTGRES = 4
"""Every so manieth world stands on PostgreSQL, where a lease must lapse first."""


def run(work: Callable[..., Coroutine[Any, Any, T]], *given: Any) -> T:
    """In a process of a pool."""
    return asyncio.run(work(*given))


async def in_real_time(server: str, folder: Path) -> float:
    """Seconds until the other one has finished a call that was under way, the longest."""
    sandbox, lasted = await Sandbox.start(), []
    try:
        for failpoint in IN_REAL_TIME:
            await sandbox.reset()
            lasted.append(await seconds_until_taken_over(sandbox, new_postgres_database(server), folder, failpoint))
    finally:
        await sandbox.close()
    return max(lasted)


async def killed(kills: int, seed: int, server: str, folder: Path) -> Report:
    chance, tally, began = Random(seed), Tally(), time.monotonic()  # noqa: S311
    sandbox = await Sandbox.start()
    try:
        for number in itertools.count(1):
            planned = plan(STEPS, list(FAILPOINTS), MOMENTS_EACH, chance)[: kills - tally.kills.total()]
            if not planned:
                break
            await sandbox.reset()
            sandbox.slack.switches.rate_scale = FASTER
            url = new_postgres_database(server) if number % ON_POSTGRES == 0 else f"sqlite:///{folder}/{number}.db"
            tally.add(await _one_world(sandbox, url, planned, chance, folder))
            told = f"{tally.kills.total()} kills, {tally.orders} orders, {len(tally.wrong)} wrong, seed {seed}"
            print(told, file=sys.stderr, flush=True)
    finally:
        await sandbox.close()
    return _report(tally, time.monotonic() - began, seed)


async def _one_world(sandbox: Sandbox, url: str, planned: list[Kill], chance: Random, folder: Path) -> Tally:
    try:
        return await killed_and_looked_at(sandbox, url, planned, chance, folder)
    except AssertionError as problem:
        print(f"{url.partition(':')[0]}: {problem}", file=sys.stderr, flush=True)
        wrong = Tally(wrong=str(problem).splitlines())
        wrong.kills.update(map(str, planned))
        return wrong


async def taken_over(times: int, lasted: float, seed: int, server: str, folder: Path) -> Report:
    chance, tally, began = Random(seed), Tally(), time.monotonic()  # noqa: S311
    sandbox = await Sandbox.start()
    try:
        while (left := times - tally.kills.total()) > 0:
            await sandbox.reset()
            sandbox.slack.switches.rate_scale = FASTER
            url = new_postgres_database(server)
            try:
                tally.add(await taken_over_and_over(sandbox, url, min(left, TAKE_OVERS_EACH), chance, folder))
            except AssertionError as problem:
                tally.add(Tally(Counter({"failed": min(left, TAKE_OVERS_EACH)}), wrong=str(problem).splitlines()))
            told = f"{tally.kills.total()} take-overs, {tally.orders} orders, {len(tally.wrong)} wrong"
            print(told, file=sys.stderr, flush=True)
    finally:
        await sandbox.close()
    report = Report(
        "Two replicas take over from each other",
        "Two processes on one PostgreSQL, each store's digest is due; whoever hears of orders dies",
    )
    for sentence in tally.wrong:
        report.must(False, sentence)
    report.add("take-overs", tally.kills.total())
    report.add("orders that flowed meanwhile", tally.orders)
    report.add("orders and digests lost, doubled or shown wrongly; calls made twice", len(tally.wrong), most=0)
    report.add("a call that was under way is finished by the other, in real time", lasted, "s", most=30)
    report.add("the whole run", (time.monotonic() - began) / 60, "min")
    return report


def _report(tally: Tally, seconds: float, seed: int) -> Report:
    report = Report(
        "The process is killed (SIGKILL) while orders flow",
        f"{len(STEPS)} steps on the wire, {len(FAILPOINTS)} failpoints and any moment; SQLite and PostgreSQL; seed {seed}; "
        "the verdict comes from the stand-ins' own records",
    )
    for sentence in tally.wrong:
        report.must(False, sentence)
    moments = tally.kills[str(AnyMoment())]
    at_failpoints = sum(tally.kills[name] for name in FAILPOINTS)
    report.add("kills", tally.kills.total())
    report.add("… as a request crossed the wire", tally.kills.total() - moments - at_failpoints)
    report.add("… at a named failpoint", at_failpoints)
    report.add("… at any moment", moments)
    report.add("… at a step that the day did not come to", tally.not_reached.total())
    report.add("orders that flowed meanwhile", tally.orders)
    report.add("creates in Flowhub", tally.creates)
    report.add("cancels that Leafly or a web shop took", tally.cancels)
    report.add("orders and digests lost, doubled or shown wrongly; calls made twice", len(tally.wrong), most=0)
    report.add("until everything was right again, longest", tally.slowest_recovery, "s")
    report.add("the whole run", seconds / 60, "min")
    return report
