"""What may be kept of customers: their state's profile, and for how long; on both databases."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlmodel import SQLModel

from bot.customers.keeping import ways_to_know
from bot.rules.customer_sync import RunKind
from bot.rules.retention import Retention
from bot.rules.state_profiles import StateProfile
from bot.rules.stores import Credentials
from bot.store import forgetting, stores
from bot.store.customers import data_key, find
from bot.store.history import park, parked_counts
from sync.housekeeping import REMOVED_KEPT, forget
from tests.customers.shop_floor import ACCOUNT, ShopFloor

DAY = timedelta(days=1)


async def choose(floor: ShopFloor, profile: StateProfile) -> None:
    """For one store: it counts for the whole organisation."""
    stores = dict(floor.desk.stores)
    stores["uptown"] = stores["uptown"].model_copy(update={"state_profile": profile})
    floor.desk.stores = stores


def consenting(floor: ShopFloor) -> set[str]:
    return {fh_id for fh_id, one in floor.customers.items() if one.wants_email or one.wants_sms}


async def test_oregon_keeps_those_who_agreed_and_counts_the_others(floor: ShopFloor) -> None:
    await choose(floor, StateProfile.OREGON)
    report = await floor.run()
    assert 0 < len(consenting(floor)) < len(floor.customers)
    assert set(await floor.rows("customers")) == consenting(floor)
    assert report.customers.withheld == len(floor.customers) - len(consenting(floor))
    named = {row[0] for row in (await floor.rows("sales", "customer_id")).values()} - {""}
    assert named <= consenting(floor)
    assert set(await floor.rows("profiles")) <= consenting(floor)
    async with floor.desk.database.read() as tx:
        (one,) = await find(tx, ACCOUNT, fh_id=sorted(consenting(floor))[0])
    assert one.personal.last_name
    assert one.personal.birth_date == ""


async def test_whoever_takes_their_word_back_is_gone_with_the_next_run(floor: ShopFloor) -> None:
    await choose(floor, StateProfile.OREGON)
    await floor.run()
    leaving = floor.customers[sorted(consenting(floor))[0]]
    leaving.wants_email = leaving.wants_sms = False
    leaving.updated_at = floor.desk.now()
    await floor.run(RunKind.HOURLY)
    assert leaving.customer_id not in await floor.rows("customers")
    assert leaving.customer_id not in await floor.rows("profiles")


async def test_a_profile_that_is_chosen_later_counts_for_those_who_are_there(floor: ShopFloor) -> None:
    await floor.run()
    await choose(floor, StateProfile.OREGON)
    await forget(floor.desk)
    assert set(await floor.rows("customers")) == consenting(floor)
    await floor.run(RunKind.NIGHTLY)
    async with floor.desk.database.read() as tx:
        everybody = [one for fh_id in consenting(floor) for one in await find(tx, ACCOUNT, fh_id=fh_id)]
    assert {one.personal.birth_date for one in everybody} == {""}


async def test_washington_keeps_numbers_and_nobody(floor: ShopFloor) -> None:
    await choose(floor, StateProfile.WASHINGTON)
    await floor.run()
    kept = await floor.rows("customers", "customer_type", "city", "email_print", "mobile_print", "sealed_med_id")
    assert set(kept) == set(floor.customers)
    assert set(kept.values()) == {("", "", None, None, None)}
    async with floor.desk.database.read() as tx:
        (one,) = await find(tx, ACCOUNT, fh_id=sorted(kept)[0])
    assert not any(one.personal)
    assert sum(row[0] for row in (await floor.rows("profiles", "total_spent_cents")).values()) > 0


@pytest.mark.parametrize(("later", "is_kept"), [(-timedelta(seconds=1), True), (timedelta(seconds=1), False)])
async def test_whom_flowhub_has_no_more_goes_a_month_later(floor: ShopFloor, later: timedelta, is_kept: bool) -> None:
    await floor.run()
    gone = floor.a_sale().customer
    assert gone is not None
    del floor.customers[gone.customer_id]
    report = await floor.run(RunKind.NIGHTLY)
    assert report.customers.vanished == 1
    then = report.started_at + 30 * DAY + later
    floor.desk.now = lambda: then
    await forget(floor.desk)
    assert (gone.customer_id in await floor.rows("customers")) is is_kept
    named = {row[0] for row in (await floor.rows("sales", "customer_id")).values()}
    assert (gone.customer_id in named) is is_kept


@pytest.mark.parametrize(("later", "is_kept"), [(-timedelta(seconds=1), True), (timedelta(seconds=1), False)])
async def test_what_could_not_be_read_is_kept_as_long_as_the_setting_says(
    floor: ShopFloor, later: timedelta, is_kept: bool
) -> None:
    now = floor.desk.now()
    async with floor.desk.database.write() as tx:
        await park(tx, at=now, store_key=ACCOUNT, came_from="flowhub customers", reason="why", record="{}")
    floor.desk.now = lambda: now + timedelta(hours=6) + later
    await forget(floor.desk, Retention(unread=timedelta(hours=6)))
    async with floor.desk.database.read() as tx:
        assert bool(await parked_counts(tx)) is is_kept


async def counted(floor: ShopFloor) -> dict[str, int]:
    """Rows of the organisation, table by table."""
    async with floor.desk.database.read() as tx:
        return {
            table.name: int((await tx.connection.execute(select(func.count()).select_from(table))).scalar_one())
            for table in SQLModel.metadata.sorted_tables
            if "account" in table.c
        }


async def test_an_organisations_customers_go_with_its_last_store_and_who_was_forgotten_stays_so(
    floor: ShopFloor,
) -> None:
    await floor.run()
    gone = sorted(floor.customers)[0]
    async with floor.desk.database.write() as tx:
        ways = ways_to_know(await data_key(tx, ACCOUNT), fh_id=gone, email="", mobile="")
        await forgetting.remember(tx, ACCOUNT, ways, at=floor.desk.now())
        await forgetting.erase_customers(tx, ACCOUNT, [gone], at=floor.desk.now())
        kept = await stores.known(tx)
        await stores.remove_others(tx, ["uptown"], now=floor.desk.now())
    before, later = await counted(floor), floor.desk.now() + 2 * REMOVED_KEPT
    floor.desk.now = lambda: later
    await forget(floor.desk)
    assert await counted(floor) == before  # one store of it works
    async with floor.desk.database.write() as tx:
        await stores.remove_others(tx, ["none"], now=later)
    await forget(floor.desk)
    assert (await counted(floor))["customers"] == before["customers"]
    floor.desk.now = lambda: later + REMOVED_KEPT + timedelta(seconds=1)
    await floor.desk.load_stores()
    await forget(floor.desk)
    assert {name for name, rows in (await counted(floor)).items() if rows} == {"stores", "forgotten"}
    async with floor.desk.database.write() as tx:
        for one in kept:
            await stores.put(tx, one.store, one.credentials or Credentials(), now=floor.desk.now())
    await floor.desk.load_stores()
    await floor.run()
    assert set(await floor.rows("customers")) == set(floor.customers) - {gone}
