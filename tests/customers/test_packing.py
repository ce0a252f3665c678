"""Where records are packed makes no difference: in a thread, in a process of its own, or in one that dies half way."""

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.customers import workbench
from bot.customers.keeping import Keeping, ways_to_know
from bot.customers.packing import Fetched, Lot, Packing, Parcel
from bot.customers.workbench import AHEAD, Workbench
from bot.rules.customer_sync import RunKind
from bot.rules.state_profiles import Limits
from bot.store.packing import Packed, Packer, as_it_is
from bot.vault import DataKey
from tests.customers.shop_floor import ShopFloor

KEY = DataKey(b"k" * 32)
SEALS = slice(-3, -1)
"""Where a customer's row has its seals, which are never twice the same."""


def record(number: int, **changed: object) -> Fetched:
    values = {
        "id": f"c{number}",
        "createdAt": "2020-01-02T03:04:05.678Z",
        "name": "Maya Alvarez",
        "email": f"maya.{number}@example.com",
        "phone": "(303) 555-0199",
        "zip": "80202",
        "consentsToPromotionalEmail": number % 2 == 0,
    }
    return f"c{number}", bytes([number]) * 16, json.dumps(values | changed).encode()


LOT = Lot([*map(record, range(40)), record(40, createdAt="never"), ("", b"", b'{"name": "Nobody"}')])


def packing(*, limits: Limits | None = None, forgotten: Sequence[bytes] = ()) -> Packing:
    return Packing(Packer("a", KEY, as_it_is), Keeping(KEY, limits or Limits(), set(forgotten)))


@asynccontextmanager
async def in_a_process(work: Packing) -> AsyncIterator[Workbench]:
    bench = Workbench(work)
    assert await bench.helper(), "no other process can be had"
    try:
        yield bench
    finally:
        await bench.close()


def told(*parcels: Parcel) -> tuple[dict[str, Packed], list[str], int]:
    rows = {fh_id: row[: SEALS.start] for parcel in parcels for fh_id, row in zip(parcel.ids, parcel.rows, strict=True)}
    unread = [why for parcel in parcels for why, _ in parcel.unread]
    return rows, unread, sum(parcel.withheld for parcel in parcels)


def helpers() -> list[int]:
    """Processes that this one has started to pack."""
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    return [int(child) for child in children if b"packing_process" in Path(f"/proc/{child}/cmdline").read_bytes()]


async def test_a_process_packs_as_a_thread_does_and_is_gone_afterwards() -> None:
    here = packing().packed(LOT)
    assert (len(here.rows), len(here.unread)) == (40, 2)
    async with in_a_process(packing()) as bench:
        assert helpers()
        lots = [Lot(LOT.fetched[begin : begin + 6]) for begin in range(0, len(LOT.fetched), 6)]
        there = await asyncio.gather(*map(bench.packed, lots))
        assert bench.room == AHEAD
    assert told(*there) == told(here)
    sealed = there[0].rows[0][SEALS.start]
    assert b"maya.0@example.com" in KEY.open(sealed, "a c0")
    assert not helpers()


async def test_who_may_not_be_kept_is_withheld_in_another_process_and_known_in_this_one() -> None:
    gone = ways_to_know(KEY, email="maya.4@example.com")
    work = packing(limits=Limits(only_consenting=True), forgotten=list(gone))
    async with in_a_process(work) as bench:
        parcel = await bench.packed(LOT)
    assert set(parcel.ids) == {f"c{number}" for number in range(0, 40, 2)} - {"c4"}
    assert parcel.withheld == 21
    keeping = work.keeping
    assert set(keeping.no_longer) == {f"c{number}" for number in range(1, 40, 2)} | {"c4"}
    assert keeping.came_back == ways_to_know(KEY, fh_id="c4")
    assert keeping.came_back <= keeping.forgotten


async def test_a_process_that_dies_costs_nothing_but_time() -> None:
    async with in_a_process(packing()) as bench:
        await bench.packed(LOT)
        (process,) = helpers()
        under_way = [asyncio.create_task(bench.packed(LOT)) for _ in range(AHEAD)]
        os.kill(process, signal.SIGKILL)
        for parcel in [*await asyncio.gather(*under_way), await bench.packed(LOT)]:
            assert told(parcel) == told(packing().packed(LOT))


async def test_a_sync_that_packs_in_another_process_keeps_what_flowhub_has(
    floor: ShopFloor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbench, "WORTH_A_PROCESS", 1)
    floor.switches.max_page_size = 25
    first = await floor.run()
    assert (first.customers.inserted, first.sales.inserted) == (len(floor.customers), len(floor.sales))
    one = next(iter(floor.customers.values()))
    one.points, one.updated_at = one.points + 1, floor.desk.now()
    assert (await floor.run(RunKind.NIGHTLY)).customers.updated == 1
    await floor.expect_what_flowhub_has()
    assert not helpers()
