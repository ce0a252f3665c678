"""Flowhub's stand-in with a crowd, in a process of its own: what it computes is not what is measured.

`python -m tests.bench.crowd_process 200000 0` prints its address and serves until it is killed. POST /crowd/2000 changes
that many customers.
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from aiohttp import web

from bot.sandbox.flowhub import FlowhubStandIn
from bot.sandbox.flowhub.crowd import Crowd
from bot.sandbox.shop import green_mesa
from bot.sandbox.wire import serve


async def main(customers: int, sales: int) -> None:
    shop = green_mesa()
    ids = [store.import_id for store in shop.stores]
    crowd = Crowd(customers=customers, sales=sales, import_ids=ids, now=datetime.now(UTC))
    stand_in = FlowhubStandIn(shop=shop, crowd=crowd)

    async def change(request: web.Request) -> web.Response:
        crowd.change(int(request.match_info["customers"]))
        crowd.prepare()
        return web.Response()

    stand_in.app.router.add_post("/crowd/{customers}", change)
    crowd.prepare()
    server = await serve(stand_in.app)
    print(server.url, flush=True)
    await asyncio.Event().wait()


@asynccontextmanager
async def crowd_process(customers: int, sales: int) -> AsyncIterator[str]:
    """Its address."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.bench.crowd_process", str(customers), str(sales)), stdout=asyncio.subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        yield (await process.stdout.readline()).decode().strip()
    finally:
        process.kill()
        await process.wait()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2])))
