"""The command line of `make load`: which loads, how long, and whether docs/reliability.md is written anew."""

import argparse
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

import uvloop

from tests import reliability
from tests.bench.figures import Report, as_text
from tests.bench.rush import rush
from tests.load.fairness import BEYOND_ITS_CHANNEL, FOUR_TWENTY, Rush, fairness
from tests.load.four_twenty import four_twenty
from tests.load.outage import outage
from tests.load.steady import steady

NAMES = ("steady", "rush", "four_twenty", "neighbours", "fairness", "outage")


def main() -> int:
    """0 when nothing was lost or doubled and every target was met."""
    parser = argparse.ArgumentParser(prog="python -m tests.load", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="load", help=f"any of {', '.join(NAMES)}; all when none is named")
    parser.add_argument("--seconds", type=float, default=600, help="how long the steady load lasts (600)")
    parser.add_argument("--times", type=float, default=1, help="how often Slack's minute is wound up in the rush (1)")
    parser.add_argument(
        "--minutes", type=float, default=3, help="how long 4/20 and each period of the fairness load last (3)"
    )
    parser.add_argument(
        "--rounds", type=int, default=3, help="how often quiet and rush take turns in the fairness load (3)"
    )
    parser.add_argument(
        "--stores", type=int, default=500, help="stores in 4/20, the fairness load and the outage (500)"
    )
    parser.add_argument("--workspaces", type=int, default=50, help="how many workspaces those are in (50)")
    parser.add_argument("--orders", type=int, default=15_000, help="orders that come while Slack is down (15000)")
    parser.add_argument("--hours", type=float, default=4, help="how long Slack is down, by the clock (4)")
    parser.add_argument("--write", action="store_true", help="write the figures into docs/reliability.md")
    asked = parser.parse_args()

    def beside(rush: Rush) -> Callable[[Path], Awaitable[Report]]:
        crowd = {"stores": asked.stores, "workspaces": asked.workspaces}
        return lambda folder: fairness(folder, rush, minutes=asked.minutes, rounds=asked.rounds, **crowd)

    loads: dict[str, Callable[[Path], Awaitable[Report]]] = {
        "steady": lambda folder: steady(folder, seconds=asked.seconds),
        "rush": lambda folder: rush(folder, times=asked.times),
        "neighbours": beside(FOUR_TWENTY),
        "fairness": beside(BEYOND_ITS_CHANNEL),
        "four_twenty": lambda folder: four_twenty(
            folder, stores=asked.stores, workspaces=asked.workspaces, minutes=asked.minutes
        ),
        "outage": lambda folder: outage(
            folder, stores=asked.stores, workspaces=asked.workspaces, orders=asked.orders, hours=asked.hours
        ),
    }
    reports = uvloop.run(_measured([loads[name] for name in asked.names or NAMES], is_written=asked.write))
    print(as_text(reports))
    return 1 if any(report.wrong or any(one.met is False for one in report.figures) for report in reports) else 0


async def _measured(loads: list[Callable[[Path], Awaitable[Report]]], *, is_written: bool) -> list[Report]:
    """Each is told, and written, as it ends: together they take most of an hour."""
    reports = []
    for load in loads:
        with tempfile.TemporaryDirectory(prefix="orderahead-load-") as folder:
            reports.append(await load(Path(folder)))
            print(as_text(reports[-1:]), file=sys.stderr, flush=True)
            if is_written:
                reliability.write("load", reports[-1:])
    return reports


if __name__ == "__main__":
    sys.exit(main())
