"""Who goes first, in a process that does one thing at a time.

A card is on its way for a few milliseconds, and what other orders still need (their place in Flowhub, edits, history, routine
questions) takes several times as long: each piece of it that comes between makes the card later. So it waits for the card.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import TypeVar

T = TypeVar("T")

LONGEST_SECONDS = 0.02
"""What goes first does so for that long: afterwards it mostly waits for Slack, and needs nobody to keep still."""

_first: dict[object, float] = {}
_waiting: set["asyncio.Future[None]"] = set()
"""Kept for the whole process, as its one loop is: since when something goes first, and who waits for it."""


@contextmanager
def going_first() -> Iterator[None]:
    """A part of a card's way, from the order to the call: while it lasts, whoever gives way waits."""
    part = object()
    _first[part] = time.monotonic()
    try:
        yield
    finally:
        del _first[part]
        if _seconds_left() <= 0:
            for waiting in _waiting:
                if not waiting.done():
                    waiting.set_result(None)


def _seconds_left() -> float:
    """The one that began last counts: whatever else goes first has had its time."""
    began_last = next(reversed(_first.values()), 0.0)
    return began_last + LONGEST_SECONDS - time.monotonic()


async def give_way() -> None:
    """Wait while something goes first, at most `LONGEST_SECONDS`: cards that come one after another hold up nobody for good."""
    if (left := _seconds_left()) <= 0:
        return
    free = asyncio.get_running_loop().create_future()
    _waiting.add(free)
    try:
        with suppress(TimeoutError):
            async with asyncio.timeout(left):
                await free
    finally:
        _waiting.discard(free)


@asynccontextmanager
async def its_turn(*, first: bool) -> AsyncIterator[None]:
    """The block goes first, or gives way before it begins."""
    if first:
        with going_first():
            yield
    else:
        await give_way()
        yield


async def giving_way(items: Iterable[T], *, at_a_time: int = 1) -> AsyncIterator[T]:
    """Each of those that are there now, with a turn for everybody else after so many of them.

    On SQLite a read is made where it is asked for, so that "await" alone lets nobody else have a turn: five hundred reads in a
    row held the loop for a third of a second.
    """
    for number, one in enumerate(list(items), 1):
        yield one
        if number % at_a_time == 0:
            await asyncio.sleep(0)
