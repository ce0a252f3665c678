"""More who read at the same time than there are connections: each has its turn as soon as one before it has ended."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.store import Database, sqlite
from bot.store.bulk import CUSTOMERS, open_bulk
from bot.store.turn import Few
from bot.vault import Vault, new_key

MANY = 5 * sqlite.MOST_READERS
LONGEST_SECONDS = 20.0
"""Nobody here waits for the disk or for anybody else: all of it takes milliseconds."""


@pytest.fixture
async def lines(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(f"sqlite:///{tmp_path}/lines.db", Vault([new_key()]))
    async with database.write() as tx:
        await tx.connection.execute(text("CREATE TABLE lines (number INTEGER)"))
    yield database
    await database.close()


async def _count(database: Database, *, turns: int = 3) -> int:
    """Read, and give way to others in between, as whoever reads many rows does."""
    async with database.read() as tx:
        for _ in range(turns):
            await asyncio.sleep(0)
        return int((await tx.connection.execute(text("SELECT count(*) FROM lines"))).scalar_one())


async def test_each_of_many_who_read_at_once_has_its_turn(lines: Database) -> None:
    async with asyncio.timeout(LONGEST_SECONDS):
        assert await asyncio.gather(*(_count(lines) for _ in range(MANY))) == [0] * MANY


async def test_they_share_a_few_connections(lines: Database, tmp_path: Path) -> None:
    """Each would keep two megabytes of the file, and 500 stores may all be read at once."""
    async with asyncio.timeout(LONGEST_SECONDS):
        await asyncio.gather(*(_count(lines) for _ in range(MANY)))
    assert _times_open(tmp_path / "lines.db") <= sqlite.MOST_READERS + 1


def _times_open(path: Path) -> int:
    return [one.resolve() for one in Path("/proc/self/fd").iterdir()].count(path)


async def test_who_gives_up_waiting_keeps_nobody_else_from_reading(lines: Database) -> None:
    async with asyncio.timeout(LONGEST_SECONDS):
        reading = [asyncio.create_task(_count(lines, turns=10)) for _ in range(MANY)]
        await asyncio.sleep(0)
        for one in reading[::2]:
            one.cancel()
        await asyncio.gather(*reading, return_exceptions=True)
        assert await asyncio.gather(*(_count(lines) for _ in range(MANY))) == [0] * MANY


async def test_a_snapshot_can_be_had_after_many_have_read_at_once(lines: Database) -> None:
    async with asyncio.timeout(LONGEST_SECONDS):
        await asyncio.gather(*(_count(lines) for _ in range(MANY)))
        async with lines.snapshot() as connection:
            assert (await connection.execute(text("SELECT count(*) FROM lines"))).scalar_one() == 0


async def test_whoever_loads_for_minutes_takes_no_connection_from_others(database: Database) -> None:
    async with asyncio.timeout(LONGEST_SECONDS), AsyncExitStack() as loading:
        for number in range(12):
            bulk = await loading.enter_async_context(open_bulk(database, f"account-{number}"))
            await bulk.count(CUSTOMERS)
            await bulk.stage(CUSTOMERS, [])
        assert await asyncio.gather(*(_accounts(database) for _ in range(MANY))) == [0] * MANY


async def test_nobody_is_served_again_and_again_while_others_wait(database: Database) -> None:
    """Those who have come in go as fast as the database lets them; nobody else's turn is taken for it."""

    async def read() -> None:
        async with database.read() as tx:
            await tx.connection.execute(text("SELECT 1"))
            await asyncio.sleep(0)

    async with asyncio.timeout(LONGEST_SECONDS):
        assert await _furthest_ahead(read, people=10 * MANY, times=10) <= 5


async def test_a_few_are_served_in_the_order_in_which_they_came() -> None:
    few = Few(3, patience=LONGEST_SECONDS)

    async def come_in() -> None:
        async with few:
            await asyncio.sleep(0)

    assert await _furthest_ahead(come_in, people=MANY, times=20) == 1


async def _furthest_ahead(work: Callable[[], Awaitable[None]], *, people: int, times: int) -> int:
    """How many times more often than somebody else anybody was served, at most."""
    served = dict.fromkeys(range(people), 0)
    ahead = 0

    async def again_and_again(number: int) -> None:
        nonlocal ahead
        for _ in range(times):
            await work()
            served[number] += 1
            ahead = max(ahead, served[number] - min(served.values()))

    await asyncio.gather(*(again_and_again(number) for number in served))
    return ahead


async def _accounts(database: Database) -> int:
    async with database.read() as tx:
        return int((await tx.connection.execute(text("SELECT count(*) FROM accounts"))).scalar_one())
