"""The database's schema: bring it up to date, step down, say where it is."""

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


async def revision(database: Database) -> str | None:
    def work(connection: Any) -> str | None:
        return MigrationContext.configure(connection).get_current_revision()

    result: str | None = await database.run_sync(work)
    return result
