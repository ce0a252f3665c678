"""A list of Flowhub's on its way into a table: what is new is packed and laid aside or written; what is bad, parked.

A page is looked up while those before it are packed and a batch is written. Rows are written in the order in which they came.
"""

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from bot.customers.packing import Fetched, Lot, Parcel, Unread
from bot.customers.workbench import Workbench
from bot.flowhub.records import READING, Record
from bot.rules.customer_sync import Count
from bot.store.bulk import Bulk, BulkTable
from bot.store.bulk.tables import BATCH
from bot.vault import DataKey

WORTH_A_THREAD = 500
"""Records that differ wait until there are as many: of an account in which little changed, a page has five."""
MOST_UNREAD = 500
"""Parked records that a run keeps; it counts them all."""


class _Waiting(NamedTuple):
    fetched: Fetched
    is_known: bool
    is_again: bool
    """Counted with a page before."""


class Intake:
    """`count` is how it went so far: what is new is counted when it is packed, which `flush` sees to. Rows are staged, or with
    `scope` written at once with the position in that list."""

    def __init__(
        self,
        bulk: Bulk,
        table: BulkTable,
        key: DataKey,
        workbench: Workbench,
        *,
        sold_by: str | None = None,
        scope: str = "",
        limits: str = "",
    ) -> None:
        self.count = Count()
        self.unread: Unread = []
        self._bulk, self._table, self._scope = bulk, table, scope
        self._workbench, self._sold_by = workbench, sold_by
        # Under other limits other things are kept of the same record: then none is as it was.
        self._printer = key.printer(f"{table.name} {READING} {limits}".rstrip())
        self._waiting: dict[str, _Waiting] = {}
        self._nameless: list[bytes] = []
        self._batch: list[asyncio.Task[Parcel]] = []
        self._batched = 0
        self._packing: deque[asyncio.Task[Parcel]] = deque()
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
            self._waiting[fh_id] = _Waiting((fh_id, prints[fh_id], record.raw), fresh.known[fh_id], is_again)
        nameless = [record.raw for record in records if not record.fh_id]
        self._nameless += nameless
        self.count += Count(
            read=fresh.first_seen + len(nameless), unchanged=fresh.first_seen - len(latest) + len(fresh.again)
        )
        self._since += len(records)
        if len(self._waiting) + len(self._nameless) >= WORTH_A_THREAD:
            await self._pack_waiting()
        if self._batched >= BATCH or (self._scope and self._since >= BATCH):
            await self._begin_to_write(position)

    async def flush(self, *, position: str = "") -> None:
        """Returns when all that was taken in is written."""
        await self._begin_to_write(position)
        await self.settled()

    async def settled(self) -> None:
        """Returns when nothing is being done any more. Raises what packing or writing raised."""
        doing = [self._writing] if self._writing is not None else []
        packing, self._packing, self._writing = self._packing, deque(), None
        # All of it, also when some of it fails: the connections are closed after this.
        for problem in await asyncio.gather(*packing, *doing, return_exceptions=True):
            if isinstance(problem, BaseException):
                raise problem

    async def _begin_to_write(self, position: str) -> None:
        """One batch is written while the next is read and packed."""
        await self._pack_waiting()
        before, self._writing = self._writing, None
        if before is not None:
            await before
        batch, self._batch, self._batched, self._since = self._batch, [], 0, 0
        self._writing = asyncio.create_task(self._write(batch, position), name=f"write {self._table.name}")

    async def _write(self, batch: Sequence[asyncio.Task[Parcel]], position: str) -> None:
        parcels = await asyncio.gather(*batch)
        if self._scope:
            await self._workbench.put(self._bulk, self._table, parcels, scope=self._scope, position=position)
        elif rows := [row for parcel in parcels for row in parcel.rows]:
            await self._bulk.stage(self._table, rows)

    def park(self, why: str, record: Any) -> None:
        """What the reading of pages itself had to put aside."""
        self.count += Count(parked=1)
        self.unread.append((why, record))

    async def _pack_waiting(self) -> None:
        """They are packed while the next page is looked up."""
        waiting, nameless = self._waiting, self._nameless
        if not waiting and not nameless:
            return
        while len(self._packing) >= self._workbench.room:
            await self._packing.popleft()
        self._waiting, self._nameless = {}, []
        packing = asyncio.create_task(self._pack(waiting, nameless), name=f"pack {self._table.name}")
        self._packing.append(packing)
        self._batch.append(packing)
        self._batched += len(waiting)

    async def _pack(self, waiting: Mapping[str, _Waiting], nameless: Sequence[bytes]) -> Parcel:
        fetched = [one.fetched for one in waiting.values()]
        parcel = await self._workbench.packed(Lot(fetched + [("", b"", raw) for raw in nameless], self._sold_by))
        new = [waiting[fh_id] for fh_id in parcel.ids if not waiting[fh_id].is_again]
        updated = sum(one.is_known for one in new)
        self.count += Count(
            inserted=len(new) - updated, updated=updated, parked=len(parcel.unread), withheld=parcel.withheld
        )
        self.unread += parcel.unread[: MOST_UNREAD - len(self.unread)]
        return parcel
