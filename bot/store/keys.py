"""The keys that a database's sealed values need, and sealing them all anew with the newest one.

For each key that ever sealed here there is a row with a value that only this key opens. So a key that is missing is
noticed before anything is read, whichever values it sealed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Text, bindparam, delete, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlmodel import SQLModel

from bot.errors import Misconfigured, Unreadable
from bot.store.database import Database
from bot.store.rows import KeyRow
from bot.store.transaction import Tx

table: Any = KeyRow.__table__  # type: ignore[attr-defined]

PROBE = "Order Ahead"
"""What is sealed to see whether a key fits."""
BATCH = 100
MOST_ROUNDS = 20


async def check(tx: Tx) -> None:
    """Raises Misconfigured when a value of this database may need a key that we do not have."""
    query = select(table.c.sealed).order_by(table.c.since)
    for (sealed,) in await tx.connection.execute(query):
        try:
            tx.vault.open(sealed)
        except Unreadable:
            raise Misconfigured(
                "ORDERAHEAD_SECRET_KEYS: this database holds values that were sealed with another key. Add that key "
                "(the newest stands first); 'orderahead keys rotate' tells when an old one is no longer needed."
            ) from None


async def remember(tx: Tx, *, now: datetime) -> None:
    """From now on values are sealed with the newest of our keys."""
    row = (sqlite_insert if tx.is_sqlite else postgresql_insert)(table)
    values = {"print": tx.vault.prints[0], "sealed": tx.vault.seal(PROBE), "since": now}
    await tx.connection.execute(row.values(**values).on_conflict_do_nothing())


async def is_in_use(tx: Tx) -> bool:
    """Whether a bot has started with the newest of our keys: one that does not know it could not read what it seals."""
    query = select(table.c.print).where(table.c.print == tx.vault.prints[0])
    return (await tx.connection.execute(query)).first() is not None


async def forget_the_others(tx: Tx) -> int:
    """All values are sealed with the newest key. Returns how many keys are no longer needed."""
    done = await tx.connection.execute(delete(table).where(table.c.print != tx.vault.prints[0]))
    return int(done.rowcount)


@dataclass(frozen=True)
class SealedColumn:
    table: Any
    key: Any
    column: Any

    @property
    def name(self) -> str:
        return f"{self.table.name}.{self.column.name}"


def sealed_columns() -> Iterator[SealedColumn]:
    """Every column that holds sealed values: those that are called so. The probes stay, each under its own key; bytes
    are sealed with an account's data key, which is such a value itself."""
    for each in SQLModel.metadata.sorted_tables:
        for column in each.columns:
            if column.name.startswith("sealed") and isinstance(column.type, Text) and each is not table:
                (key,) = each.primary_key.columns
                yield SealedColumn(each, key, column)


async def seal_all_anew(database: Database) -> int:
    """Seal every value with the newest key while others go on reading and writing. Returns how many were sealed anew.

    A value that somebody changes meanwhile keeps the change. Raises Unreadable when none of our keys opens one.
    """
    sealed = 0
    for _ in range(MOST_ROUNDS):
        this_time = sum([await _column_anew(database, each) for each in sealed_columns()])
        sealed += this_time
        if not this_time:
            return sealed
    raise Unreadable("Somebody keeps sealing values with an old key: start every bot with the new key in front first.")


async def _column_anew(database: Database, one: SealedColumn) -> int:
    """In small transactions, so that orders that arrive meanwhile wait for none of them."""
    sealed, after = 0, None
    query = select(one.key, one.column).where(one.column != "").order_by(one.key).limit(BATCH)
    change = update(one.table).where(one.key == bindparam("which"), one.column == bindparam("before"))
    change = change.values({one.column.name: bindparam("anew")})
    while True:
        async with database.read() as tx:
            rows = list(await tx.connection.execute(query if after is None else query.where(one.key > after)))
        if not rows:
            return sealed
        old = [(key, value, anew) for key, value in rows if (anew := database.vault.sealed_anew(value)) is not None]
        if old:
            async with database.write() as tx:
                for key, value, anew in old:
                    await tx.connection.execute(change, {"which": key, "before": value, "anew": anew})
        sealed, after = sealed + len(old), rows[-1][0]
