"""Which way in a database has."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.store.bulk.postgres import PostgresBulk
from bot.store.bulk.sqlite import SqliteBulk
from bot.store.bulk.way_in import Bulk
from bot.store.database import Database


@asynccontextmanager
async def open_bulk(database: Database, account: str) -> AsyncIterator[Bulk]:
    """Closed when the block ends; what was staged and not published is gone then."""
    on_sqlite = database.is_sqlite
    bulk: Bulk = (
        SqliteBulk(account, database.path, database.alone) if on_sqlite else PostgresBulk(account, database.unpooled)
    )
    try:
        yield bulk
    finally:
        await bulk.close()
