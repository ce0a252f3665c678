"""The database's schema: bring it up to date, step down, say where it is."""

import sqlite3
from dataclasses import dataclass
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from bot.errors import Misconfigured
from bot.store.database import Database

MIGRATING = 0x0AD3
"""PostgreSQL's advisory lock that lets one replica migrate while the others wait."""


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "bot.store:migrations")
    config.set_main_option("path_separator", "os")
    return config


async def upgrade(database: Database) -> None:
    """Bring the schema to the newest version. Raises Misconfigured when the database is newer than this program."""

    def work(connection: Any) -> None:
        if not database.is_sqlite:
            connection.execute(text(f"SELECT pg_advisory_xact_lock({MIGRATING})"))
        present = MigrationContext.configure(connection).get_current_revision()
        scripts = ScriptDirectory.from_config(_config())
        known = {script.revision for script in scripts.walk_revisions()}
        if present is not None and present not in known:
            raise Misconfigured(
                f"The database behind ORDERAHEAD_DATABASE_URL has schema {present}, which this version does not know. "
                "It was made by a newer Order Ahead: install that one, or use another database."
            )
        if present != scripts.get_current_head():
            config = _config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    await database.run_sync(work)


async def downgrade(database: Database, to: str = "-1") -> None:
    def work(connection: Any) -> None:
        config = _config()
        config.attributes["connection"] = connection
        command.downgrade(config, to)

    await database.run_sync(work)


@dataclass(frozen=True)
class About:
    """`sqlite_version` is None on PostgreSQL. `revision` is None before the schema was made."""

    product: str
    sqlite_version: tuple[int, int, int] | None
    revision: str | None
    is_current: bool


async def about(database: Database) -> About:
    """What kind of database it is, and whether its schema is this version's. Raises SQLAlchemyError when it is down."""
    present = await revision(database)
    head = ScriptDirectory.from_config(_config()).get_current_head()
    if database.is_sqlite:
        product = f"SQLite {sqlite3.sqlite_version}"
        return About(product, sqlite3.sqlite_version_info[:3], present, present == head)

    def work(connection: Any) -> str:
        return str(connection.execute(text("SHOW server_version")).scalar())

    return About(f"PostgreSQL {await database.run_sync(work)}", None, present, present == head)


async def revision(database: Database) -> str | None:
    def work(connection: Any) -> str | None:
        return MigrationContext.configure(connection).get_current_revision()

    result: str | None = await database.run_sync(work)
    return result
