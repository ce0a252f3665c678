"""Where records are packed makes no difference: in a thread, in a process of its own, or in one that dies half way."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.customers import intake, run, workbench
from bot.customers.keeping import Keeping, ways_to_know
from bot.customers.packing import Fetched, Lot, Packing, Parcel
from bot.customers.progress import Progress
from bot.customers.workbench import AHEAD, Workbench
from bot.errors import Unavailable
from bot.rules.customer_sync import RunKind, RunState
from bot.rules.state_profiles import Limits
from bot.store.bulk import CUSTOMERS, open_bulk
from bot.store.packing import Packed, Packer, as_it_is, as_text
from bot.store.pen import Pen
from bot.vault import DataKey
from tests.customers.packers import packers_of
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


@pytest.fixture(autouse=True)
def _a_few_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbench, "WORTH_A_PROCESS", 1)


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


async def test_a_process_packs_as_a_thread_does_and_is_gone_afterwards() -> None:
    here = packing().packed(LOT)
    assert (len(here.rows), len(here.unread)) == (40, 2)
    async with in_a_process(packing()) as bench:
        assert packers_of()
        lots = [Lot(LOT.fetched[begin : begin + 6]) for begin in range(0, len(LOT.fetched), 6)]
        there = await asyncio.gather(*map(bench.packed, lots))
        assert bench.room == AHEAD
    assert told(*there) == told(here)
    sealed = there[0].rows[0][SEALS.start]
    assert b"maya.0@example.com" in KEY.open(sealed, "a c0")
    assert not packers_of()


def test_the_process_loads_nothing_that_would_keep_it_from_beginning() -> None:
    """Half a second, and tens of megabytes in each run."""
    said = "import bot.customers.packing_process, sys; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True).stdout.split()
    assert not {"sqlalchemy", "pydantic", "structlog", "asyncio", "httpx"} & set(loaded)


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
        (process,) = packers_of()
        under_way = [asyncio.create_task(bench.packed(LOT)) for _ in range(AHEAD)]
        os.kill(process, signal.SIGKILL)
        for parcel in [*await asyncio.gather(*under_way), await bench.packed(LOT)]:
            assert told(parcel) == told(packing().packed(LOT))


async def test_a_sync_that_packs_in_another_process_keeps_what_flowhub_has(floor: ShopFloor) -> None:
    floor.switches.max_page_size = 25
    first = await floor.run()
    assert (first.customers.inserted, first.sales.inserted) == (len(floor.customers), len(floor.sales))
    one = next(iter(floor.customers.values()))
    one.points, one.updated_at = one.points + 1, floor.desk.now()
    assert (await floor.run(RunKind.NIGHTLY)).customers.updated == 1
    await floor.expect_what_flowhub_has()
    assert not packers_of()


async def test_a_first_load_whose_process_dies_loses_nothing_that_rested_there(
    floor: ShopFloor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "WORTH_A_THREAD", 10)
    monkeypatch.setattr(intake, "BATCH", 20)
    floor.switches.max_page_size = 10
    killed: list[int] = []

    def kill(_progress: Progress) -> None:
        for packer in packers_of():
            if packer not in killed:
                os.kill(packer, signal.SIGKILL)
                killed.append(packer)

    report = await floor.run(tell=kill)
    assert killed
    assert (report.state, report.customers.inserted) == (RunState.DONE, len(floor.customers))
    await floor.expect_what_flowhub_has()


@pytest.mark.parametrize(("page", "is_full"), [(10, True), (500, False)])
async def test_a_first_load_whose_first_page_is_full_gets_its_process_at_once(
    floor: ShopFloor, monkeypatch: pytest.MonkeyPatch, page: int, is_full: bool
) -> None:
    monkeypatch.setattr(workbench, "WORTH_A_PROCESS", 1_000_000)
    monkeypatch.setattr(run, "PAGE_SIZE", page)
    monkeypatch.setattr(intake, "WORTH_A_THREAD", 10)
    floor.switches.max_page_size = 10
    seen: set[int] = set()
    report = await floor.run(tell=lambda _progress: seen.update(packers_of()))
    assert bool(seen) is is_full
    assert (report.state, report.customers.inserted) == (RunState.DONE, len(floor.customers))
    await floor.expect_what_flowhub_has()
    assert not packers_of()


async def test_a_database_that_does_not_answer_the_other_process_is_told_as_one_that_does_not_answer_this_one(
    sqlite_floor: ShopFloor, tmp_path: Path
) -> None:
    work = Packing(Packer("a", KEY, as_text), Keeping(KEY, Limits(), set()))
    bench = Workbench(work, Pen("a", str(tmp_path / "nowhere" / "orders.db")))
    assert await bench.helper()
    async with open_bulk(sqlite_floor.desk.database, "a") as bulk:
        parcel = await bench.packed(LOT)
        assert parcel.kept is not None
        with pytest.raises(Unavailable):
            await bench.put(bulk, CUSTOMERS, [parcel], scope="customers", position="{}")
        assert await bulk.count(CUSTOMERS) == 0
    await bench.close()
