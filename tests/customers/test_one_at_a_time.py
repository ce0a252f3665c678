"""One run per account at a time, whoever starts it: two replicas, the clock and a person."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.customers import sync
from bot.customers.syncs import Syncs
from bot.rules.customer_sync import Plan, Report, RunKind, RunState
from bot.sandbox import Sandbox
from bot.sandbox.wire import Fault
from bot.store import Database, history, sync_runs
from bot.store.schema import upgrade
from bot.vault import Vault, new_key
from tests.conftest import new_postgres_database
from tests.customers.shop_floor import ACCOUNT, PLAN, ShopFloor, later
from tests.faults.short_waits import shorten


@pytest.fixture
async def replicas(sandbox: Sandbox, postgres: str) -> AsyncIterator[tuple[ShopFloor, ShopFloor]]:
    url, vault = new_postgres_database(postgres), Vault([new_key()])
    databases = Database(url, vault), Database(url, vault)
    await upgrade(databases[0])
    floors = await ShopFloor.open(sandbox, databases[0]), await ShopFloor.open(sandbox, databases[1])
    yield floors
    for floor, database in zip(floors, databases, strict=True):
        await floor.close()
        await database.close()


async def test_of_two_replicas_one_makes_the_run_of_a_period(replicas: tuple[ShopFloor, ShopFloor]) -> None:
    reports: list[Report | None] = []
    for hours in range(4):
        for floor in replicas:
            floor.desk.now = later(hours=hours)
        reports += await asyncio.gather(*[sync(floor.desk, ACCOUNT, PLAN) for floor in (*replicas, *replicas)])
    made = [report for report in reports if report is not None]
    assert [report.state for report in made] == [RunState.DONE] * 4
    assert made[0].kind is RunKind.FIRST
    await replicas[0].expect_what_flowhub_has()


async def test_a_person_who_asks_meanwhile_is_told_that_it_is_under_way(floor: ShopFloor) -> None:
    asked: list[asyncio.Task[Report | None]] = []

    def ask_once(_entry: object) -> None:
        if not asked:
            asked.append(asyncio.create_task(sync(floor.desk, ACCOUNT, PLAN, asked_for=True)))

    floor.sandbox.flowhub.wire.listeners.append(ask_once)
    await floor.run()
    floor.sandbox.flowhub.wire.listeners.clear()
    assert await asked[0] is None


async def test_the_clock_runs_once_in_a_period_and_again_in_the_next(floor: ShopFloor) -> None:
    syncs = Syncs(floor.desk, PLAN)
    await asyncio.gather(*syncs.start_due())
    await asyncio.gather(*syncs.start_due())
    async with floor.desk.database.read() as tx:
        assert [report.kind for report in await sync_runs.reports(tx, ACCOUNT)] == [RunKind.FIRST]
    floor.desk.now = later(hours=1)
    await asyncio.gather(*syncs.start_due())
    async with floor.desk.database.read() as tx:
        assert len(await sync_runs.reports(tx, ACCOUNT)) == 2


async def test_the_clock_tries_a_failed_run_again_after_some_minutes(
    floor: ShopFloor, monkeypatch: pytest.MonkeyPatch
) -> None:
    shorten(monkeypatch.setattr)
    plan = Plan(every=timedelta(hours=1))
    floor.sandbox.flowhub.wire.add(Fault("down", times=None))
    first = await sync(floor.desk, ACCOUNT, plan)
    assert first is not None
    assert first.state is RunState.FAILED
    floor.sandbox.flowhub.wire.clear()
    assert await sync(floor.desk, ACCOUNT, plan) is None
    floor.desk.now = later(minutes=6)
    again = await sync(floor.desk, ACCOUNT, plan)
    assert again is not None
    assert again.state is RunState.DONE


async def test_a_run_whose_process_died_is_taken_over_when_its_lease_has_lapsed(floor: ShopFloor) -> None:
    now = floor.desk.now()
    async with floor.desk.database.write() as tx:
        await sync_runs.add_account(tx, ACCOUNT)
        dead = await sync_runs.begin(
            tx, ACCOUNT, period="x", kind=RunKind.FIRST, now=now, until=now + timedelta(seconds=60)
        )
    assert dead is not None
    assert await sync(floor.desk, ACCOUNT, PLAN) is None
    floor.desk.now = later(seconds=61)
    report = await sync(floor.desk, ACCOUNT, PLAN)
    assert report is not None
    assert report.state is RunState.DONE
    async with floor.desk.database.write() as tx:
        assert not await sync_runs.renew(tx, ACCOUNT, dead, until=now)


async def test_what_cannot_be_read_is_parked_once_and_counted_every_time(floor: ShopFloor) -> None:
    one, two, three = list(floor.customers.values())[:3]
    one.name, two.customer_id = {"first": "Jane"}, {"odd": "id"}  # type: ignore[assignment]
    three.customer_id = "a bell \x07 in it"
    for _ in range(2):
        report = await floor.run(RunKind.NIGHTLY)
        assert (report.state, report.customers.parked) == (RunState.DONE, 3)
        assert report.parked == 3 + report.sales.parked  # the sales of the one with an odd id
    assert len(await floor.rows("customers", "points")) == len(floor.customers) - 3
    async with floor.desk.database.read() as tx:
        assert (await history.parked_counts(tx))["flowhub customers"] == 3
