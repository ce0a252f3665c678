"""Where a run's records are packed: in a thread, and when there are many of them, in a process of its own.

A thread that computes shares Python's lock with the loop, which then answers people late, and one core would have all the
work. With a pen that process also writes what it packed. If it should die, the thread goes on.
"""

import asyncio
import pickle
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Sequence
from itertools import count
from typing import Any

import structlog

from bot.customers.packing import Lot, Packing, Parcel
from bot.customers.packing_messages import SIZE, Answered, Asked, Beginning, Done, Put, Written
from bot.errors import Unavailable
from bot.place_table import know_places, table_of_places
from bot.store.bulk import Bulk, BulkTable
from bot.store.packing import Packed
from bot.store.pen import Pen

log = structlog.get_logger("orderahead.customers")

WORTH_A_PROCESS = 5000
"""Records in one run. A process takes longer to start than a thread needs for fewer."""
AHEAD = 3
"""Lots under way: while one is packed, the next one is there already, and another on its way there or back."""
AHEAD_AT_FIRST = 20
"""While the process gets ready, which is when nobody else has anything to do."""
READ_AT_ONCE = 2**20


class Workbench:
    """With a `pen` all that is packed is `put`, and nothing staged."""

    def __init__(self, packing: Packing, pen: Pen | None = None) -> None:
        self._packing, self._pen = packing, pen
        self._records = 0
        self._starting: asyncio.Task[_Helper | None] | None = None

    @property
    def room(self) -> int:
        """How many lots may be under way: what a thread does is done one after the other."""
        if self._starting is None:
            return 1
        return AHEAD if self._starting.done() else AHEAD_AT_FIRST

    def begin(self) -> None:
        """Many records are on their way: the process gets ready while the first of them are fetched.

        No lot may be under way: what was learned from those before goes along.
        """
        if self._starting is None:
            self._starting = asyncio.create_task(_Helper.start(self._packing, self._pen), name="packing")

    async def packed(self, lot: Lot) -> Parcel:
        self._records += len(lot.fetched)
        if self._records >= WORTH_A_PROCESS:
            self.begin()
        if self._starting is not None and (helper := await self.helper()) is not None:
            try:
                number, done = await helper.packed(lot)
            except _Gone:
                pass
            else:
                self._packing.keeping.learn(done.came_back, done.no_longer)
                return done.parcel if self._pen is None else done.parcel._replace(kept=number, lot=lot)
        return await self._packed_here(lot)

    async def put(self, bulk: Bulk, table: BulkTable, parcels: Sequence[Parcel], *, scope: str, position: str) -> None:
        """As `Bulk.put`, the rows of these parcels."""
        numbers = [one.kept for one in parcels if one.kept is not None]
        if numbers and len(numbers) == len(parcels) and (helper := await self.helper()) is not None:
            try:
                async with bulk.turn():
                    await helper.put(Put(table, numbers, scope, position))
            except _Gone:
                pass  # perhaps it has written them: then they are written again
            else:
                return
        rows = [row for parcel in parcels for row in await self._rows(parcel)]
        await bulk.put(table, rows, scope=scope, position=position)

    async def _rows(self, parcel: Parcel) -> Sequence[Packed]:
        return parcel.rows if parcel.lot is None else (await self._packed_here(parcel.lot)).rows

    async def _packed_here(self, lot: Lot) -> Parcel:
        if lot.sold_by is None:
            await know_places()
        return await asyncio.to_thread(self._packing.packed, lot)

    async def helper(self) -> "_Helper | None":
        """The process, when it is there; None where it can't be had."""
        self.begin()
        assert self._starting is not None
        return await asyncio.shield(self._starting)

    async def close(self) -> None:
        if self._starting is not None and (helper := await self._starting) is not None:
            await helper.close()


class _Gone(Exception):
    """The process has ended before it gave an answer."""


class _Helper:
    """The other process, as seen from here."""

    def __init__(self, process: Process) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._process, self._to, self._from = process, process.stdin, process.stdout
        self._numbers = count()
        self._asked: dict[int, asyncio.Future[Any]] = {}
        self._listening = asyncio.create_task(self._listen(), name="parcels")
        self._is_closing = False

    @classmethod
    async def start(cls, packing: Packing, pen: Pen | None) -> "_Helper | None":
        """Returns when it is ready; None where no other process can be had."""
        table = asyncio.create_task(table_of_places(), name="places")
        try:
            # What it might complain of would name what is wrong with a record; the thread that does its work says so properly.
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "bot.customers.packing_process"),
                stdin=PIPE,
                stdout=PIPE,
                stderr=DEVNULL,
                limit=READ_AT_ONCE,
            )
        except OSError:
            log.warning("records are packed in this process")
            return None
        finally:
            places = await table
        helper = cls(process)
        helper._send(Beginning(packing, places, pen))
        return helper

    async def packed(self, lot: Lot) -> tuple[int, Done]:
        """With the number under which it may keep the rows. Raises _Gone."""
        number, answer = self._ask(lot)
        return number, await answer

    async def put(self, put: Put) -> None:
        """Raises _Gone, and Unavailable for the database. Who is cancelled meanwhile learns it when it is written."""
        _, answer = self._ask(put)
        try:
            written: Written = await asyncio.shield(answer)
        except asyncio.CancelledError:
            await asyncio.wait([answer])
            raise
        if not written.is_well:
            raise Unavailable("The database is not answering.", may_have_arrived=False)

    def _ask(self, what: Lot | Put) -> tuple[int, asyncio.Future[Any]]:
        if self._listening.done():
            raise _Gone
        number = next(self._numbers)
        self._asked[number] = asyncio.get_running_loop().create_future()
        self._send((number, what))
        return number, self._asked[number]

    async def close(self) -> None:
        self._is_closing = True
        self._to.close()
        await self._listening
        await self._process.wait()

    async def _listen(self) -> None:
        try:
            while True:
                number, found = await self._received()
                answer = self._asked.pop(number)
                if not answer.done():
                    answer.set_result(found)
        except (OSError, asyncio.IncompleteReadError):
            if not self._is_closing:
                log.warning("the process that packs records has died; a thread goes on")
        finally:
            for answer in self._asked.values():
                if not answer.done():
                    answer.set_exception(_Gone())

    async def _received(self) -> Answered:
        (size,) = SIZE.unpack(await self._from.readexactly(SIZE.size))
        answered: Answered = pickle.loads(await self._from.readexactly(size))  # noqa: S301  (of a process that we started)
        return answered

    def _send(self, message: Beginning | Asked) -> None:
        pickled = pickle.dumps(message)
        self._to.write(SIZE.pack(len(pickled)))
        self._to.write(pickled)
