"""How many customers a segment has, counted from what the sync keeps. Never inside the loop: a big account takes a while."""

import asyncio
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from typing import Any

from sqlalchemy import func, select

from bot.errors import Unavailable
from bot.rules.segments.days import Asof
from bot.rules.segments.trees import Tree
from bot.store.database import Database
from bot.store.segment_sql import WITH_PROFILES, customers, members
from bot.store.statements import Prepared


async def sizes(database: Database, account: str, trees: Sequence[Tree], asof: Asof) -> list[int]:
    """One number for each tree; customers that Flowhub has no more are in none. Raises Unavailable."""
    if not trees:
        return []
    # All in one reading of the account, which is what takes the time.
    each = [func.count().filter(members(tree, asof, is_sqlite=database.is_sqlite)) for tree in trees]
    counts = select(*(count.label(f"size_{number}") for number, count in enumerate(each))).select_from(WITH_PROFILES)
    counts = counts.where(customers.c.account == account, customers.c.vanished_at.is_(None))
    if database.is_sqlite:
        return await asyncio.to_thread(_in_file, database.path, counts)
    async with database.read() as tx:
        return list((await tx.connection.execute(counts)).one())


def _in_file(path: str, counts: Any) -> list[int]:
    """With a connection of its own, in a thread of its own: readers wait for nobody (WAL)."""
    try:
        with closing(sqlite3.connect(path)) as connection:
            return list(Prepared(counts, ()).rows(connection, {})[0].values())
    except sqlite3.Error:
        raise Unavailable("The database is not answering.", may_have_arrived=False) from None
