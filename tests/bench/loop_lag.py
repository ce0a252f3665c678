"""How much later than asked for a loop wakes up: one that is measured, and one that has nothing to do."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

ASKED_SECONDS = 0.001


async def watch(lags: list[float]) -> None:
    """In seconds; until it is cancelled."""
    while True:
        before = time.perf_counter()
        await asyncio.sleep(ASKED_SECONDS)
        lags.append(time.perf_counter() - before - ASKED_SECONDS)


@asynccontextmanager
async def idle_loop() -> AsyncIterator[list[float]]:
    """What this process's loop lags, which only waits for another process: so much of the other's is the machine's."""
    lags: list[float] = []
    watching = asyncio.create_task(watch(lags))
    try:
        yield lags
    finally:
        watching.cancel()
