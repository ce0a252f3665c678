"""Reading much without stopping the loop: on SQLite, which is called in the loop, in a thread with a connection of its own."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import URL, create_engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from bot.errors import Unavailable
from bot.store.database import Database

Row = Mapping[Any, Any]


async def read_apart(database: Database, queries: Mapping[str, Any]) -> dict[str, Sequence[Row]]:
    """The rows of each query, under its name; all of them see the same moment on SQLite. Raises Unavailable."""
    try:
        if database.is_sqlite:
            return await asyncio.to_thread(_in_file, database.path, queries)
        async with database.read() as tx:
            return {name: (await tx.connection.execute(query)).mappings().all() for name, query in queries.items()}
    except (SQLAlchemyError, OSError):
        raise Unavailable("The database is not answering.", may_have_arrived=False) from None


def _in_file(path: str, queries: Mapping[str, Any]) -> dict[str, Sequence[Row]]:
    """Readers wait for nobody (WAL). Through SQLAlchemy: no statement here is made often enough to be prepared."""
    engine = create_engine(URL.create("sqlite", database=path), poolclass=NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql("BEGIN")
        return {name: connection.execute(query).mappings().all() for name, query in queries.items()}
