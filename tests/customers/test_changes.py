"""After the first load: only what differs is written, late voids and refunds are found, what vanished is noticed."""

from dataclasses import replace
from datetime import timedelta

from bot.errors import Unavailable
from bot.rules.customer_sync import Count, RunKind, RunState
from bot.sandbox.wire import Fault
from bot.store import customers, sync_runs
from tests.customers.shop_floor import ACCOUNT, ShopFloor, later


async def test_a_run_in_which_nothing_changed_writes_no_row(floor: ShopFloor) -> None:
    await floor.run()
    seals, before = await floor.seals(), await floor.kept()
    for kind in (RunKind.HOURLY, RunKind.NIGHTLY):
        report = await floor.run(kind)
        assert (report.kind, report.state) == (kind, RunState.DONE)
        assert report.customers == Count(read=report.customers.read, unchanged=report.customers.read)
        assert report.sales == Count(read=report.sales.read, unchanged=report.sales.read)
        assert report.profiles == 0
    assert report.customers.read == len(floor.customers)
    assert await floor.seals() == seals
    assert await floor.kept() == before


async def test_an_hourly_run_writes_what_was_changed_and_nothing_else(floor: ShopFloor) -> None:
    await floor.run()
    seals = await floor.seals()
    one, two = list(floor.customers.values())[:2]
    one.points, one.updated_at = one.points + 5, floor.desk.now()
    floor.customers["new one"] = replace(two, customer_id="new one", name="Newcomer", updated_at=floor.desk.now())
    report = await floor.run(RunKind.HOURLY)
    assert (report.customers.inserted, report.customers.updated, report.customers.parked) == (1, 1, 0)
    after = await floor.seals()
    assert {fh_id for fh_id in after if after[fh_id] != seals.get(fh_id)} == {one.customer_id, "new one"}
    await floor.expect_what_flowhub_has()


