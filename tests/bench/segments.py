"""Figure 7: evaluating segments, against Polars with all sales in memory, and against one group-by over all sales.

Everybody is where Polars says, or the bench fails: all sets of members are compared, and how many came and went.
"""

import asyncio
import os
import sqlite3
import sys
import time
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from bot.rules.segments.days import Asof
from bot.sandbox.sandbox import VAULT_KEY
from bot.store import Database
from bot.store.schema import upgrade
from bot.vault import Vault
from tests.bench.figures import Report, percentile
from tests.bench.loop_lag import watched_loop
from tests.bench.peers import PEERS, environment
from tests.bench.segment_process import SegmentProcess
from tests.bench.segment_rule import ZONE, days
from tests.bench.segment_sales import ACCOUNT, Crowd, bought_in_sqlite, put_into_sqlite

SIZES = (10_000, 100_000, 1_000_000)
ROUNDS = 5
HOUR = timedelta(hours=1)
START = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)
"""Half past one in the night in Denver; each round begins half an hour before midnight two days later."""
HOW = (
    "four starters and one rule of one's own, each with who came and who left; five sales to a customer; one after the other "
    "in the same run; the medians of the rounds"
)
BITS = """(total_orders >= 1 AND last_at < :lapsed) + (first_at >= :new) * 2 + (total_orders > 1) * 4 + (spent > 10000) * 8
    + (spent >= 25000 AND total_orders >= 5 AND last_at < :own) * 16"""
GROUP_BY = f"""SELECT customer_id, {BITS} FROM (
        SELECT customer_id, count(*) AS total_orders, sum(total_cents) AS spent, min(completed_at) AS first_at,
            max(completed_at) AS last_at
        FROM sales WHERE account = :account AND NOT is_voided AND vanished_at IS NULL AND customer_id <> ''
        GROUP BY customer_id)"""  # noqa: S608


@dataclass
class Times:
    """Of one size; wall seconds and seconds of CPU, each a list of rounds."""

    ours: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    others: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    """What the same round took the other way, a moment later: a machine's pace changes within a run."""

    def ratio(self, what: str, unit: str) -> float:
        """The other ÷ ours, the median of the rounds."""
        rounds = zip(self.others[what], self.ours[what], strict=True)
        return float(median(other[unit] / ours[unit] for other, ours in rounds))


async def segments(folder: Path, *, sizes: tuple[int, ...] = SIZES) -> Report:
    report = Report("7. Segments: everybody, after sales, and by time alone", HOW)
    python = await environment("polars_segments")
    measured = {size: await _measured(report, folder, python, size) for size in sizes}
    most = measured[sizes[-1]]
    _add(report, most, sizes[-1])
    for what in ("all", "bought", "time", "quiet", "figures"):
        each = [_median(measured[size].ours[what], "cpu") / size for size in sizes]
        report.add(f"{what}: CPU a customer, {sizes[-1]:,} ÷ {sizes[0]:,}", each[-1] / each[0], most=1.25)
    return report


async def _measured(report: Report, folder: Path, python: Path, size: int) -> Times:
    times = Times()
    crowd = await asyncio.to_thread(Crowd, size, START)
    path = folder / f"{size}.db"
    database = Database(f"sqlite:///{path}", Vault([VAULT_KEY]))
    await upgrade(database)
    await database.close()
    await asyncio.to_thread(put_into_sqlite, path, crowd)
    crowd.save(crowd.sales, folder)
    ours = await SegmentProcess.start(sys.executable, "-m", "tests.bench.segment_process", f"sqlite:///{path}")
    quiet = {"PATH": os.environ["PATH"], "HOME": str(folder)}
    polars = await SegmentProcess.start(str(python), str(PEERS / "polars_segments.py"), env=quiet)
    await polars.ask(load=str(folder))

    async def watched(now: datetime, **asked: Any) -> dict[str, Any]:
        async with watched_loop() as idle:
            our = await ours.ask(now=now.isoformat(), **asked)
        return {**our, "idle_lags": idle}

    async def step(what: str, now: datetime, **asked: Any) -> None:
        their = await polars.ask(days=days(Asof(now, ZONE)))
        our = await watched(now, **asked)
        times.ours.setdefault(what, []).append(our)
        if what == "all":
            times.others.setdefault(what, []).append(their)
        for told in ("members", "entered", "left"):
            report.must(our[told] == their[told], f"{size:,} customers, {what}: {told} are not what Polars says")

    now = START
    await step("first", now, do="begin")
    before, _ = await asyncio.to_thread(_group_by, path, now, {})
    for _ in range(ROUNDS):
        now += 46 * HOUR
        await step("all", now, do="all")
        # Two hours in which nobody bought: midnight passes in the first, in the second nobody can move.
        now += HOUR
        await step("time", now, do="refresh", before=(now - HOUR).isoformat(), changed=[])
        later = now + HOUR / 2
        await step("quiet", later, do="refresh", before=now.isoformat(), changed=[])
        before, took = await asyncio.to_thread(_group_by, path, now, before)
        for after_time_alone in ("time", "quiet"):
            times.others.setdefault(after_time_alone, []).append(took)
        earlier, now = later, now + HOUR
        made, who = await asyncio.to_thread(crowd.buy, 0.01, now)
        await asyncio.to_thread(bought_in_sqlite, path, crowd, made, who)
        crowd.save(made, folder)
        await polars.ask(append=str(folder))
        changed = [crowd.ids[one] for one in who]
        await step("bought", now, do="refresh", before=earlier.isoformat(), changed=changed)
        before, took = await asyncio.to_thread(_group_by, path, now, before)
        times.others.setdefault("bought", []).append(took)
        times.ours.setdefault("figures", []).append(await watched(now, do="add up"))
    await ours.end()
    await polars.end()
    path.unlink()
    return times


