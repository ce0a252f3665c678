"""More who read at the same time than there are connections: each has its turn as soon as one before it has ended."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.store import Database, sqlite
from bot.vault import Vault, new_key

MANY = 5 * sqlite.MOST_READERS
LONGEST_SECONDS = 20.0
"""Nobody here waits for the disk or for anybody else: all of it takes milliseconds."""


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(f"sqlite:///{tmp_path}/lines.db", Vault([new_key()]))
    async with database.write() as tx:
        await tx.connection.execute(text("CREATE TABLE lines (number INTEGER)"))
    yield database
    await database.close()


async def _lines(database: Database, *, turns: int = 3) -> int:
    """Read, and give way to others in between, as whoever reads many rows does."""
    async with database.read() as tx:
        for _ in range(turns):
            await asyncio.sleep(0)
        return int((await tx.connection.execute(text("SELECT count(*) FROM lines"))).scalar_one())


async def test_each_of_many_who_read_at_once_has_its_turn(database: Database) -> None:
    async with asyncio.timeout(LONGEST_SECONDS):
        assert await asyncio.gather(*(_lines(database) for _ in range(MANY))) == [0] * MANY


async def test_they_share_a_few_connections(database: Database, tmp_path: Path) -> None:
    """Each would keep two megabytes of the file, and 500 stores may all be read at once."""
    async with asyncio.timeout(LONGEST_SECONDS):
        await asyncio.gather(*(_lines(database) for _ in range(MANY)))
    assert _times_open(tmp_path / "lines.db") <= sqlite.MOST_READERS + 1


def _times_open(path: Path) -> int:
    return [one.resolve() for one in Path("/proc/self/fd").iterdir()].count(path)


async def test_who_gives_up_waiting_keeps_nobody_else_from_reading(database: Database) -> None:
    async with asyncio.timeout(LONGEST_SECONDS):
        reading = [asyncio.create_task(_lines(database, turns=10)) for _ in range(MANY)]
        await asyncio.sleep(0)
        for one in reading[::2]:
            one.cancel()
        await asyncio.gather(*reading, return_exceptions=True)
        assert await asyncio.gather(*(_lines(database) for _ in range(MANY))) == [0] * MANY


async def test_a_snapshot_can_be_had_after_many_have_read_at_once(database: Database) -> None:
    async with asyncio.timeout(LONGEST_SECONDS):
        await asyncio.gather(*(_lines(database) for _ in range(MANY)))
        async with database.snapshot() as connection:
            assert (await connection.execute(text("SELECT count(*) FROM lines"))).scalar_one() == 0
