"""Going through all stores, accounts or orders of a store without keeping another's order waiting.

On SQLite a read is made where it is asked for, so that "await" alone lets nobody else have a turn: five hundred reads in a row
held the loop for a third of a second.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable
from typing import TypeVar

T = TypeVar("T")


async def giving_way(items: Iterable[T], *, at_a_time: int = 1) -> AsyncIterator[T]:
    """Each of those that are there now, with a turn for everybody else after so many of them."""
    for number, one in enumerate(list(items), 1):
        yield one
        if number % at_a_time == 0:
            await asyncio.sleep(0)
