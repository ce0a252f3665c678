"""Segments are true after every sync, and by time alone; a kill at any moment leaves what the next evaluation puts right."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.desk.desk import now_utc
from bot.errors import OutOfStep
from bot.rules.customer_sync import RunKind
from bot.rules.segments.catalogue import LAPSED, NEW, REPEAT, archived, edited, made, paused, resumed
from bot.rules.segments.trees import Condition
from bot.rules.segments.trees import Operator as Op
from bot.segments import evaluating
from bot.segments.evaluating import Evaluation, evaluate
from bot.segments.places import zones_of
from bot.segments.turns import Evaluations
from bot.store import forgetting, segments, sync_runs
from bot.store.aside import Aside
from bot.store.segment_marks import mark_everybody
from tests.customers.shop_floor import ACCOUNT, ShopFloor
from tests.segments.counted import Counted

OWN = Condition("fh_total_orders", Op.AT_LEAST, 3)


async def test_the_four_are_there_from_the_first_sync_and_move_by_time_alone(sqlite_counted: Counted) -> None:
    counted = sqlite_counted
    await counted.floor.run()
    await counted.expect_true()
    now = await counted.sizes()
    assert set(now) == {LAPSED, NEW, REPEAT, "spent_100"}
    assert now[REPEAT] > 0
    assert await counted.moves() == []  # who is found there at first has not moved
    counted.at(now_utc() + timedelta(days=61))
    assert await counted.evaluations.if_due(ACCOUNT)
    await counted.expect_true()
    later = await counted.sizes()
    assert (later[NEW], later[REPEAT]) == (0, now[REPEAT])
    assert later[LAPSED] == sum(one.total_orders > 0 for one in await counted.facts()) > now[LAPSED]
    moves = await counted.moves()
    assert len(moves) == now[NEW] + later[LAPSED] - now[LAPSED]
    assert {one.why.split(" ")[-2:][0] for one in moves if one.segment_key == LAPSED} == {"days"}
    assert not await counted.evaluations.if_due(ACCOUNT)


async def test_somebody_lapses_at_their_stores_midnight_and_not_before(sqlite_counted: Counted) -> None:
    counted = sqlite_counted
    await counted.floor.run()
    zone = ZoneInfo(zones_of(counted.desk, ACCOUNT)[0].name)
    newest = max(one.last_order_at for one in await counted.facts() if one.last_order_at is not None)
    day = newest.astimezone(zone).date() + timedelta(days=60)
    midnight = datetime.combine(day, datetime.min.time(), tzinfo=zone).astimezone(UTC)
    counted.at(midnight - timedelta(minutes=10))
    assert await counted.evaluations.if_due(ACCOUNT)
    before, last = await counted.sizes(), (await counted.moves())[-1].id
    counted.at(midnight - timedelta(microseconds=1))
    assert not await counted.evaluations.if_due(ACCOUNT)
    counted.at(midnight)
    assert await counted.evaluations.if_due(ACCOUNT)
    moved = await counted.moves(last)
    assert {(one.segment_key, one.entered, one.why) for one in moved} == {(LAPSED, True, "last order 60 days ago")}
    assert (await counted.sizes())[LAPSED] == before[LAPSED] + len(moved)
    await counted.expect_true()


async def test_a_kill_between_sync_and_evaluation_loses_nobody(counted: Counted) -> None:
    await counted.floor.run()
    mine = counted.desk.evaluate_segments

    async def dies(_account: str, _run_id: int) -> None:
        raise KeyboardInterrupt

    sold = counted.floor.sandbox.flowhub.operator.walk_in_sale("downtown", [("Yuzu Seltzer", 40)], shopper="maya")
    gone = next(fh_id for fh_id in counted.floor.customers if sold.customer and fh_id != sold.customer.customer_id)
    for _ in range(2):
        counted.floor.customers.pop(gone, None)
        counted.desk.evaluate_segments = dies
        with pytest.raises(KeyboardInterrupt):
            await counted.floor.run(RunKind.NIGHTLY)
        async with counted.desk.database.write() as tx:  # a dead process lets go when its lease lapses
            account = await sync_runs.account(tx, ACCOUNT)
            assert account.loaded_at is not None
    counted.desk.evaluate_segments = mine
    assert await counted.evaluations.if_due(ACCOUNT)
    await counted.expect_true()
    facts = {one.fh_id: one for one in await counted.facts()}
    assert sold.customer is not None
    assert gone not in facts
    assert facts[sold.customer.customer_id].total_orders > 1


class Dying(Aside):
    """Its process is killed when it would begin its `last` write."""

    last = 0

    async def write(self, work):  # type: ignore[no-untyped-def]  # as it is
        self.last -= 1
        if self.last < 0:
            raise asyncio.CancelledError
        return await super().write(work)


@pytest.mark.parametrize("is_new", [True, False])
async def test_killed_after_any_step_it_ends_as_if_it_had_not_been(
    counted: Counted, monkeypatch: pytest.MonkeyPatch, *, is_new: bool
) -> None:
    monkeypatch.setattr(evaluating, "CHUNK", 9)
    monkeypatch.setattr(evaluating, "CHANGED_AT_ONCE", 9)
    await counted.floor.run()
    database = counted.desk.database
    if is_new:
        async with database.write() as tx:
            known = [one.segment for one in await segments.all_of(tx, ACCOUNT)]
            await segments.put(tx, ACCOUNT, made("own", "Regulars", OWN, known), now=counted.desk.now())
    else:
        counted.desk.evaluate_segments = Evaluations(counted.desk).with_sync
        await forget_the_marks_are_taken(counted)
    counted.at(now_utc() + timedelta(days=3))
    for steps in range(1, 12):
        beside = Dying(database.url, database.vault, database.alone if database.is_sqlite else None, connect_seconds=5)
        beside.last = steps
        async with database.write() as tx:
            assert await sync_runs.take(tx, ACCOUNT, -steps, now=counted.desk.now(), until=counted.desk.now())
        evaluation = Evaluation(ACCOUNT, zones_of(counted.desk, ACCOUNT), -steps, counted.desk.now, counted.desk.now())
        with suppress(asyncio.CancelledError):
            await evaluation.make(beside)
        await beside.close()
        counted.at(counted.desk.now() + timedelta(hours=7))
        if steps == 4:
            gone = sorted(counted.floor.customers)[:2]
            async with database.write() as tx:
                await forgetting.erase_customers(tx, ACCOUNT, gone, at=counted.desk.now())
    assert await counted.evaluations.if_due(ACCOUNT)
    await counted.expect_true()


async def forget_the_marks_are_taken(counted: Counted) -> None:
    async with counted.desk.database.write() as tx:
        await mark_everybody(tx, ACCOUNT)


async def test_what_people_do_to_a_segment_is_counted_anew_and_told_of_nobody(counted: Counted) -> None:
    await counted.floor.run()
    told: list[str] = []

    async def hear(account: str) -> None:
        told.append(account)

    async def stumble(_account: str) -> None:
        raise ValueError

    counted.evaluations.told += [stumble, hear]
    database = counted.desk.database

    async def put(change: object) -> None:
        counted.at(counted.desk.now() + timedelta(minutes=1))
        async with database.write() as tx:
            known = {one.segment.key: one.segment for one in await segments.all_of(tx, ACCOUNT)}
            changed = change(known)  # type: ignore[operator]
            await segments.put(tx, ACCOUNT, changed, now=counted.desk.now())
        counted.evaluations.soon(ACCOUNT)
        await asyncio.gather(*counted.evaluations._running)
        await counted.expect_true()

    await put(lambda known: made("own", "Regulars", OWN, known.values()))
    assert (await counted.sizes())["own"] == sum(one.total_orders >= 3 for one in await counted.facts()) > 0
    await put(
        lambda known: edited(known["own"], "Regulars", Condition("fh_total_orders", Op.AT_LEAST, 2), known.values())
    )
    await put(lambda known: paused(known["own"]))
    await put(lambda known: resumed(known["own"]))
    async with database.read() as tx:
        changes = await segments.changes(tx, ACCOUNT, since=now_utc() - timedelta(days=1))
    assert set(changes.values()) == {(0, 0)}
    assert "own" not in changes
    await put(lambda known: archived(known["own"]))
    assert (await counted.sizes())["own"] == 0
    assert await counted.moves() == []
    assert told == [ACCOUNT] * 3  # a pause asks for nothing, and so does an archived one


async def test_those_who_are_forgotten_leave_and_nobody_says_who(sqlite_counted: Counted) -> None:
    counted = sqlite_counted
    await counted.floor.run()
    before = await counted.sizes()
    async with counted.desk.database.read() as tx:
        kept = {one.segment.key: one.segment for one in await segments.all_of(tx, ACCOUNT)}
        member = (await segments.member_ids(tx, ACCOUNT, kept[REPEAT]))[0]
    async with counted.desk.database.write() as tx:
        await forgetting.erase_customers(tx, ACCOUNT, [member], at=counted.desk.now())
    assert (await counted.sizes())[REPEAT] == before[REPEAT] - 1
    assert {(one.fh_id, one.entered) for one in await counted.moves()} == {("", False)}
    counted.at(counted.desk.now() + timedelta(hours=2))
    assert await counted.evaluations.if_due(ACCOUNT)


async def test_with_another_zone_days_begin_elsewhere_and_everybody_is_looked_at(sqlite_counted: Counted) -> None:
    counted = sqlite_counted
    await counted.floor.run()
    for key, store in list(counted.desk.stores.items()):
        hours = store.hours.model_copy(update={"zone": "Pacific/Auckland"})
        counted.desk.stores = {**counted.desk.stores, key: store.model_copy(update={"hours": hours})}
    counted.at(counted.desk.now() + timedelta(hours=1))
    assert await counted.evaluations.if_due(ACCOUNT)
    await counted.expect_true()


async def test_of_two_that_want_to_evaluate_one_does(counted: Counted) -> None:
    await counted.floor.run()
    counted.at(now_utc() + timedelta(days=61))
    another = Evaluations(counted.desk)
    did = await asyncio.gather(*(one.if_due(ACCOUNT) for one in (counted.evaluations, another, another)))
    assert sorted(did) == [False, False, True]
    await counted.expect_true()
    moves = await counted.moves()
    assert len(moves) == len({(one.segment_key, one.fh_id) for one in moves})


async def test_whoever_lost_the_account_writes_nothing(sqlite_counted: Counted) -> None:
    counted = sqlite_counted
    await counted.floor.run()
    counted.at(now_utc() + timedelta(days=61))
    with pytest.raises(OutOfStep):
        await evaluate(counted.desk, ACCOUNT, -7)
    assert await counted.moves() == []


async def test_an_account_without_customers_has_nothing_to_evaluate(floor: ShopFloor) -> None:
    assert not await Evaluations(floor.desk).if_due(ACCOUNT)
