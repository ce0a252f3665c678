"""The first load: complete, resumable, and silent about figures until it has ended."""

import pytest

from bot.customers import Progress
from bot.rules.customer_sync import Count, RunKind, RunState
from bot.sandbox.wire import Fault
from bot.store import customers, sync_runs
from tests.customers.shop_floor import ACCOUNT, ShopFloor
from tests.faults.short_waits import shorten

ODDITIES: tuple[dict[str, object], ...] = (
    {},
    {"old_customer_envelope": True},
    {"bare_customers": True},
    {"customers_carry_total": True},
    {"repeat_customers": True},
    {"last_customer_page_repeats": True},
    {"underscore_ids": True},
    {"totals_in_pascal_case": True},
    {"max_page_size": 25},
    {"pages_over_fail": 30},
    {"budtender_given": False},
    {"date_bounds_in_utc": True},
    {"medical_ids_readable": True},
    {"order_by_completion": True},
)


@pytest.mark.parametrize("oddity", ODDITIES, ids=lambda oddity: next(iter(oddity), "as usual"))
async def test_everything_that_flowhub_has_is_kept_whatever_shape_it_comes_in(
    sqlite_floor: ShopFloor, oddity: dict[str, object]
) -> None:
    floor = sqlite_floor
    for name, value in oddity.items():
        setattr(floor.switches, name, value)
    report = await floor.run()
    assert (report.kind, report.state, report.problem) == (RunKind.FIRST, RunState.DONE, "")
    assert report.customers == Count(read=len(floor.customers), inserted=len(floor.customers))
    assert report.sales == Count(read=len(floor.sales), inserted=len(floor.sales))
    assert report.published
    await floor.expect_what_flowhub_has()


async def test_every_field_of_the_guide_is_kept(floor: ShopFloor) -> None:
    floor.switches.medical_ids_readable = True
    one = next(one for one in floor.customers.values() if one.medical_id and one.email and one.phone)
    one.name, one.street, one.street2, one.city, one.zip_code = (
        "Maria de la Cruz",
        "1 Main St",
        "Apt 4",
        "Denver",
        "80205",
    )
    await floor.run()
    async with floor.desk.database.read() as tx:
        (kept,) = await customers.find(tx, ACCOUNT, fh_id=one.customer_id)
        by_email = await customers.find(tx, ACCOUNT, email=one.email.lower())
        by_phone = await customers.find(tx, ACCOUNT, mobile=kept.personal.mobile)
    assert kept.fh_id in {found.fh_id for found in by_email} & {found.fh_id for found in by_phone}
    assert (kept.personal.first_name, kept.personal.last_name) == ("Maria", "de la Cruz")
    assert kept.personal.mobile.startswith("+1")
    assert (kept.personal.address, kept.personal.address2, kept.city) == ("1 Main St", "Apt 4", "Denver")
    assert kept.personal.birth_date == one.birth_date.isoformat()
    assert (kept.is_loyal, kept.points, kept.consents_email) == (one.is_loyal, one.points, one.wants_email)
    latitude, sealed = (await floor.rows("customers", "latitude", "sealed_med_id"))[one.customer_id]
    assert latitude == pytest.approx(39.76, abs=0.05)
    assert sealed
    assert one.medical_id is not None
    assert one.medical_id not in repr(kept)
    assert one.medical_id not in str(kept.__dict__)


async def test_a_load_that_was_stopped_goes_on_where_it_stopped(
    floor: ShopFloor, monkeypatch: pytest.MonkeyPatch
) -> None:
    floor.switches.max_page_size = 20
    seen = []
    floor.sandbox.flowhub.wire.listeners.append(lambda entry: seen.append(entry.path))
    floor.sandbox.flowhub.wire.add(Fault("down", "/v1/orders/*", times=None))
    shorten(monkeypatch.setattr)
    first = await floor.run()
    assert first.state is RunState.FAILED
    assert not first.published
    assert first.customers.inserted == len(floor.customers)
    async with floor.desk.database.read() as tx:
        assert (await sync_runs.account(tx, ACCOUNT)).loaded_at is None
    floor.sandbox.flowhub.wire.clear()
    seen.clear()
    second = await floor.run()
    assert second.state is RunState.DONE
    assert second.published
    assert not [path for path in seen if path.startswith("/v1/customers")]
    await floor.expect_what_flowhub_has()
    floor.sandbox.flowhub.wire.listeners.clear()


async def test_progress_is_told_after_each_page(sqlite_floor: ShopFloor) -> None:
    floor = sqlite_floor
    floor.switches.max_page_size = 25
    told: list[Progress] = []
    await floor.run(tell=told.append)
    assert [one.done for one in told if one.what == "customers"] == [25, 50, len(floor.customers)]
    assert {one.store for one in told if one.what == "sales"} == {store.name for store in floor.desk.stores.values()}
    assert told[-1].what == "profiles"
