"""Going through all stores, accounts or orders of a store without keeping another's order waiting.

On SQLite a read is made where it is asked for, so that "await" alone lets nobody else have a turn: five hundred reads in a row
held the loop for a third of a second.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable
from typing import TypeVar

T = TypeVar("T")


async def giving_way(items: Iterable[T]) -> AsyncIterator[T]:
    """Each of those that are there now, with a turn for everybody else after it."""
    for one in list(items):
        yield one
        await asyncio.sleep(0)
