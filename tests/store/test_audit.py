"""The audit log: nobody can change it unnoticed, and writers at the same moment leave one chain."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bot.store import Database, audit
from bot.store.audit import Entry
from bot.vault import Vault, new_key

NOW = datetime(2026, 11, 21, 12, 0, 0, 123456, tzinfo=UTC)


def entry(number: int = 1, **changed: str) -> Entry:
    values = {"who": "U0IMANI", "action": "claim_order", "what": f"order-{number}", "store_key": "downtown"} | changed
    return Entry(at=NOW + timedelta(seconds=number), **values)


async def written(database: Database, *entries: Entry) -> None:
    for one in entries:
        async with database.write() as tx:
            await audit.add(tx, one)


async def verdict(database: Database) -> audit.Verdict:
    async with database.read() as tx:
        return await audit.verify(tx)


async def tampered(database: Database, statement: str) -> None:
    """As somebody would who owns the database: the trigger does not stop them."""
    off, on = (
        ("DROP TRIGGER IF EXISTS audit_no_update", "DROP TRIGGER IF EXISTS audit_no_delete")
        if database.is_sqlite
        else ("ALTER TABLE audit DISABLE TRIGGER audit_append_only", "SELECT 1")
    )
    async with database.write() as tx:
        for line in (off, on, statement):
            await tx.connection.execute(text(line))


async def test_an_empty_log_and_a_true_one_hold(database: Database) -> None:
    assert await verdict(database) == audit.Verdict(0, audit.BEFORE_THE_FIRST)
    await written(database, entry(1), entry(2, reason="Zoë’s “question” 💬"), entry(3, workspace="T1"))
    found = await verdict(database)
    assert (found.entries, found.broken) == (3, "")
    assert len(found.last_hash) == 64


async def test_what_was_written_is_read_back_by_workspace_and_by_thing(database: Database) -> None:
    entries = [entry(1), entry(2, workspace="T1"), entry(3), entry(1, action="release_order")]
    await written(database, *entries)
    async with database.read() as tx:
        assert list(await audit.newest(tx, "", most=2)) == [entries[3], entries[2]]
        assert list(await audit.newest(tx, "T1", most=9)) == [entries[1]]
        assert list(await audit.about(tx, "order-1")) == [entries[0], entries[3]]


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        (
            "UPDATE audit SET who = 'U0OTHER' WHERE id = 2",
            "entry 2 (claim_order, 2026-11-21 12:00 UTC) is not as it was",
        ),
        ("UPDATE audit SET reason = 'none' WHERE id = 3", "entry 3 (claim_order"),
        ("UPDATE audit SET at = '2026-11-21 12:00:09.000000' WHERE id = 1", "entry 1 (claim_order"),
        ("UPDATE audit SET hash = 'abc' WHERE id = 1", "entry 1 (claim_order"),
        ("DELETE FROM audit WHERE id = 2", "entry 2 is missing"),
        ("DELETE FROM audit WHERE id < 3", "entries 1 to 2 are missing"),
        ("UPDATE audit SET id = 9 WHERE id = 4", "entries 4 to 8 are missing"),
    ],
)
async def test_a_row_that_was_tampered_with_is_named(database: Database, statement: str, words: str) -> None:
    await written(database, *[entry(number) for number in range(1, 5)])
    await tampered(database, statement)
    assert words in (await verdict(database)).broken


async def test_a_row_slipped_in_with_a_hash_of_its_own_breaks_the_one_after_it(database: Database) -> None:
    await written(database, *[entry(number) for number in range(1, 4)])
    async with database.read() as tx:
        row = (await tx.connection.execute(text("SELECT hash FROM audit WHERE id = 1"))).scalar_one()
    forged = {"at": entry(2).at, "workspace": "", "store_key": "downtown", "who": "U0OTHER", "action": "claim_order"}
    forged |= {"what": "order-2", "reason": "", "result": "done"}
    fitting = audit.hash_of(2, forged, str(row))
    changed = "UPDATE audit SET who = 'U0OTHER', hash = '" + fitting + "' WHERE id = 2"  # noqa: S608
    await tampered(database, changed)
    assert "entry 3" in (await verdict(database)).broken


@pytest.mark.parametrize("statement", ["UPDATE audit SET who = 'U0OTHER'", "DELETE FROM audit"])
async def test_the_database_itself_refuses_to_change_the_log(database: Database, statement: str) -> None:
    await written(database, entry())
    with pytest.raises(DBAPIError, match="append-only"):
        async with database.write() as tx:
            await tx.connection.execute(text(statement))
    assert (await verdict(database)).entries == 1


async def test_writers_at_the_same_moment_leave_one_chain(database: Database) -> None:
    """Two processes with several writers each, some of which change their mind."""
    other = Database(database.url, Vault([new_key()]))

    async def write(into: Database, number: int) -> None:
        try:
            async with into.write() as tx:
                await audit.add(tx, entry(number))
                if number % 5 == 0:
                    raise LookupError
        except LookupError:
            pass

    await asyncio.gather(*(write(other if number % 2 else database, number) for number in range(60)))
    await other.close()
    found = await verdict(database)
    assert (found.entries, found.broken) == (48, "")


async def test_a_long_log_is_read_in_pages(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "PAGE", 3)
    await written(database, *[entry(number) for number in range(1, 8)])
    assert (await verdict(database)).entries == 7
