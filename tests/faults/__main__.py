"""The command line of `make faults`: a thousand kills, in worlds of some seventy each; 500 take-overs between two replicas,
in worlds of fifty; and the figures of both. What is measured in real time comes first and alone; then both go on at once,
each in a process of its own."""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from tests import reliability
from tests.bench.figures import Report, as_text
from tests.conftest import postgres_server
from tests.faults.long_runs import in_real_time, killed, run, taken_over


def main() -> int:
    """0 when nothing was lost, doubled or shown wrongly."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--kills", type=int, default=1000, help="how many (1000)")
    parser.add_argument("--take-overs", type=int, default=500, help="how many (500)")
    parser.add_argument("--seed", type=int, default=None, help="repeat a run's choices; its moments are never the same")
    parser.add_argument("--write", action="store_true", help="write the figures into docs/reliability.md")
    asked = parser.parse_args()
    seed = asked.seed if asked.seed is not None else time.time_ns() % 10**6
    reports = []
    with postgres_server() as server, tempfile.TemporaryDirectory(prefix="orderahead-faults-") as folder:
        for report in _all(asked.kills, asked.take_overs, seed, server, Path(folder)):
            reports.append(report)
            if asked.write:
                reliability.write("faults", [report])
    print(as_text(reports))
    return 1 if any(report.wrong for report in reports) else 0


def _all(kills: int, take_overs: int, seed: int, server: str, folder: Path) -> Iterator[Report]:
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as processes:
        lasted = processes.submit(run, in_real_time, server, folder).result() if take_overs else 0.0
        going = [processes.submit(run, killed, kills, seed, server, folder)] if kills else []
        going += [processes.submit(run, taken_over, take_overs, lasted, seed, server, folder)] if take_overs else []
        for one in going:
            yield one.result()


if __name__ == "__main__":
    sys.exit(main())
