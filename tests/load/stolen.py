"""When the host, whose guest this machine is, took its processors away: how long a thing took then says nothing of the bot."""

import asyncio
import os
import time
from bisect import bisect_left, bisect_right
from contextlib import suppress
from pathlib import Path
from typing import Self

LOOK_EVERY_SECONDS = 1.0
SHARE = 0.02
"""Of one processor's time. A tick, in which Linux counts, is a hundredth of a second."""
TICKS = os.sysconf("SC_CLK_TCK")


class Stolen:
    """Looks every second while the block lasts. Nothing is ever stolen where Linux does not count it."""

    def __init__(self) -> None:
        self._looked_at: list[float] = []
        self._stolen_before: list[bool] = []
        """Whether much was, between that look and the one before it."""

    async def __aenter__(self) -> Self:
        self._looking = asyncio.create_task(self._look())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._looking.cancel()
        with suppress(asyncio.CancelledError):
            await self._looking

    def at(self, began: float, ended: float) -> bool:
        """Whether much was stolen in any second that these moments, or what lies between them, fell into."""
        first, last = bisect_left(self._looked_at, began), bisect_right(self._looked_at, ended)
        return any(self._stolen_before[first : last + 1])

    async def _look(self) -> None:
        before, looked_at = _stolen_seconds(), time.monotonic()
        while True:
            await asyncio.sleep(LOOK_EVERY_SECONDS)
            now, at = _stolen_seconds(), time.monotonic()
            self._looked_at.append(at)
            self._stolen_before.append(now - before > SHARE * (at - looked_at))
            before, looked_at = now, at


def _stolen_seconds() -> float:
    """Of all processors together (proc(5))."""
    try:
        return int(Path("/proc/stat").read_text().split()[8]) / TICKS
    except OSError:
        return 0.0
