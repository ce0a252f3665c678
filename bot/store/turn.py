"""Whose turn it is: to write, where one writes at a time, and for one of a few connections. It knows nothing of what is done
in it."""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from itertools import islice

CALLED_AT_ONCE = 64
"""How many of those who wait are woken together: where the loop is busy, waking them one by one would be a round of it each."""


class Turn:
    """Who may write now, in the order in which they came.

    Whoever waits is called when the turn is free, together with some who follow: each that ends before the next one runs has
    left it free again. One that finds it taken all the same keeps its place in the line.
    """

    def __init__(self, is_stuck: Callable[[], bool]) -> None:
        self._is_stuck = is_stuck
        self._taken = False
        self._line: deque[asyncio.Event] = deque()
        self._moved_at = 0.0

    @property
    def is_awaited(self) -> bool:
        return bool(self._line)

    @property
    def is_free(self) -> bool:
        return not self._taken

    def take_at_once(self) -> None:
        self._taken = True

    async def take(self, *, first: bool = False, patience: float | None = None) -> None:
        """Raises TimeoutError when for `patience` seconds nobody has got through; None waits for as long as it takes."""
        if self._taken or (self._line and not first):
            await self._wait(asyncio.Event(), first=first, patience=patience)
        self._taken = True

    async def _wait(self, called: asyncio.Event, *, first: bool, patience: float | None) -> None:
        (self._line.appendleft if first else self._line.append)(called)
        began_at = time.monotonic()
        try:
            await self._called(called, began_at, patience)
            while self._taken:
                called.clear()
                await self._called(called, began_at, patience)
        finally:
            self._line.remove(called)

    async def _called(self, called: asyncio.Event, began_at: float, patience: float | None) -> None:
        while not called.is_set():
            left = None if patience is None else max(began_at, self._moved_at) + patience - time.monotonic()
            if left is not None and left <= 0:
                if self._is_stuck():
                    raise TimeoutError
                began_at, left = time.monotonic(), patience
            with suppress(TimeoutError):
                async with asyncio.timeout(left):
                    await called.wait()

    def give_back(self, *, moved: bool = False) -> None:
        """`moved` says that something was written."""
        if moved:
            self._moved_at = time.monotonic()
        self._taken = False
        self._call()

    def _call(self) -> None:
        for called in islice(self._line, CALLED_AT_ONCE):
            called.set()


class Few:
    """So many at a time, in the order in which they came: `async with`.

    SQLAlchemy's pool serves whoever asks at the right moment. Of five hundred who asked all the time some waited for ten times
    as long as the others, and after some seconds were told that there is no database.
    """

    def __init__(self, most: int, *, patience: float) -> None:
        """`patience` is how many seconds to wait: a line that moves takes milliseconds."""
        self._free = asyncio.Semaphore(most)
        self._patience = patience

    async def __aenter__(self) -> None:
        """Raises TimeoutError when it was not one's turn for `patience` seconds."""
        if self._free.locked():
            async with asyncio.timeout(self._patience):
                await self._free.acquire()
        else:
            await self._free.acquire()

    async def __aexit__(self, *_: object) -> None:
        self._free.release()
