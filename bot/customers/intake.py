"""A list of Flowhub's on its way into a table: what is new is read, sealed and laid aside or written; what is bad, parked."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from bot.customers.keeping import Withheld
from bot.errors import Unreadable
from bot.flowhub.records import READING, Record
from bot.places import know_places
from bot.rules.customer_sync import Count
from bot.store.bulk import Bulk, BulkTable
from bot.store.bulk.tables import BATCH
from bot.store.bulk.way_in import Packed
from bot.vault import DataKey

Pack = Callable[[bytes, bytes], Packed]
"""Print and record → packed. Raises Unreadable, and Withheld for what may not be kept."""
Unread = list[tuple[str, Any]]
MOST_UNREAD = 500
"""Parked records that a run keeps; it counts them all."""


class Intake:
    """`count` is how it went so far. Rows are staged, or with `scope` written at once with the position in that list."""

    def __init__(
        self, bulk: Bulk, table: BulkTable, key: DataKey, pack: Pack, *, scope: str = "", limits: str = ""
    ) -> None:
        self.count = Count()
        self.unread: Unread = []
        self._bulk, self._table, self._pack, self._scope = bulk, table, pack, scope
        # Under other limits other things are kept of the same record: then none is as it was.
        self._printer = key.printer(f"{table.name} {READING} {limits}".rstrip())
        self._rows: list[Packed] = []
        self._writing: asyncio.Task[None] | None = None
        self._since = 0

    async def take(self, records: Sequence[Record], *, position: str = "") -> None:
        """Take in a page. What was written with `position` need not be read again."""
        prints = {record.fh_id: self._printer(record.raw) for record in records if record.fh_id}
        fresh = await self._bulk.fresh(self._table, prints)
        # A page may have the same id twice, or one that another page had: the last word counts, and it counts once.
        latest = {record.fh_id: record for record in records if record.fh_id in fresh.known}
        nameless = [record for record in records if not record.fh_id]
        if latest:
            await know_places()
        rows, unread, withheld = await asyncio.to_thread(self._packed, [*latest.values(), *nameless], prints)
        self._rows += rows.values()
        self.unread += unread[: MOST_UNREAD - len(self.unread)]
        new = [fh_id for fh_id in rows if fh_id not in fresh.again]
        inserted = sum(not fresh.known[fh_id] for fh_id in new)
        read_before = sum(fh_id in fresh.again for fh_id in latest)
        self.count += Count(
            read=fresh.first_seen + len(nameless),
            inserted=inserted,
            updated=len(new) - inserted,
            unchanged=fresh.first_seen - (len(latest) - read_before),
            parked=len(unread),
            withheld=withheld,
        )
        self._since += len(records)
        if len(self._rows) >= BATCH or self._since >= BATCH:
            await self._begin_to_write(position)

    async def flush(self, *, position: str = "") -> None:
        """Returns when all that was taken in is written."""
        await self._begin_to_write(position)
        await self.settled()

    async def settled(self) -> None:
        """Returns when nothing is being written any more. Raises what writing raised."""
        writing, self._writing = self._writing, None
        if writing is not None:
            await writing

    async def _begin_to_write(self, position: str) -> None:
        """One batch is written while the next is read."""
        rows, self._rows, self._since = self._rows, [], 0
        await self.settled()
        self._writing = asyncio.create_task(self._write(rows, position), name=f"write {self._table.name}")

    async def _write(self, rows: list[Packed], position: str) -> None:
        if self._scope:
            await self._bulk.put(self._table, rows, scope=self._scope, position=position)
        elif rows:
            await self._bulk.stage(self._table, rows)

    def park(self, why: str, record: Any) -> None:
        """What the reading of pages itself had to put aside."""
        self.count += Count(parked=1)
        self.unread.append((why, record))

    def _packed(self, records: Sequence[Record], prints: dict[str, bytes]) -> tuple[dict[str, Packed], Unread, int]:
        """In a worker thread: half of what a first load computes."""
        rows: dict[str, Packed] = {}
        unread: Unread = []
        withheld = 0
        for record in records:
            try:
                rows[record.fh_id] = self._pack(prints.get(record.fh_id, b""), record.raw)
            except Withheld:
                withheld += 1
            except Unreadable as problem:
                unread.append((problem.sentence, record.raw.decode("utf-8", "replace")))
        return rows, unread, withheld
