"""The command line: which figures, how long, and where to write them as JSON."""

import argparse
import sys
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from pathlib import Path

import uvloop

from tests.bench.accepts import accepts
from tests.bench.customers import customers
from tests.bench.figures import Report, as_json, as_text
from tests.bench.latency import latency
from tests.bench.peers import peers
from tests.bench.rush import rush
from tests.bench.segments import segments
from tests.bench.waking import waking

BENCHES: dict[str, Callable[[Path], Awaitable[Report]]] = {
    "latency": latency,
    "rush": rush,
    "accepts": accepts,
    "waking": waking,
    "customers": customers,
    "peers": peers,
    "segments": segments,
}
FULL = {
    "rush": partial(rush, times=1),
    "customers": partial(customers, sales=1_000_000),
    "peers": partial(peers, customers=200_000),
}


def main() -> int:
    """0 when nothing was lost or doubled, whatever the figures; 1 otherwise."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument(
        "names", nargs="*", metavar="figure", help=f"any of {', '.join(BENCHES)}; all when none is named"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there, too")
    parser.add_argument("--full", action="store_true", help="nothing is wound up: the rush lasts its five minutes")
    asked = parser.parse_args()
    reports = uvloop.run(_measured(asked.names or list(BENCHES), FULL if asked.full else {}))
    print(as_text(reports))
    if asked.json:
        asked.json.write_text(as_json(reports))
    return 1 if any(report.wrong for report in reports) else 0


async def _measured(names: list[str], instead: Mapping[str, Callable[[Path], Awaitable[Report]]]) -> list[Report]:
    reports = []
    for name in names:
        print(f"measuring: {name} …", file=sys.stderr, flush=True)
        with tempfile.TemporaryDirectory(prefix="orderahead-bench-") as folder:
            reports.append(await instead.get(name, BENCHES[name])(Path(folder)))
    return reports


if __name__ == "__main__":
    sys.exit(main())
