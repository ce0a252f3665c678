"""A list of Flowhub's on its way into a table: what is new is read, sealed and laid aside or written; what is bad, parked."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple

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
WORTH_A_THREAD = 500
"""Records that differ wait until there are as many: of an account in which little changed, a page has five."""
MOST_UNREAD = 500
"""Parked records that a run keeps; it counts them all."""


class _Waiting(NamedTuple):
    print_: bytes
    raw: bytes
    is_known: bool
    is_again: bool
    """Counted with a page before."""


class Intake:
    """`count` is how it went so far: what is new is counted when it is packed, which `flush` sees to. Rows are staged, or with
    `scope` written at once with the position in that list."""

    def __init__(
        self, bulk: Bulk, table: BulkTable, key: DataKey, pack: Pack, *, scope: str = "", limits: str = ""
    ) -> None:
        self.count = Count()
        self.unread: Unread = []
        self._bulk, self._table, self._pack, self._scope = bulk, table, pack, scope
        # Under other limits other things are kept of the same record: then none is as it was.
        self._printer = key.printer(f"{table.name} {READING} {limits}".rstrip())
        self._waiting: dict[str, _Waiting] = {}
        self._nameless: list[bytes] = []
        self._rows: list[Packed] = []
        self._places: asyncio.Task[None] | None = None
        self._packing: asyncio.Task[None] | None = None
        self._writing: asyncio.Task[None] | None = None
        self._since = 0

    async def take(self, records: Sequence[Record], *, position: str = "") -> None:
        """Take in a page. What was written with `position` need not be read again."""
        prints = {record.fh_id: self._printer(record.raw) for record in records if record.fh_id}
        fresh = await self._bulk.fresh(self._table, prints)
        # A page may have the same id twice, or one that another page had: the last word counts, and it counts once.
        latest = {record.fh_id: record for record in records if record.fh_id in fresh.known} if fresh.known else {}
        for fh_id, record in latest.items():
            before = self._waiting.get(fh_id)
            is_again = before.is_again if before else fh_id in fresh.again
            self._waiting[fh_id] = _Waiting(prints[fh_id], record.raw, fresh.known[fh_id], is_again)
        nameless = [record.raw for record in records if not record.fh_id]
        self._nameless += nameless
        self.count += Count(
            read=fresh.first_seen + len(nameless), unchanged=fresh.first_seen - len(latest) + len(fresh.again)
        )
        self._since += len(records)
        if self._waiting and self._places is None:
            self._places = asyncio.create_task(know_places(), name="places")
        if len(self._waiting) + len(self._nameless) >= WORTH_A_THREAD:
            await self._pack_waiting()
        if len(self._rows) >= BATCH or (self._scope and self._since >= BATCH):
            await self._begin_to_write(position)

    async def flush(self, *, position: str = "") -> None:
        """Returns when all that was taken in is written."""
        await self._begin_to_write(position)
        await self.settled()

    async def settled(self) -> None:
        """Returns when nothing is being done any more. Raises what packing or writing raised."""
        doing = [one for one in (self._places, self._packing, self._writing) if one is not None]
        self._packing = self._writing = None
        # All of it, also when some of it fails: the connections are closed after this.
        for problem in await asyncio.gather(*doing, return_exceptions=True):
            if problem is not None:
                raise problem

    async def _begin_to_write(self, position: str) -> None:
        """One batch is written while the next is read."""
        await self._pack_waiting()
        await self.settled()
        rows, self._rows, self._since = self._rows, [], 0
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

    async def _pack_waiting(self) -> None:
        """They are packed while the next page is looked up."""
        packing, self._packing = self._packing, None
        if packing is not None:
            await packing
        waiting, nameless = self._waiting, self._nameless
        if waiting or nameless:
            self._waiting, self._nameless = {}, []
            self._packing = asyncio.create_task(self._pack_all(waiting, nameless), name=f"pack {self._table.name}")

    async def _pack_all(self, waiting: Mapping[str, _Waiting], nameless: Sequence[bytes]) -> None:
        if self._places is not None:
            await self._places
        rows, unread, withheld = await asyncio.to_thread(self._packed, waiting, nameless)
        new = [waiting[fh_id] for fh_id in rows if not waiting[fh_id].is_again]
        updated = sum(one.is_known for one in new)
        self.count += Count(inserted=len(new) - updated, updated=updated, parked=len(unread), withheld=withheld)
        self.unread += unread[: MOST_UNREAD - len(self.unread)]
        self._rows += rows.values()

    def _packed(
        self, waiting: Mapping[str, _Waiting], nameless: Sequence[bytes]
    ) -> tuple[dict[str, Packed], Unread, int]:
        """In a worker thread: half of what a first load computes."""
        rows: dict[str, Packed] = {}
        unread: Unread = []
        withheld = 0
        named = ((fh_id, one.print_, one.raw) for fh_id, one in waiting.items())
        for fh_id, print_, raw in chain(named, (("", b"", raw) for raw in nameless)):
            try:
                packed = self._pack(print_, raw)
                if not fh_id:
                    raise Unreadable("a record whose id can't be read")
                rows[fh_id] = packed
            except Withheld:
                withheld += 1
            except Unreadable as problem:
                unread.append((problem.sentence, raw.decode("utf-8", "replace")))
        return rows, unread, withheld
