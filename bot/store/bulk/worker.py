"""A thread and its own connection to SQLite's file: the loop never waits for either."""

import asyncio
import sqlite3
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from bot.errors import Unavailable
from bot.store.pen import opened

T = TypeVar("T")


class Worker:
    """A thread and its connection, which has some temporary tables."""

    def __init__(self, path: str, tables: Mapping[str, str]) -> None:
        self._path = path
        self._tables = tables
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="bulk")
        self._connection: sqlite3.Connection | None = None

    async def run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """In the thread, and to its end: who is cancelled meanwhile learns it then, and nobody else gets their turn before."""
        working = asyncio.get_running_loop().run_in_executor(self._thread, lambda: work(self._opened()))
        try:
            return await asyncio.shield(working)
        except asyncio.CancelledError:
            await asyncio.wait([working])
            raise
        except sqlite3.Error as problem:
            raise Unavailable("The database is not answering.", may_have_arrived=False) from problem

    async def close(self) -> None:
        def work() -> None:
            if self._connection is not None:
                self._connection.close()

        await asyncio.get_running_loop().run_in_executor(self._thread, work)
        self._thread.shutdown(wait=False)

    def _opened(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = opened(self._path)
            self._connection.create_function("mark_of", 1, mark_of, deterministic=True)
            for name, columns in self._tables.items():
                self._connection.execute(f"CREATE TEMP TABLE {name} ({columns})")
        return self._connection


def mark_of(fh_id: str) -> int:
    """An id in 64 bits, which are others in each process. A run that notes every id it has seen notes a tenth of the bytes;
    that two ids of a million are noted as one is less likely than once in thirty million runs."""
    return hash(fh_id)
