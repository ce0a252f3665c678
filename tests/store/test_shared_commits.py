"""Transactions that share a commit: each is whole or not there, whatever happens to its neighbours."""

import asyncio
import gc
import random
import sqlite3
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError

from bot.store import Database
from bot.vault import Vault, new_key


class Lines:
    """A table of numbers, each written once in a transaction of two statements."""

    def __init__(self, database: Database, path: Path) -> None:
        self.database, self.path = database, path

    async def write(self, number: int, *, fails: bool = False) -> None:
        async with self.database.write() as tx:
            await tx.connection.execute(text("INSERT INTO lines VALUES (:number, 'first')"), {"number": number})
            if number % 3 == 0:
                await asyncio.sleep(0)
            if fails:
                raise LookupError(number)
            await tx.connection.execute(text("INSERT INTO lines VALUES (:number, 'second')"), {"number": number})

    def on_disk(self) -> list[int]:
        """What another process would find, each number once for its two lines."""
        with sqlite3.connect(self.path) as other:
            rows = other.execute("SELECT number, count(*) FROM lines GROUP BY number ORDER BY number").fetchall()
        other.close()
        assert all(count == 2 for _, count in rows)
        return [number for number, _ in rows]


@pytest.fixture
async def lines(tmp_path: Path) -> AsyncIterator[Lines]:
    database = Database(f"sqlite:///{tmp_path}/lines.db", Vault([new_key()]))
    async with database.write() as tx:
        await tx.connection.execute(text("CREATE TABLE lines (number INTEGER CHECK (number >= 0), part TEXT)"))
    yield Lines(database, tmp_path / "lines.db")
    await database.close()


async def test_what_was_written_is_on_the_disk_when_the_block_has_ended(lines: Lines) -> None:
    async def write_and_look(number: int) -> None:
        await lines.write(number)
        assert number in lines.on_disk()

    await asyncio.gather(*(write_and_look(number) for number in range(20)))


async def test_a_transaction_that_fails_takes_nothing_of_its_neighbours_with_it(lines: Lines) -> None:
    ended = await asyncio.gather(
        *(lines.write(number, fails=number % 4 == 1) for number in range(40)), return_exceptions=True
    )
    assert [number for number, end in enumerate(ended) if end is None] == lines.on_disk()
    assert sum(isinstance(end, LookupError) for end in ended) == 10


async def test_what_is_urgent_need_not_wait_for_those_who_wait(lines: Lines) -> None:
    written: list[str] = []

    async def write(name: str, *, first: bool) -> None:
        async with lines.database.write(first=first):
            written.append(name)

    async with lines.database.write():
        waiting = [asyncio.create_task(write(str(number), first=False)) for number in range(3)]
        await asyncio.sleep(0)
        waiting.append(asyncio.create_task(write("urgent", first=True)))
        await asyncio.sleep(0)
    await asyncio.gather(*waiting)
    assert written == ["urgent", "0", "1", "2"]


def compute(seconds: float) -> None:
    """As a loop that is busy with something else."""
    ends_at = time.monotonic() + seconds
    while time.monotonic() < ends_at:
        pass


async def test_where_the_loop_is_busy_those_who_wait_share_a_commit_all_the_same(lines: Lines) -> None:
    happened: list[str] = []

    async def write(number: int) -> None:
        async with lines.database.write():
            happened.append("in turn")
        happened.append("committed")

    async def keep_busy() -> None:
        while len(happened) < 80:
            compute(0.01)
            await asyncio.sleep(0)

    await asyncio.gather(*(write(number) for number in range(40)), keep_busy())
    assert happened.index("committed") > 20, "not woken one by one, with a round of the loop between any two"


