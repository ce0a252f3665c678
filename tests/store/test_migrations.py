"""Every schema there ever was: a database of that version, with data in each of its tables, steps up and down and loses
nothing but what the other version has no place for. A new migration is tried by being there."""

import json
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from bot.store import Database, schema
from bot.vault import Vault, new_key

NOON = datetime(2026, 11, 20, 19, 0, tzinfo=UTC)
Tables = Mapping[str, list[dict[str, Any]]]


def config() -> Config:
    made = Config()
    made.set_main_option("script_location", "bot.store:migrations")
    made.set_main_option("path_separator", "os")
    return made


REVISIONS = [script.revision for script in ScriptDirectory.from_config(config()).walk_revisions()][::-1]
"""The oldest first."""


@pytest.fixture
async def empty(database_url: str) -> AsyncIterator[Database]:
    opened = Database(database_url, Vault([new_key()]))
    yield opened
    await opened.close()


async def move(database: Database, to: str, *, down: bool = False) -> None:
    def work(connection: Connection) -> None:
        chosen = config()
        chosen.attributes["connection"] = connection
        (command.downgrade if down else command.upgrade)(chosen, to)

    await database.run_sync(work)


def tables_of(connection: Connection) -> list[sa.Table]:
    metadata = sa.MetaData()
    metadata.reflect(connection)
    return [table for table in metadata.sorted_tables if table.name != "alembic_version"]


async def fill(database: Database, number: int) -> None:
    """A row in every table, with something in every column."""

    def work(connection: Connection) -> None:
        for table in tables_of(connection):
            connection.execute(
                table.insert().values({column.name: something(column, number) for column in table.columns})
            )

    await database.run_sync(work)


def something(column: "sa.Column[Any]", number: int) -> Any:
    """A value that no other row has there, where the type has room for it."""
    if column.foreign_keys:
        return something(next(iter(column.foreign_keys)).column, number)
    match column.type:
        case sa.Boolean():
            return True
        case sa.DateTime():
            return NOON + timedelta(minutes=number)
        case sa.JSON():
            return {"number": number}
        case sa.LargeBinary():
            return b"%d" % number
        case sa.Integer() | sa.Numeric() | sa.Float():
            return number
        case _:
            return json.dumps({"of": f"{column.table.name}.{column.name}", "number": number})


async def everything(database: Database) -> Tables:
    def work(connection: Connection) -> Tables:
        return {
            table.name: [
                dict(row) for row in connection.execute(table.select().order_by(*table.primary_key)).mappings()
            ]
            for table in tables_of(connection)
        }

    found: Tables = await database.run_sync(work)
    return found


def lost(before: Tables, after: Tables) -> list[str]:
    """What both versions have a place for and only the one before has."""
    gone = []
    for table in before.keys() & after.keys():
        if len(before[table]) != len(after[table]):
            gone.append(f"{table}: {len(after[table])} of {len(before[table])} rows are left")
            continue
        for was, now in zip(before[table], after[table], strict=True):
            changed = [name for name in was.keys() & now.keys() if was[name] != now[name]]
            gone += [f"{table}.{name}: {was[name]!r} became {now[name]!r}" for name in changed]
    return gone


async def test_each_version_steps_up_and_down_with_data_in_it(empty: Database) -> None:
    for number, revision in enumerate(REVISIONS, start=1):
        before = await everything(empty)
        await move(empty, revision)
        after = await everything(empty)
        assert before.keys() <= after.keys(), f"{revision} drops a table"
        assert lost(before, after) == [], revision
        await fill(empty, number)
    for number, revision in enumerate(REVISIONS[-2::-1], start=100):
        before = await everything(empty)
        await move(empty, revision, down=True)
        assert await schema.revision(empty) == revision
        after = await everything(empty)
        assert after, revision
        assert lost(before, after) == [], f"down to {revision}"
        await fill(empty, number)
    await schema.upgrade(empty)
    assert await schema.revision(empty) == REVISIONS[-1]


async def test_the_program_takes_a_database_of_each_version_to_the_newest(empty: Database) -> None:
    """From each one straight, as somebody does who has not upgraded for a year."""
    for number, revision in enumerate(REVISIONS[:-1], start=1):
        await move(empty, revision)
        await fill(empty, number)
        before = await everything(empty)
        await schema.upgrade(empty)
        assert lost(before, await everything(empty)) == [], revision
        await move(empty, "base", down=True)
