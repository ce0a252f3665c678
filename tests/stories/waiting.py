"""Waiting for what crosses a stand-in's wire."""

import asyncio
from collections.abc import Callable
from fnmatch import fnmatch

from bot.sandbox.wire import Wire, WireEntry

PATIENCE_SECONDS = 30.0


def crossed(wire: Wire, path: str) -> list[WireEntry]:
    """The requests so far whose path is like `path`."""
    return [entry for entry in list(wire.entries) if fnmatch(entry.path, path)]


async def until_crossed(wire: Wire, path: str, times: int) -> None:
    """Until that many more requests have come to `path`. Raises TimeoutError."""
    enough = len(crossed(wire, path)) + times
    await until_noted(wire, lambda: len(crossed(wire, path)) >= enough)


async def until_noted(wire: Wire, true: Callable[[], bool]) -> None:
    """Until something holds; looked at after each request. Raises TimeoutError."""
    noted = asyncio.Event()

    def listen(_entry: WireEntry) -> None:
        noted.set()

    wire.listeners.append(listen)
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not true():
                noted.clear()
                await noted.wait()
    finally:
        wire.listeners.remove(listen)
