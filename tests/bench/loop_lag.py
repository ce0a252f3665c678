"""How much later than asked for a loop wakes up: one that is measured, or one that only waits for another process."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

ASKED_SECONDS = 0.001


@asynccontextmanager
async def watched_loop() -> AsyncIterator[list[float]]:
    """Seconds, which become more until the end. What a loop lags that has nothing to do is the machine's."""
    lags: list[float] = []
    watching = asyncio.create_task(_watch(lags))
    try:
        yield lags
    finally:
        watching.cancel()


async def _watch(lags: list[float]) -> None:
    while True:
        before = time.perf_counter()
        await asyncio.sleep(ASKED_SECONDS)
        lags.append(time.perf_counter() - before - ASKED_SECONDS)
