"""The bulk writer on PostgreSQL: COPY into a temporary table, and one statement that merges it."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import asyncpg
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.errors import Unavailable
from bot.rules.occasions import Watched
from bot.store.bulk import crossing
from bot.store.bulk.tables import BATCH, CUSTOMERS, PROFILES, SALES
from bot.store.bulk.way_in import Bulk, Fresh, Within
from bot.store.bulk_table import BulkTable
from bot.store.packing import Packed, as_it_is

PACKED_AT_ONCE = 50
"""The driver packs so many rows before the loop is free again: less than a millisecond."""
PLANS = "SET plan_cache_mode = force_custom_plan"
"""A plan that was made while a table was empty would be kept while it grows by hundreds of thousands of rows."""


class PostgresBulk(Bulk):
    def __init__(self, account: str, engine: AsyncEngine) -> None:
        super().__init__(account)
        self._began_empty: dict[BulkTable, bool] = {}
        self._reader = _Session(engine, {f"seen_{one.name}": "mark bigint PRIMARY KEY" for one in (CUSTOMERS, SALES)})
        self._writer = _Session(
            engine,
            {
                f"staged_{one.name}": f"LIKE {one.name} INCLUDING DEFAULTS, n bigint GENERATED ALWAYS AS IDENTITY"
                for one in (CUSTOMERS, SALES, PROFILES)
            },
        )

    as_stored = staticmethod(as_it_is)

    def as_read(self, stored: Any) -> datetime | None:
        return stored.astimezone(UTC) if stored is not None else None

    async def fresh(self, table: BulkTable, prints: Mapping[str, bytes]) -> Fresh:
        async with self._reader.talking() as raw:
            if await self._has_none_of(raw, table, list(prints)):
                return Fresh(dict.fromkeys(prints, False), frozenset(), len(prints))
            # The ids are noted beside the question, which sees what was noted before it. With its limits each row is looked up
            # by the key: a plan that reads the whole table to join it may look better, and never is.
            found = await raw.fetch(
                f"""WITH page AS (
                            SELECT id, print, {_mark("id")} AS mark FROM unnest($1::text[], $2::bytea[]) AS one (id, print)
                        ), noted AS (INSERT INTO seen_{table.name} SELECT mark FROM page ON CONFLICT DO NOTHING)
                    SELECT page.id, kept.print IS NOT NULL AS known, seen.mark IS NOT NULL AS again,
                        kept.print IS DISTINCT FROM page.print OR kept.vanished_at IS NOT NULL AS differs
                    FROM page LEFT JOIN LATERAL (SELECT print, vanished_at FROM {table.name}
                        WHERE account = $3 AND {table.key} = page.id LIMIT 1) AS kept ON true
                    LEFT JOIN LATERAL (SELECT mark FROM seen_{table.name} AS one
                        WHERE one.mark = page.mark LIMIT 1) AS seen ON true
                    WHERE kept.print IS DISTINCT FROM page.print OR kept.vanished_at IS NOT NULL OR seen.mark IS NOT NULL""",
                list(prints),
                list(prints.values()),
                self.account,
            )
        known = {row["id"]: row["known"] for row in found if row["differs"]}
        again = frozenset(row["id"] for row in found if row["again"])
        return Fresh(known, again & known.keys(), len(prints) - len(again))

    async def _has_none_of(self, raw: Any, table: BulkTable, ids: list[str]) -> bool:
        """As on SQLite: an account that had nothing has only what this run has met."""
        if table not in self._began_empty:
            there = f"SELECT EXISTS (SELECT FROM {table.name} WHERE account = $1)"
            self._began_empty[table] = not await raw.fetchval(there, self.account)
        if not self._began_empty[table]:
            return False
        try:
            await raw.execute(
                f"INSERT INTO seen_{table.name} SELECT {_mark('id')} FROM unnest($1::text[]) AS page (id)", ids
            )
        except asyncpg.UniqueViolationError:
            return False
        return True

    async def put(self, table: BulkTable, rows: Sequence[Packed], *, scope: str, position: str) -> None:
        async with self._writer.talking() as raw, raw.transaction():
            try:
                async with raw.transaction():
                    await self._copy(raw, table, table.name, rows)
                    await self._make_stale(raw, table, rows)
            except asyncpg.UniqueViolationError:
                # In a first load nearly all rows are new; these are not.
                await self._copy(raw, table, f"staged_{table.name}", rows)
                await self._merge(raw, table, f"FROM staged_{table.name} AS staged WHERE true")
                await raw.execute(f"TRUNCATE staged_{table.name}")
            await raw.execute(
                "INSERT INTO sync_cursors VALUES ($1, $2, $3) ON CONFLICT (account, scope) DO UPDATE SET doc = excluded.doc",
                *(self.account, scope, position),
            )

    async def stage(self, table: BulkTable, rows: Sequence[Packed]) -> None:
        async with self._writer.talking() as raw, raw.transaction():
            await self._copy(raw, table, f"staged_{table.name}", rows)

    async def publish(self, table: BulkTable) -> None:
        async with self._writer.talking() as raw:
            first, last = await raw.fetchrow(
                f"SELECT coalesce(min(n), 1), coalesce(max(n), 0) FROM staged_{table.name}"
            )
            # Of rows with the same id the last one is published last.
            for begin in range(first, last + 1, BATCH):
                some = f"FROM staged_{table.name} AS staged WHERE staged.n >= {begin} AND staged.n < {begin + BATCH}"
                async with raw.transaction():
                    await self._merge(raw, table, some)
            await raw.execute(f"TRUNCATE staged_{table.name}")

    async def _copy(self, raw: Any, table: BulkTable, into: str, rows: Sequence[Packed]) -> None:
        async def breathing() -> AsyncIterator[Packed]:
            for number, row in enumerate(rows):
                if number % PACKED_AT_ONCE == 0:
                    await asyncio.sleep(0)
                yield row

        await raw.copy_records_to_table(into, records=breathing(), columns=table.columns)

    async def _make_stale(self, raw: Any, table: BulkTable, rows: Sequence[Packed]) -> None:
        """Whoever these new rows were rung up for."""
        if table.customer:
            place = table.place(table.customer)
            await raw.execute(
                "INSERT INTO stale_profiles SELECT $1, unnest($2::text[]) ON CONFLICT DO NOTHING",
                *(self.account, sorted({row[place] for row in rows if row[place]})),
            )

    async def _merge(self, raw: Any, table: BulkTable, some: str) -> None:
        if table.customer:
            # Whoever a sale was rung up for before, and whoever's sale is given back, is concerned too.
            await raw.execute(
                f"""INSERT INTO stale_profiles
                    SELECT account, customer_id {some} AND customer_id <> ''
                    UNION SELECT account, customer_id FROM sales WHERE account = $1 AND customer_id <> ''
                        AND sale_id IN (SELECT sale_id {some} UNION SELECT original_id {some} AND original_id <> '')
                    ON CONFLICT DO NOTHING""",
                self.account,
            )
        elif self.notes_changes:
            await raw.execute(
                f"INSERT INTO changed_customers SELECT DISTINCT account, fh_id {some} ON CONFLICT DO NOTHING"
            )
        if self.watched and table is CUSTOMERS and (query := crossing.points_that_cross(self.watched, some)):
            await self._note(raw, self.watched, map(tuple, await raw.fetch(query)))
        await raw.execute(
            f"INSERT INTO {table.name} ({table.listed}) "
            f"SELECT DISTINCT ON ({table.key}) {table.listed} {some} ORDER BY {table.key}, n DESC "
            f"ON CONFLICT (account, {table.key}) DO UPDATE SET {table.replaced}"
        )

    async def count(self, table: BulkTable, *, within: Within | None = None) -> int:
        where, values = self._where(within)
        async with self._reader.talking() as raw:
            return int(await raw.fetchval(f"SELECT count(*) FROM {table.name} WHERE {where}", *values))

    async def missing(self, table: BulkTable, *, within: Within | None = None, most: int) -> tuple[int, list[str]]:
        where, values = self._where(within)
        unseen = f"NOT EXISTS (SELECT FROM seen_{table.name} AS seen WHERE seen.mark = {_mark(table.key)})"
        rest = f"FROM {table.name} WHERE {where} AND {unseen}"
        async with self._reader.talking() as raw:
            count = await raw.fetchval(f"SELECT count(*) {rest}", *values)
            found = await raw.fetch(f"SELECT {table.key} AS id {rest} ORDER BY 1 LIMIT {most}", *values)
        return int(count), [row["id"] for row in found]

    def _where(self, within: Within | None) -> tuple[str, list[Any]]:
        if within is None:
            return "account = $1 AND vanished_at IS NULL", [self.account]
        return (
            "account = $1 AND vanished_at IS NULL AND store_id = $2 AND created_at BETWEEN $3 AND $4",
            [self.account, within.store_id, within.first, within.last],
        )

    async def saw(self, table: BulkTable, ids: Sequence[str]) -> None:
        async with self._reader.talking() as raw:
            await raw.execute(
                f"INSERT INTO seen_{table.name} SELECT {_mark('id')} FROM unnest($1::text[]) AS page (id) "
                "ON CONFLICT DO NOTHING",
                list(ids),
            )

    async def vanish(self, table: BulkTable, ids: Sequence[str], *, at: datetime) -> None:
        these = f"account = $1 AND {table.key} = ANY($2)"
        async with self._writer.talking() as raw, raw.transaction():
            if table.customer:
                await raw.execute(
                    f"INSERT INTO stale_profiles SELECT DISTINCT account, customer_id FROM sales WHERE {these} "
                    "AND customer_id <> '' ON CONFLICT DO NOTHING",
                    *(self.account, list(ids)),
                )
            else:
                await self._note_changed(raw, ids)
            sql = f"UPDATE {table.name} SET vanished_at = $3 WHERE {these}"
            await raw.execute(sql, self.account, list(ids), at)

    async def stale_customers(self, most: int) -> list[str]:
        async with self._reader.talking() as raw:
            found = await raw.fetch(
                "SELECT fh_id FROM stale_profiles WHERE account = $1 ORDER BY fh_id LIMIT $2", self.account, most
            )
        return [row["fh_id"] for row in found]

    async def sales_of(self, customers: Sequence[str]) -> list[Packed]:
        query = f"SELECT {SALES.listed} FROM sales WHERE account = $1 AND vanished_at IS NULL AND"
        async with self._reader.talking() as raw:
            own = [
                tuple(row) for row in await raw.fetch(f"{query} customer_id = ANY($2)", self.account, list(customers))
            ]
            places = (SALES.place("sale_id"), SALES.place("order_id"))
            ids = [row[place] for row in own for place in places if row[place]]
            backs = f"{query} original_id <> '' AND original_id = ANY($2)"
            return own + [tuple(row) for row in await raw.fetch(backs, self.account, ids)]

    async def put_profiles(self, rows: Sequence[Packed], *, of: Sequence[str]) -> int:
        differs = " OR ".join(f'kept."{one}" IS DISTINCT FROM excluded."{one}"' for one in PROFILES.columns)
        async with self._writer.talking() as raw, raw.transaction():
            if self.watched:
                known = await raw.fetch(f"{crossing.BEFORE} $1 AND fh_id = ANY($2)", self.account, list(of))
                before = {row[0]: row[1:] for row in map(tuple, known)}
                await self._note(raw, self.watched, crossing.of_profiles(self.watched, rows, before))
            await raw.copy_records_to_table("staged_profiles", records=rows, columns=PROFILES.columns)
            answer = await raw.execute(
                f"INSERT INTO profiles AS kept ({PROFILES.listed}) SELECT {PROFILES.listed} FROM staged_profiles "
                f"ON CONFLICT (account, {PROFILES.key}) DO UPDATE SET {PROFILES.replaced} WHERE {differs}"
            )
            await raw.execute("TRUNCATE staged_profiles")
            await raw.execute(
                "DELETE FROM stale_profiles WHERE account = $1 AND fh_id = ANY($2)", self.account, list(of)
            )
            await self._note_changed(raw, of)
        return int(answer.rpartition(" ")[2])

    async def _note_changed(self, raw: Any, customers: Sequence[str]) -> None:
        if self.notes_changes:
            sql = "INSERT INTO changed_customers SELECT $1, unnest($2::text[]) ON CONFLICT DO NOTHING"
            await raw.execute(sql, self.account, list(customers))

    async def _note(self, raw: Any, watched: Watched, crossed: Iterable[crossing.Crossed]) -> None:
        rows = [(self.account, *one, watched.at) for one in crossed]
        await raw.executemany(f"{crossing.INSERT} ($1, $2, $3, $4, $5, $6)", rows)

    async def close(self) -> None:
        await self._writer.close()
        await self._reader.close()


class _Session:
    """A connection with some temporary tables, which go with it."""

    def __init__(self, engine: AsyncEngine, tables: Mapping[str, str]) -> None:
        self._engine = engine
        self._tables = tables
        self._connection: AsyncConnection | None = None
        self._raw: Any = None

    @asynccontextmanager
    async def talking(self) -> AsyncIterator[Any]:
        try:
            if self._raw is None:
                await self._open()
            yield self._raw
        except (asyncpg.PostgresError, asyncpg.InterfaceError, SQLAlchemyError, OSError) as problem:
            raise Unavailable("The database is not answering.", may_have_arrived=False) from problem

    async def close(self) -> None:
        connection, self._connection, self._raw = self._connection, None, None
        if connection is not None:
            await connection.invalidate()
            await connection.close()

    async def _open(self) -> None:
        self._connection = await self._engine.connect()
        raw: Any = (await self._connection.get_raw_connection()).driver_connection
        await raw.execute(PLANS)
        for name, columns in self._tables.items():
            await raw.execute(f"CREATE TEMP TABLE {name} ({columns})")
        self._raw = raw


def _mark(fh_id: str) -> str:
    """An id in 64 bits, as on SQLite (`worker.mark_of`)."""
    return f"hashtextextended({fh_id}, 0)"