async def test_a_line_that_moves_is_not_taken_for_a_database_that_is_down(
    lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.store.shared_commits.LONGEST_WAIT_SECONDS", 0.5)

    async def write(number: int) -> None:
        async with lines.database.write():
            compute(0.02)

    began_at = time.monotonic()
    await asyncio.gather(*(write(number) for number in range(50)))
    assert time.monotonic() - began_at > 0.5


async def test_a_loop_that_is_busy_is_not_taken_for_a_database_that_is_down(
    lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.store.shared_commits.LONGEST_WAIT_SECONDS", 0.5)
    numbers = range(1, 120, 3)
    writing = [asyncio.create_task(lines.write(number)) for number in numbers]
    while not all(one.done() for one in writing):
        compute(0.25)
        await asyncio.sleep(0)
    await asyncio.gather(*writing)
    assert lines.on_disk() == list(numbers)


async def test_a_statement_that_the_database_refuses_takes_nothing_with_it(lines: Lines) -> None:
    ended = await asyncio.gather(*(lines.write(number) for number in (1, 2, -3, 4)), return_exceptions=True)
    assert lines.on_disk() == [1, 2, 4]
    assert isinstance(ended[2], DBAPIError)


async def test_whoever_is_cancelled_leaves_the_others_alone(lines: Lines) -> None:
    draw = random.Random(5)  # noqa: S311  (the same turns every time)
    for turn in range(30):
        numbers = range(turn * 10, turn * 10 + 10)
        writing = [asyncio.create_task(lines.write(number)) for number in numbers]
        for _ in range(draw.randrange(12)):
            await asyncio.sleep(0)
        cancelled = draw.sample(range(10), draw.randrange(1, 10))
        for place in cancelled:
            writing[place].cancel()
        async with asyncio.timeout(5):
            ended = await asyncio.gather(*writing, return_exceptions=True)
        written = set(lines.on_disk())
        for place, (number, end) in enumerate(zip(numbers, ended, strict=True)):
            assert end is None or (isinstance(end, asyncio.CancelledError) and place in cancelled)
            assert number in written or end is not None
    await lines.write(1000)
    assert lines.on_disk()[-1] == 1000


async def test_a_commit_that_fails_is_told_to_everybody_who_shared_it(lines: Lines) -> None:
    async with lines.database.write() as tx:
        await tx.connection.execute(
            text("CREATE TABLE child (number INTEGER REFERENCES parent DEFERRABLE INITIALLY DEFERRED)")
        )
        await tx.connection.execute(text("CREATE TABLE parent (number INTEGER PRIMARY KEY)"))

    async def orphan() -> None:
        async with lines.database.write() as tx:
            await tx.connection.execute(text("INSERT INTO child VALUES (7)"))

    ended = await asyncio.gather(lines.write(1), orphan(), lines.write(2), return_exceptions=True)
    assert isinstance(ended[1], DBAPIError)
    assert [number for number, end in ((1, ended[0]), (2, ended[2])) if end is None] == lines.on_disk()
    await lines.write(3)
    assert lines.on_disk()[-1] == 3


async def test_another_process_that_writes_is_waited_for_without_stopping_the_loop(lines: Lines) -> None:
    other = sqlite3.connect(lines.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    writing = asyncio.create_task(lines.write(1))
    for _ in range(20):
        await asyncio.sleep(0)
    assert not writing.done()
    other.execute("COMMIT")
    other.close()
    async with asyncio.timeout(5):
        await writing
    assert lines.on_disk() == [1]


async def test_closing_lets_those_who_wait_end_first_and_refuses_who_comes_later(lines: Lines) -> None:
    """A commit that is under way in a thread must not be rolled back, and nobody may be left waiting for a lost one."""
    unheard: list[str] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _loop, context: unheard.append(str(context)))
    draw = random.Random(7)  # noqa: S311  (the same turns every time)
    try:
        for turn in range(20):
            database = Database(f"sqlite:///{lines.path}", Vault([new_key()]))
            of_turn = Lines(database, lines.path)
            numbers = range(turn * 10, turn * 10 + 10)
            writing = [asyncio.create_task(of_turn.write(number, fails=number % 4 == 1)) for number in numbers]
            for _ in range(draw.randrange(40)):
                await asyncio.sleep(0)
            late = draw.sample(writing, draw.randrange(4))
            for one in late:
                one.cancel()
            await database.close()
            async with asyncio.timeout(5):
                ended = await asyncio.gather(*writing, return_exceptions=True)
                with pytest.raises(OperationalError, match="closed"):
                    await of_turn.write(1000)
            written = set(lines.on_disk())
            for number, task, end in zip(numbers, writing, ended, strict=True):
                assert end is None or isinstance(end, LookupError) or task in late or "closed" in str(end), end
                assert (end is None) <= (number in written)
        gc.collect()
        await asyncio.sleep(0)
    finally:
        loop.set_exception_handler(None)
    assert unheard == []
