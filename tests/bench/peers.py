"""Figure 6: rows a second against two other ways to load the same customers from the same server into SQLite.

Each peer has an environment of its own, made once from the requirements beside it and kept in the cache folder. What writing
our rows alone would reach, with nothing fetched, read or sealed, is told beside it: more than that nobody can.
"""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

from bot.rules.customer_sync import RunKind
from tests.bench.crowd_process import crowd_process
from tests.bench.customers import raw_executemany, rows_in
from tests.bench.figures import Report
from tests.bench.sync_process import run

PEERS = Path(__file__).parents[1] / "benchmarks" / "peers"
CUSTOMERS = 200_000
TARGETS = {"dlt_merge": 7.0, "session_merge": 25.0}
HOW = "first load of {:,} customers into an empty SQLite file, each in a process of its own, one after the other"


async def peers(folder: Path, *, customers: int = CUSTOMERS) -> Report:
    report = Report("6. Customers: a sync against other ways to load them", HOW.format(customers))
    async with crowd_process(customers, 0) as url:
        ours = await run(url, f"sqlite:///{folder}/ours.db", RunKind.FIRST)
        rate = customers / ours["seconds"]
        report.add("ours", rate, "rows/s")
        rows = rows_in(folder / "ours.db")
        most = len(rows) / raw_executemany(folder / "ours.db", folder, rows)
        report.add("raw executemany of our rows, ready-made", most, "rows/s")
        for name, least in TARGETS.items():
            found = await _loaded(await environment(name), name, url, folder)
            report.must(found["rows"] == customers, f"{name} loaded {found['rows']:,} rows")
            theirs = found["rows"] / found["seconds"]
            report.add(name, theirs, "rows/s")
            report.add(f"ours ÷ {name}", rate / theirs, least=least)
            report.add(f"raw executemany ÷ {name}", most / theirs)
    return report


async def _loaded(python: Path, name: str, url: str, folder: Path) -> dict[str, Any]:
    process = await asyncio.create_subprocess_exec(
        *(str(python), str(PEERS / f"{name}.py"), url, str(folder / f"{name}.db")),
        stdout=asyncio.subprocess.PIPE,
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": str(folder), "RUNTIME__DLTHUB_TELEMETRY": "false"},
    )
    out, _ = await process.communicate()
    found: dict[str, Any] = json.loads(out.decode().splitlines()[-1])
    return found


async def environment(name: str) -> Path:
    """Its Python."""
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "orderahead-bench" / name
    python = cache / "bin" / "python"
    if not (cache / "ready").exists():
        await _done(sys.executable, "-m", "venv", str(cache))
        await _done(str(python), "-m", "pip", "install", "--quiet", "--requirement", str(PEERS / f"{name}.txt"))
        (cache / "ready").touch()
    return python


async def _done(*command: str) -> None:
    process = await asyncio.create_subprocess_exec(*command)
    if await process.wait():
        raise RuntimeError(f"{command[0]} ended with code {process.returncode}")
