"""Figure 5: the customer sync against the fastest way to write the same rows, on SQLite and on PostgreSQL.

The limit on SQLite is one `executemany` of ready-made tuples in one transaction, with as large a cache as ours, on PostgreSQL
a COPY of them into a staging table and one merge; into the same schema, on the same disk, before and after what is compared.
What a loop lags that has nothing to do says how much of ours is the machine's. Memory is that of all
processes of a run.
"""

import sqlite3
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import httpx

from bot.rules.customer_sync import RunKind
from bot.store.bulk import CUSTOMERS
from bot.store.pen import CACHE_KILOBYTES
from tests.bench.crowd_process import crowd_process
from tests.bench.figures import Report, percentile
from tests.bench.loop_lag import watched_loop
from tests.bench.postgres import postgres
from tests.bench.sync_process import run

CUSTOMERS_IN_CHAIN, SALES_IN_CHAIN = 200_000, 100_000
FEW = 20_000
HOW = (
    f"{CUSTOMERS_IN_CHAIN:,} customers in pages of 500 from the stand-in, ready-made, in another process; fetched, decoded, "
    "validated, sealed, written; no pace between calls"
)
Rows = Sequence[tuple[Any, ...]]


async def customers(folder: Path, *, sales: int = SALES_IN_CHAIN) -> Report:
    report = Report("5. Customers: a sync against raw writes of the same rows", HOW)
    database = folder / "customers.db"
    async with crowd_process(CUSTOMERS_IN_CHAIN, 0) as url:
        async with watched_loop() as idle:
            first = await run(url, f"sqlite:///{database}", RunKind.FIRST)
        rows = rows_in(database)
        limits = [raw_executemany(database, folder, rows)]
        same, changed = await _later_runs(report, url, f"sqlite:///{database}")
        limits.append(raw_executemany(database, folder, rows))
        limit = sum(limits) / len(limits)
        report.add("raw executemany", len(rows) / limit, "rows/s")
        _add(report, "SQLite", limit, first, same, changed)
        report.add("loop lag during a first load, p99", 1000 * first["lag_p99"], "ms", most=10)
        report.add("meanwhile of a loop with nothing to do, p99", 1000 * percentile(idle, 0.99), "ms")
        async with postgres() as server:
            async with watched_loop() as idle:
                first = await run(url, server, RunKind.FIRST)
            limits = [await _copy_and_merge(server, rows)]
            same, changed = await _later_runs(report, url, server)
            limits.append(await _copy_and_merge(server, rows))
            limit = sum(limits) / len(limits)
            report.add("raw COPY and merge", len(rows) / limit, "rows/s")
            _add(report, "PostgreSQL", limit, first, same, changed)
            report.add("loop lag during a first load on PostgreSQL, p99", 1000 * first["lag_p99"], "ms", most=10)
            report.add("meanwhile of a loop with nothing to do, p99", 1000 * percentile(idle, 0.99), "ms")
    async with crowd_process(CUSTOMERS_IN_CHAIN, 0) as url:
        many = await run(url, f"sqlite:///{folder}/many.db", RunKind.FIRST)
    async with crowd_process(FEW, 0) as url:
        few = await run(url, f"sqlite:///{folder}/few.db", RunKind.FIRST)
    report.add(f"peak memory, {CUSTOMERS_IN_CHAIN:,} customers", many["megabytes"], "MB", most=300)
    report.add(f"the same ÷ {FEW:,} customers", many["megabytes"] / few["megabytes"], most=1.2)
    async with crowd_process(FEW, sales) as url:
        whole = await run(url, f"sqlite:///{folder}/sales.db", RunKind.FIRST)
    report.must(whole["sales"]["read"] == sales // 3 * 3, f"{whole['sales']['read']:,} of {sales:,} sales were read")
    report.add("first load with sales and profiles", (whole["sales"]["read"] + FEW) / whole["seconds"], "rows/s")
    return report


async def _later_runs(report: Report, url: str, database_url: str) -> tuple[dict[str, Any], dict[str, Any]]:
    same = await run(url, database_url, RunKind.NIGHTLY)
    report.must(_written(same) == 0, f"a run in which nothing changed wrote {_written(same)} rows")
    async with httpx.AsyncClient(timeout=60) as client:
        await client.post(f"{url}/crowd/{CUSTOMERS_IN_CHAIN // 100}")
    changed = await run(url, database_url, RunKind.NIGHTLY)
    report.must(_written(changed) == CUSTOMERS_IN_CHAIN // 100, f"of 1 % changed {_written(changed)} were written")
    return same, changed


def _written(found: dict[str, Any]) -> int:
    counted = found["customers"]
    return int(counted["inserted"] + counted["updated"] + counted["vanished"])


def _add(
    report: Report, name: str, limit: float, first: dict[str, Any], same: dict[str, Any], changed: dict[str, Any]
) -> None:
    report.must(first["customers"]["inserted"] == CUSTOMERS_IN_CHAIN, f"{name}: the first load is not complete")
    report.add(f"{name}: first load", CUSTOMERS_IN_CHAIN / first["seconds"], "rows/s")
    report.add(f"{name}: first load ÷ raw", limit / first["seconds"], least=0.45)
    report.add(f"{name}: nothing changed ÷ raw", limit / same["seconds"], least=1.0)
    report.add(f"{name}: 1 % changed ÷ raw", limit / changed["seconds"], least=0.9)


def rows_in(database: Path) -> Rows:
    """The customers that a run has written, in the order in which they came: the stand-in's crowd is numbered in the
    microseconds of when each was created."""
    in_order = "ORDER BY substr(created_at, -6)"
    with sqlite3.connect(database) as connection:
        rows: Rows = connection.execute(f"SELECT {CUSTOMERS.listed} FROM customers {in_order}").fetchall()  # noqa: S608
    connection.close()
    return rows


def raw_executemany(like: Path, folder: Path, rows: Rows) -> float:
    """Seconds it takes to write the rows into a new file with the tables of `like`, and nothing else."""
    with sqlite3.connect(like) as connection:
        schema = connection.execute("SELECT sql FROM sqlite_master WHERE tbl_name = 'customers' AND sql IS NOT NULL")
        statements = [sql for (sql,) in schema]
    connection.close()
    path = folder / f"raw-{time.monotonic_ns()}.db"
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute(f"PRAGMA cache_size=-{CACHE_KILOBYTES}")
    for sql in statements:
        connection.execute(sql)
    marks = ", ".join("?" * len(CUSTOMERS.columns))
    began = time.perf_counter()
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany(f"INSERT INTO customers ({CUSTOMERS.listed}) VALUES ({marks})", rows)  # noqa: S608
    connection.execute("COMMIT")
    lasted = time.perf_counter() - began
    connection.close()
    path.unlink()
    return lasted


async def _copy_and_merge(server: str, rows: Rows) -> float:
    """Seconds."""
    connection = await asyncpg.connect(server)
    await connection.execute("CREATE TABLE raw_customers (LIKE customers INCLUDING ALL)")
    kinds = await connection.fetch(
        "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = 'customers'"
    )
    ready = [_as_postgres(row, {one["column_name"]: one["data_type"] for one in kinds}) for row in rows]
    await connection.execute("CREATE TEMP TABLE staging (LIKE customers)")
    began = time.perf_counter()
    async with connection.transaction():
        await connection.copy_records_to_table("staging", records=ready, columns=CUSTOMERS.columns)
        await connection.execute(
            f"INSERT INTO raw_customers ({CUSTOMERS.listed}) SELECT {CUSTOMERS.listed} FROM staging "  # noqa: S608
            f"ON CONFLICT (account, fh_id) DO UPDATE SET {CUSTOMERS.replaced}"
        )
    lasted = time.perf_counter() - began
    await connection.execute("DROP TABLE raw_customers")
    await connection.close()
    return lasted


def _as_postgres(row: tuple[Any, ...], kinds: dict[str, str]) -> tuple[Any, ...]:
    def made(column: str, value: Any) -> Any:
        if value is None:
            return None
        if kinds[column].startswith("timestamp"):
            return datetime.fromisoformat(value).replace(tzinfo=UTC)
        return bool(value) if kinds[column] == "boolean" else value

    return tuple(made(column, value) for column, value in zip(CUSTOMERS.columns, row, strict=True))
