"""Work beside the loop on SQLite: what it writes comes into the file without anybody waiting, and a thread can read, too."""

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.store import Database, Tx
from bot.store.database import sqlite_file
from tests.faults.waiting import eventually

FULL, NORMAL = 2, 1


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/orders.db"


async def test_the_journal_is_copied_into_the_file_when_the_work_rests(database: Database) -> None:
    file = sqlite_file(database.url)
    assert file is not None
    before = file.stat().st_size

    async def many(tx: Tx) -> None:
        names = [{"name": f"customer-{number:06}"} for number in range(20_000)]
        await tx.connection.execute(text("INSERT INTO stale_profiles VALUES ('a', :name)"), names)

    await database.aside.write(many)

    async def is_in_the_file() -> bool:
        return file.stat().st_size > before + 500_000

    await eventually(is_in_the_file, lambda: f"{file.stat().st_size - before} bytes more")


async def test_the_loop_waits_for_the_disk_and_who_works_beside_it_does_not(database: Database) -> None:
    """What somebody is told rests on the disk; what is counted beside the loop is counted again."""

    async def synchronous(tx: Tx) -> int:
        return int((await tx.connection.execute(text("PRAGMA synchronous"))).scalar_one())

    async with database.write() as tx:
        assert await synchronous(tx) == FULL
    assert await database.aside.write(synchronous) == NORMAL


async def test_a_thread_reads_beside_a_transaction_what_was_there_before_it(database: Database) -> None:
    counted = "SELECT count(*) FROM stale_profiles"

    def count(connection: sqlite3.Connection) -> int:
        return int(connection.execute(counted).fetchone()[0])

    async def one_more(tx: Tx) -> tuple[int, int]:
        assert tx.beside is not None
        await tx.connection.execute(text("INSERT INTO stale_profiles VALUES ('a', 'maya')"))
        before = tx.beside.start(count)
        return await before, int((await tx.connection.execute(text(counted))).scalar_one())

    assert await database.aside.write(one_more) == (0, 1)

    async def seen_by_both(tx: Tx) -> tuple[int, int]:
        assert tx.beside is not None
        return await tx.beside.start(count), int((await tx.connection.execute(text(counted))).scalar_one())

    async def fails(tx: Tx) -> None:
        assert tx.beside is not None
        tx.beside.start(lambda connection: connection.execute("SELECT nothing"))
        seen = await tx.beside.start(count)
        raise ValueError(f"it saw {seen}")

    with pytest.raises(ValueError, match="it saw 1"):
        await database.aside.write(fails)
    assert await database.aside.write(seen_by_both) == (1, 1)


async def test_a_thread_looks_ahead_while_its_finds_are_written(database: Database) -> None:
    looked: list[str] = []

    def look(name: str, connection: sqlite3.Connection) -> tuple[str, int]:
        looked.append(name)
        return name, int(connection.execute("SELECT count(*) FROM stale_profiles").fetchone()[0])

    async def write_them(tx: Tx) -> list[tuple[str, int]]:
        assert tx.beside is not None
        found = []
        async for name, number in tx.beside.ahead(look, ["ana", "ben", "cleo"]):
            await tx.connection.execute(text("INSERT INTO stale_profiles VALUES ('a', :name)"), {"name": name})
            found.append((name, number))
        return found

    assert await database.aside.write(write_them) == [("ana", 0), ("ben", 0), ("cleo", 0)]
    assert looked == ["ana", "ben", "cleo"]

    async def stops_early(tx: Tx) -> None:
        assert tx.beside is not None
        async for name, number in tx.beside.ahead(look, ["dora", "eli"]):
            raise ValueError(f"{name} came after {number}")

    with pytest.raises(ValueError, match="dora came after 3"):
        await database.aside.write(stops_early)

    async def count(tx: Tx) -> int:
        return int((await tx.connection.execute(text("SELECT count(*) FROM stale_profiles"))).scalar_one())

    assert await database.aside.write(count) == 3