async def test_a_new_sale_changes_its_customers_profile_within_the_hour(floor: ShopFloor) -> None:
    await floor.run()
    sold = floor.sandbox.flowhub.operator.walk_in_sale("downtown", [("Yuzu Seltzer", 2)], shopper="maya")
    report = await floor.run(RunKind.HOURLY)
    assert (report.sales.inserted, report.profiles) == (1, 1)
    assert sold.customer is not None
    async with floor.desk.database.read() as tx:
        profile = await customers.profile(tx, ACCOUNT, sold.customer.customer_id)
    assert profile is not None
    assert sold.completed_at is not None
    assert profile.last_order_at == sold.completed_at.replace(microsecond=sold.completed_at.microsecond // 1000 * 1000)
    assert profile.products[0].startswith("Yuzu Seltzer")
    await floor.expect_what_flowhub_has()


async def test_voids_and_refunds_are_found_and_taken_off(floor: ShopFloor) -> None:
    await floor.run()
    voided = floor.a_sale()
    floor.sandbox.flowhub.operator.void(voided.sale_id)
    returned = floor.a_sale()
    floor.sandbox.flowhub.operator.refund(returned.sale_id)
    report = await floor.run(RunKind.NIGHTLY)
    assert (report.sales.inserted, report.sales.updated) == (1, 1)
    await floor.expect_what_flowhub_has()


async def test_a_refund_under_another_name_is_taken_off_the_buyers_money(floor: ShopFloor) -> None:
    await floor.run()
    returned = floor.a_sale()
    refund = floor.sandbox.flowhub.operator.refund(returned.sale_id)
    refund.customer = None
    await floor.run(RunKind.HOURLY)
    await floor.expect_what_flowhub_has()


async def test_a_late_void_is_found_by_night_and_not_by_the_hour(floor: ShopFloor) -> None:
    await floor.run()
    old = next(
        sale
        for sale in floor.sales
        if timedelta(days=5) < floor.desk.now() - sale.created_at < timedelta(days=13) and not sale.voided
    )
    old.voided = True
    assert (await floor.run(RunKind.HOURLY)).sales.updated == 0
    assert (await floor.run(RunKind.NIGHTLY)).sales.updated == 1
    await floor.expect_what_flowhub_has()


async def test_a_back_dated_edit_is_found_by_night(floor: ShopFloor) -> None:
    await floor.run()
    one = next(iter(floor.customers.values()))
    one.points, one.updated_at = one.points + 1, floor.desk.now() - timedelta(days=300)
    assert (await floor.run(RunKind.HOURLY)).customers.updated == 0
    assert (await floor.run(RunKind.NIGHTLY)).customers.updated == 1
    await floor.expect_what_flowhub_has()


async def test_customers_and_sales_that_vanished_are_noticed_and_come_back_when_they_do(floor: ShopFloor) -> None:
    await floor.run()
    gone = floor.customers.pop(list(floor.customers)[7])
    sale = floor.a_sale()
    floor.pos.books.sales.remove(sale)
    report = await floor.run(RunKind.NIGHTLY)
    assert (report.customers.vanished, report.sales.vanished, report.profiles) == (1, 1, 1)
    await floor.expect_what_flowhub_has()
    floor.customers[gone.customer_id] = gone
    floor.pos.books.sales.append(sale)
    report = await floor.run(RunKind.NIGHTLY)
    assert (report.customers.updated, report.sales.updated, report.customers.vanished) == (1, 1, 0)
    await floor.expect_what_flowhub_has()


async def test_rows_that_a_page_lost_are_asked_for_and_have_not_vanished(floor: ShopFloor) -> None:
    await floor.run()
    floor.switches.max_page_size, floor.switches.pages_lose_rows = 20, 1
    report = await floor.run(RunKind.NIGHTLY)
    assert report.state is RunState.DONE
    assert report.customers.vanished == 0
    assert report.customers.read == len(floor.customers)


async def test_customers_who_come_in_and_go_while_pages_are_read_are_right_after_the_night(floor: ShopFloor) -> None:
    floor.switches.max_page_size = 10
    gone = list(floor.customers)[3::20]

    def shift(entry: object) -> None:
        if "page=2&" in getattr(entry, "path", ""):
            for fh_id in gone:
                floor.customers.pop(fh_id, None)

    floor.sandbox.flowhub.wire.listeners.append(shift)
    await floor.run()
    floor.sandbox.flowhub.wire.listeners.clear()
    assert not set(gone) & set(floor.customers)
    await floor.run(RunKind.NIGHTLY)
    await floor.expect_what_flowhub_has()


async def test_a_run_that_would_remove_nearly_everything_stops_before_it_writes(floor: ShopFloor) -> None:
    await floor.run()
    before = await floor.kept()
    all_of_them = dict(floor.customers)
    floor.customers.clear()
    report = await floor.run(RunKind.NIGHTLY)
    assert report.state is RunState.STOPPED
    assert "would remove 60 of the 60" in report.problem
    assert report.published
    assert await floor.kept() == before
    floor.customers.update(all_of_them)
    assert (await floor.run(RunKind.NIGHTLY)).state is RunState.DONE


async def test_a_run_that_would_add_too_many_stops_until_an_owner_says_that_it_is_right(floor: ShopFloor) -> None:
    await floor.run()
    before = await floor.kept()
    some = next(iter(floor.customers.values()))
    for number in range(51):
        floor.customers[f"new {number}"] = replace(some, customer_id=f"new {number}", updated_at=floor.desk.now())
    report = await floor.run(RunKind.HOURLY)
    assert (report.state, await floor.kept() == before) == (RunState.STOPPED, True)
    async with floor.desk.database.write() as tx:
        await sync_runs.waive(tx, ACCOUNT, now=floor.desk.now())
    report = await floor.run(RunKind.HOURLY)
    assert (report.state, report.customers.inserted) == (RunState.DONE, 51)
    await floor.expect_what_flowhub_has()
    async with floor.desk.database.read() as tx:
        assert (await sync_runs.account(tx, ACCOUNT)).waived_at is None


async def test_a_run_that_fails_half_way_leaves_the_last_good_figures(floor: ShopFloor) -> None:
    await floor.run()
    before = await floor.kept()
    one = next(iter(floor.customers.values()))
    one.points, one.updated_at = 99_999, floor.desk.now()
    floor.sandbox.flowhub.wire.add(Fault("html_403", "/v1/orders/*", times=None))
    report = await floor.run(RunKind.HOURLY)
    assert (report.state, report.published) == (RunState.FAILED, True)
    assert "403" in report.problem
    assert await floor.kept() == before
    floor.sandbox.flowhub.wire.clear()
    assert (await floor.run(RunKind.HOURLY)).customers.updated == 1


async def test_after_days_without_a_run_the_look_back_reaches_the_last_good_one(floor: ShopFloor) -> None:
    await floor.run()
    one = next(iter(floor.customers.values()))
    one.points, one.updated_at = one.points + 7, floor.desk.now() + timedelta(minutes=5)
    floor.desk.now = later(days=9)
    assert (await floor.run(RunKind.HOURLY)).customers.updated == 1


async def test_the_reports_of_the_last_runs_can_be_read(floor: ShopFloor) -> None:
    first = await floor.run()
    second = await floor.run(RunKind.HOURLY)
    async with floor.desk.database.read() as tx:
        assert list(await sync_runs.reports(tx, ACCOUNT)) == [second, first]
        assert (await sync_runs.account(tx, ACCOUNT)).report == second


def test_an_unavailable_that_names_a_status_keeps_it() -> None:
    assert Unavailable("x", status=500).status == 500
