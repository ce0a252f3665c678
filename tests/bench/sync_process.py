"""One run of the sync in a process of its own, with a watch on its loop and its memory; prints one JSON object.

`python -m tests.bench.sync_process URL DATABASE KIND`. The pace of calls is out of the way: what is measured is what the
machine can do, not what is polite.
"""

import asyncio
import json
import os
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import uvloop

from bot import logs
from bot.customers import sync
from bot.long_lived import set_aside
from bot.outgoing import http_client
from bot.rules.customer_sync import Plan, RunKind
from bot.rules.stores import Credentials, Store
from bot.sandbox.sandbox import VAULT_KEY
from bot.sandbox.shop import green_mesa
from bot.store import Database, stores
from bot.store.schema import upgrade
from bot.vault import Vault
from tests.bench.figures import percentile
from tests.bench.loop_lag import watched_loop
from tests.customers.shop_floor import desk_of

ACCOUNT = "green-mesa"


async def main(url: str, database_url: str, kind: str) -> None:
    logs.set_up("CRITICAL")
    shop = green_mesa()
    http = http_client(timeout=30)
    database = Database(database_url, Vault([VAULT_KEY]))
    await upgrade(database)
    desk = desk_of(database, http, url=url, auth_url=url)
    pair = Credentials(flowhub_client_id=shop.client_id, flowhub_key=shop.key)
    async with database.write() as tx:
        for one in shop.stores:
            store = Store(
                key=one.key,
                account=ACCOUNT,
                name=one.name,
                channel=f"C{one.key}",
                location_id=one.location_id,
                import_id=one.import_id,
                leafly_key=one.leafly_key,
            )
            await stores.put(tx, store, pair, now=desk.now())
    await desk.load_stores()
    set_aside()
    helpers: dict[str, float] = {}
    watching = asyncio.create_task(_watch_helpers(helpers))
    async with watched_loop() as lags:
        began, computed = time.perf_counter(), time.process_time()
        report = await sync(desk, ACCOUNT, Plan(), kind=RunKind(kind), asked_for=True)
        seconds, cpu_seconds = time.perf_counter() - began, time.process_time() - computed
    watching.cancel()
    assert report is not None
    found: dict[str, Any] = {
        "state": report.state.value,
        "problem": report.problem,
        "seconds": seconds,
        "customers": report.customers.__dict__,
        "sales": report.sales.__dict__,
        "profiles": report.profiles,
        "lag_p99": percentile(lags, 0.99),
        "lag_most": max(lags, default=0.0),
        "cpu_seconds": cpu_seconds,
        "megabytes": _peak_megabytes() + sum(helpers.values()),
    }
    await http.aclose()
    await database.close()
    print(json.dumps(found))


def _peak_megabytes(process: str = "self") -> float:
    """Of this program: what getrusage says includes whoever started it."""
    peak = next(line for line in Path(f"/proc/{process}/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(peak.split()[1]) * 1024 / 1e6


async def _watch_helpers(peaks: dict[str, float]) -> None:
    """Peak of each process in which records are packed, by its number."""
    while True:
        peaks |= await asyncio.to_thread(_helpers)
        await asyncio.sleep(0.1)


def _helpers() -> dict[str, float]:
    found = {}
    for child in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split():
        with suppress(OSError, StopIteration):
            if b"packing_process" in Path(f"/proc/{child}/cmdline").read_bytes():
                found[child] = _peak_megabytes(child)
    return found


async def run(url: str, database_url: str, kind: RunKind) -> dict[str, Any]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.bench.sync_process", url, database_url, kind.value),
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await process.communicate()
    found: dict[str, Any] = json.loads(out)
    if found["state"] != "done":
        raise RuntimeError(f"the sync did not end: {found['problem']}")
    return found


if __name__ == "__main__":
    uvloop.run(main(*sys.argv[1:4]))
