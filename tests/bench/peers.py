"""Figure 6: rows a second against two other ways to load the same from the same server into SQLite.

Everything that a chain has, customers and sales with their lines; and customers alone. Beside our own we write what nobody
else does: prints, seals and what is derived from sales. Each peer has an environment of its own, made once from the
requirements beside it and kept in the cache folder. What writing our customers alone would reach, with nothing fetched, read
or sealed, is told beside them: more than that nobody can.
"""

import asyncio
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bot.rules.customer_sync import RunKind
from bot.sandbox.shop import green_mesa
from tests.bench.crowd_process import crowd_process
from tests.bench.customers import raw_executemany, rows_in
from tests.bench.figures import Report
from tests.bench.sync_process import run

PEERS = Path(__file__).parents[1] / "benchmarks" / "peers"
CUSTOMERS = 200_000
SALES_OF_EACH = 5
TARGETS = {"dlt_merge": 7.0, "session_merge": 25.0}
HOW = (
    "first loads into an empty SQLite file, each in a process of its own, one after the other; pages of 500, ready-made"
)


async def peers(folder: Path, *, customers: int = CUSTOMERS, with_sales: int = CUSTOMERS // 10) -> Report:
    report = Report("6. Customers: a sync against other ways to load them", HOW)
    await _compared(report, folder, with_sales, with_sales * SALES_OF_EACH)
    await _compared(report, folder, customers, 0)
    return report


async def _compared(report: Report, folder: Path, customers: int, sales: int) -> None:
    stores = [store.import_id for store in green_mesa().stores] if sales else []
    sales = sales // max(1, len(stores)) * len(stores)
    what = f"{customers:,} customers" + (f" and {sales:,} sales" if sales else "")
    async with crowd_process(customers, sales) as url:
        ours = await run(url, f"sqlite:///{folder}/ours-{customers}-{sales}.db", RunKind.FIRST)
        read = ours["customers"]["inserted"] + ours["sales"]["inserted"]
        report.must(read == customers + sales, f"we loaded {read:,} rows, not {what}")
        rate = read / ours["seconds"]
        report.add(f"ours, {what}", rate, "rows/s")
        most = None if sales else _limit(folder, folder / f"ours-{customers}-{sales}.db")
        if most:
            report.add("raw executemany of our rows, ready-made", most, "rows/s")
        for name, least in TARGETS.items():
            database = folder / f"{name}-{customers}-{sales}.db"
            found = await _loaded(await environment(name), name, url, database, stores)
            report.must(found["rows"] == read, f"{name} loaded {found['rows']:,} rows, not {what}")
            theirs = found["rows"] / found["seconds"]
            report.add(f"{name}, {what}", theirs, "rows/s")
            report.add(f"ours ÷ {name}", rate / theirs, least=least)
            if most:
                report.add(f"raw executemany ÷ {name}", most / theirs)


def _limit(folder: Path, database: Path) -> float:
    """Rows a second of writing alone."""
    rows = rows_in(database)
    return len(rows) / raw_executemany(database, folder, rows)


async def _loaded(python: Path, name: str, url: str, database: Path, stores: Sequence[str]) -> dict[str, Any]:
    process = await asyncio.create_subprocess_exec(
        *(str(python), str(PEERS / f"{name}.py"), url, str(database), *stores),
        stdout=asyncio.subprocess.PIPE,
        cwd=database.parent,
        env={"PATH": os.environ["PATH"], "HOME": str(database.parent), "RUNTIME__DLTHUB_TELEMETRY": "false"},
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