def _group_by(path: Path, now: datetime, before: dict[str, int]) -> tuple[dict[str, int], dict[str, float]]:
    """What one would write first: everybody's bits from all sales, and in Python who moved. With what it took."""
    with closing(sqlite3.connect(path)) as connection:
        began, computed = time.perf_counter(), time.thread_time()
        found = dict(connection.execute(GROUP_BY, {"account": ACCOUNT, **days(Asof(now, ZONE))}).fetchall())
        for flag in (1, 2, 4, 8, 16):
            was, is_now = ({fh_id for fh_id, bits in one.items() if bits & flag} for one in (before, found))
            _ = is_now - was, was - is_now
        took = {"seconds": time.perf_counter() - began, "cpu": time.thread_time() - computed}
    return found, took


def _median(rounds: list[dict[str, Any]], what: str) -> float:
    return float(median(one[what] for one in rounds))


def _add(report: Report, times: Times, size: int) -> None:
    report.add(f"first count of {size:,} customers", times.ours["first"][0]["seconds"], "s")
    for what, name, least in (
        ("all", "everybody: Polars ÷ ours", 1.0),
        ("bought", "1 % bought: one group-by ÷ ours", 30.0),
        ("time", "nobody bought, midnight passed: one group-by ÷ ours", 60.0),
    ):
        ours = times.ours[what]
        moves = sum(ours[-1]["entered"].values()) + sum(ours[-1]["left"].values())
        report.add(f"{what}: ours, {moves:,} moves", _median(ours, "seconds"), "s")
        report.add(f"{what}: the other", _median(times.others[what], "seconds"), "s")
        report.add(name, times.ratio(what, "seconds"), least=least)
        report.add(f"{name}, CPU", times.ratio(what, "cpu"))
    a_day = 1 / times.ratio("time", "seconds") + 23 / times.ratio("quiet", "seconds")
    report.add("nobody bought, a day's mean hour: one group-by ÷ ours", 24 / a_day, least=60.0)
    report.add("adding up what each segment is worth, afterwards", _median(times.ours["figures"], "seconds"), "s")
    _add_lags(report, times)


def _add_lags(report: Report, times: Times) -> None:
    """Of all moments in which everybody was looked at, and so on, the worst of these; and of each round by itself.

    A round of a few milliseconds has few moments: its 99th percentile is its worst moment.
    """
    for whose, name, most in (
        ("lags", "loop lag while evaluating, p99", 10),
        ("idle_lags", "meanwhile of an idle loop in another process, p99", None),
    ):
        together = [[lag for one in each for lag in one[whose]] for each in times.ours.values()]
        rounds = [one[whose] for each in times.ours.values() for one in each]
        report.add(name, max(_p99(lags) for lags in together), "ms", most=most)
        report.add("… of the worst round", max(_p99(lags) for lags in rounds), "ms", most=most)
        report.add("… of the median round", median(_p99(lags) for lags in rounds), "ms")


def _p99(lags: list[float]) -> float:
    return 1000 * percentile(lags, 0.99)
