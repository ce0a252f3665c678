"""The bulk writer on SQLite: a thread that reads and one that writes, each with a connection of its own.

The loop goes on meanwhile: it never waits for SQLite here, and whoever wants to write waits for their turn, not for a lock.
"""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from functools import cache, partial
from itertools import chain, islice
from typing import Any, TypeVar

from bot.store.bulk import crossing
from bot.store.bulk.tables import BATCH, CUSTOMERS, PROFILES, SALES
from bot.store.bulk.way_in import Bulk, Fresh, Within
from bot.store.bulk.worker import Worker, mark_of
from bot.store.bulk_table import BulkTable
from bot.store.packing import Packed, as_text
from bot.store.pen import Pen, chunks, put, transaction, upsert

T = TypeVar("T")

VANISHED = "vanished_at IS NOT NULL"
MOST_NAMED = 500
"""Values in one statement; a page has as many records."""


class SqliteBulk(Bulk):
    """`alone` is held while this writes: no other connection of this process does."""

    def __init__(self, account: str, path: str, alone: Callable[[], AbstractAsyncContextManager[None]]) -> None:
        super().__init__(account)
        self._path, self._alone = path, alone
        self._began_empty: dict[BulkTable, bool] = {}
        self._reader = Worker(path, {f"seen_{one.name}": "mark INTEGER PRIMARY KEY" for one in (CUSTOMERS, SALES)})
        self._writer = Worker(
            path, {f"staged_{one.name}": f"{one.listed}, UNIQUE ({one.key})" for one in (CUSTOMERS, SALES)}
        )

    as_stored = staticmethod(as_text)

    def as_read(self, stored: Any) -> datetime | None:
        return datetime.fromisoformat(stored).replace(tzinfo=UTC) if stored is not None else None

    async def fresh(self, table: BulkTable, prints: Mapping[str, bytes]) -> Fresh:
        asked = [(fh_id, print_, mark_of(fh_id)) for fh_id, print_ in prints.items()]

        def work(connection: sqlite3.Connection) -> Fresh:
            known: dict[str, bool] = {}
            again: set[str] = set()
            met = 0
            for some in chunks(asked, MOST_NAMED):
                marks = [mark for _, _, mark in some]
                if self._has_none_of(connection, table, marks):
                    known |= dict.fromkeys([fh_id for fh_id, _, _ in some], False)
                    continue
                # What is as it was is sorted out inside SQLite: a row that comes up to Python costs more than the look-up.
                compared = connection.execute(_compare(table, len(some)), [*chain.from_iterable(some), self.account])
                for fh_id, is_known, is_seen, differs in compared:
                    if differs:
                        known[fh_id] = bool(is_known)
                    if is_seen:
                        met += 1
                        again.add(fh_id)
                connection.execute(_note_seen(table, len(some)), marks)
            return Fresh(known, frozenset(again & known.keys()), len(asked) - met)

        return await self._reader.run(work)

    def _has_none_of(self, connection: sqlite3.Connection, table: BulkTable, marks: Sequence[int]) -> bool:
        """An account that had nothing has only what this run has met: whoever it meets for the first time need not be looked
        up. They are noted as seen, unless one of them was."""
        if table not in self._began_empty:
            sql = f"SELECT 1 FROM main.{table.name} WHERE account = ? LIMIT 1"
            self._began_empty[table] = connection.execute(sql, (self.account,)).fetchone() is None
        if not self._began_empty[table]:
            return False
        try:
            connection.execute(_note_seen(table, len(marks), "INSERT"), marks)
        except sqlite3.IntegrityError:
            return False
        return True

    async def put(self, table: BulkTable, rows: Sequence[Packed], *, scope: str, position: str) -> None:
        await self._write(lambda one: put(one, self.account, table, rows, scope=scope, position=position))

    @property
    def pen(self) -> Pen:
        return Pen(self.account, self._path)

    def turn(self) -> AbstractAsyncContextManager[None]:
        return self._alone()

    async def stage(self, table: BulkTable, rows: Sequence[Packed]) -> None:
        marks = ", ".join("?" * len(table.columns))
        sql = f"INSERT OR REPLACE INTO temp.staged_{table.name} ({table.listed}) VALUES ({marks})"
        await self._writer.run(lambda connection: connection.executemany(sql, rows))

    async def publish(self, table: BulkTable) -> None:
        last = f"SELECT max(rowid) FROM temp.staged_{table.name}"
        top = await self._writer.run(lambda one: one.execute(last).fetchone()[0])
        for begin in range(0, top or 0, BATCH):
            await self._write(partial(self._publish, table, begin))
        await self._writer.run(lambda one: one.execute(f"DELETE FROM temp.staged_{table.name}"))

    def _publish(self, table: BulkTable, begin: int, connection: sqlite3.Connection) -> None:
        some = (
            f"FROM temp.staged_{table.name} AS staged WHERE staged.rowid > {begin} AND staged.rowid <= {begin + BATCH}"
        )
        if table.customer:
            # Whoever a sale was rung up for before, and whoever's sale is given back, is concerned too.
            connection.execute(
                f"""INSERT OR IGNORE INTO stale_profiles
                    SELECT account, customer_id {some} AND customer_id <> ''
                    UNION SELECT account, customer_id FROM sales WHERE account = ?1 AND customer_id <> ''
                        AND sale_id IN (SELECT sale_id {some} UNION SELECT original_id {some} AND original_id <> '')""",
                (self.account,),
            )
        elif self.notes_changes:
            connection.execute(f"INSERT OR IGNORE INTO changed_customers SELECT account, fh_id {some}")
        crossing.note_points(connection, self, table, some)
        connection.execute(
            f"INSERT INTO main.{table.name} ({table.listed}) SELECT {table.listed} {some} "
            f"ON CONFLICT (account, {table.key}) DO UPDATE SET {table.replaced}"
        )

    async def count(self, table: BulkTable, *, within: Within | None = None) -> int:
        where, values = self._where(within)
        # What is there less what vanished: two indices know that, and no row is looked at.
        sql = f"SELECT count(*) FROM main.{table.name} WHERE {where}"
        found = await self._reader.run(
            lambda one: [one.execute(f"{sql}{also}", values).fetchone()[0] for also in ("", f" AND {VANISHED}")]
        )
        return int(found[0] - found[1])

    async def missing(self, table: BulkTable, *, within: Within | None = None, most: int) -> tuple[int, list[str]]:
        where, values = self._where(within)
        unseen = f"mark_of({table.key}) NOT IN (SELECT mark FROM temp.seen_{table.name})"
        sql = f"SELECT {table.key} FROM main.{table.name} WHERE {where} AND {unseen} AND vanished_at IS NULL ORDER BY 1"

        def work(connection: sqlite3.Connection) -> tuple[int, list[str]]:
            found = connection.execute(sql, values)
            ids = [fh_id for (fh_id,) in islice(found, most)]
            return len(ids) + sum(1 for _ in found), ids

        return await self._reader.run(work)

    def _where(self, within: Within | None) -> tuple[str, list[Any]]:
        if within is None:
            return "account = ?", [self.account]
        first, last = self.as_stored(within.first), self.as_stored(within.last)
        return (
            "account = ? AND store_id = ? AND created_at BETWEEN ? AND ?",
            [self.account, within.store_id, first, last],
        )

    async def saw(self, table: BulkTable, ids: Sequence[str]) -> None:
        sql = f"INSERT OR IGNORE INTO temp.seen_{table.name} VALUES (?)"
        await self._reader.run(lambda one: one.executemany(sql, [(mark_of(fh_id),) for fh_id in ids]))

    async def vanish(self, table: BulkTable, ids: Sequence[str], *, at: datetime) -> None:
        when = self.as_stored(at)

        def work(connection: sqlite3.Connection) -> None:
            for some in chunks(list(ids), MOST_NAMED):
                these = f"account = ? AND {table.key} IN ({', '.join('?' * len(some))})"
                if table.customer:
                    sql = f"INSERT OR IGNORE INTO stale_profiles SELECT account, customer_id FROM sales WHERE {these}"
                    connection.execute(f"{sql} AND customer_id <> ''", [self.account, *some])
                else:
                    self._note_changed(connection, some)
                sql = f"UPDATE main.{table.name} SET vanished_at = ? WHERE {these}"
                connection.execute(sql, [when, self.account, *some])

        if ids:
            await self._write(work)

    async def stale_customers(self, most: int) -> list[str]:
        sql = "SELECT fh_id FROM stale_profiles WHERE account = ? ORDER BY fh_id LIMIT ?"
        found = await self._reader.run(lambda one: one.execute(sql, (self.account, most)).fetchall())
        return [fh_id for (fh_id,) in found]

    async def sales_of(self, customers: Sequence[str]) -> list[Packed]:
        def some_of(connection: sqlite3.Connection, column: str, ids: Sequence[str]) -> list[Packed]:
            found: list[Packed] = []
            for some in chunks(list(ids), MOST_NAMED):
                # Named twice, because only then does SQLite see that the partial index will do.
                partly = "original_id <> '' AND" if column == "original_id" else ""
                found += connection.execute(
                    f"SELECT {SALES.listed} FROM sales WHERE account = ? AND {partly} vanished_at IS NULL "
                    f"AND {column} IN ({', '.join('?' * len(some))})",
                    [self.account, *some],
                ).fetchall()
            return found

        def work(connection: sqlite3.Connection) -> list[Packed]:
            own = some_of(connection, "customer_id", customers)
            places = (SALES.place("sale_id"), SALES.place("order_id"))
            return own + some_of(
                connection, "original_id", [row[place] for row in own for place in places if row[place]]
            )

        return await self._reader.run(work)

    async def put_profiles(self, rows: Sequence[Packed], *, of: Sequence[str]) -> int:
        differs = " OR ".join(f'"{one}" IS NOT excluded."{one}"' for one in PROFILES.columns)

        def work(connection: sqlite3.Connection) -> int:
            crossing.note_profiles(connection, self, rows)
            changed = connection.executemany(f"{upsert(PROFILES)} WHERE {differs}", rows).rowcount
            derived = [(self.account, one) for one in of]
            connection.executemany("DELETE FROM stale_profiles WHERE account = ? AND fh_id = ?", derived)
            self._note_changed(connection, of)
            return changed

        return await self._write(work)

    def _note_changed(self, connection: sqlite3.Connection, customers: Sequence[str]) -> None:
        if self.notes_changes:
            sql = "INSERT OR IGNORE INTO changed_customers VALUES (?, ?)"
            connection.executemany(sql, [(self.account, one) for one in customers])

    async def close(self) -> None:
        await self._writer.close()
        await self._reader.close()

    async def _write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        async with self._alone():
            return await self._writer.run(lambda one: transaction(one, work))


@cache
def _compare(table: BulkTable, count: int) -> str:
    asked = ", ".join(["(?, ?, ?)"] * count)
    return f"""WITH page (id, print, mark) AS (VALUES {asked})
        SELECT page.id, kept.{table.key} IS NOT NULL, seen.mark IS NOT NULL,
            kept.print IS NOT page.print OR kept.vanished_at IS NOT NULL
        FROM page LEFT JOIN main.{table.name} AS kept ON kept.account = ? AND kept.{table.key} = page.id
            LEFT JOIN temp.seen_{table.name} AS seen ON seen.mark = page.mark
        WHERE kept.print IS NOT page.print OR kept.vanished_at IS NOT NULL OR seen.mark IS NOT NULL"""


@cache
def _note_seen(table: BulkTable, count: int, how: str = "INSERT OR IGNORE") -> str:
    return f"{how} INTO temp.seen_{table.name} VALUES {', '.join(['(?)'] * count)}"
