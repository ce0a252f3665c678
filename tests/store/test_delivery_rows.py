"""The rows of the queue, on both databases: wishes coalesce, leases exclude, and nothing that was asked for is forgotten."""

from datetime import UTC, datetime, timedelta

from bot.rules.deliveries import DONE, Delivery, Kind, Outcome, State, Wanted
from bot.store import Database, deliveries, leases

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
LANE = "post:C1"


def wish(
    subject: str = "one",
    *,
    kind: Kind = Kind.CARD,
    at: datetime = NOW,
    priority: int = 5,
    band: str = "",
    **payload: int,
) -> Wanted:
    return Wanted(kind, subject, LANE, at, priority=priority, band=band, payload=dict(payload))


async def ask(database: Database, *wanted: Wanted, once: bool = False) -> None:
    async with database.write() as tx:
        await (deliveries.want_once if once else deliveries.want)(tx, *wanted)


async def due(database: Database, now: datetime = NOW, **narrower: object) -> Delivery | None:
    async with database.read() as tx:
        found, _ = await deliveries.next_due(tx, LANE, now, **narrower)  # type: ignore[arg-type]
    return found


async def certainly_due(database: Database, now: datetime = NOW) -> Delivery:
    found = await due(database, now)
    assert found is not None
    return found


async def end(database: Database, delivery: Delivery, outcome: Outcome, now: datetime = NOW) -> None:
    async with database.write() as tx:
        await deliveries.finish(tx, delivery, outcome, now=now)


async def test_a_hundred_wishes_for_one_card_are_one_row(database: Database) -> None:
    await ask(database, *[wish()] * 100)
    delivery = await certainly_due(database)
    assert delivery.wanted == 100
    await end(database, delivery, DONE)
    assert await due(database, NOW + timedelta(days=1)) is None


async def test_a_wish_that_comes_while_the_card_is_drawn_draws_it_again(database: Database) -> None:
    await ask(database, wish())
    drawing = await certainly_due(database)
    await ask(database, wish())
    await end(database, drawing, DONE)
    assert (await certainly_due(database)).id == drawing.id


async def test_what_is_asked_for_once_is_never_asked_for_again(database: Database) -> None:
    await ask(database, wish(kind=Kind.ESCALATE), once=True)
    await end(database, await certainly_due(database), DONE)
    await ask(database, wish(kind=Kind.ESCALATE), once=True)
    assert await due(database) is None


async def test_the_most_pressing_goes_first_then_the_oldest(database: Database) -> None:
    await ask(
        database,
        wish("history", priority=4, at=NOW - timedelta(minutes=5)),
        wish("new card", priority=1),
        wish("old card", priority=1, at=NOW - timedelta(minutes=1)),
        wish("not yet", priority=0, at=NOW + timedelta(seconds=1)),
    )
    order = []
    while (delivery := await due(database)) is not None:
        order.append(delivery.subject)
        await end(database, delivery, DONE)
    assert order == ["old card", "new card", "history"]


async def test_only_one_of_two_workers_gets_the_lease(database: Database) -> None:
    await ask(database, wish())
    delivery = await certainly_due(database)
    async with database.write() as tx:
        assert await leases.lease(tx, delivery, until=NOW + timedelta(seconds=30)) == delivery
    async with database.write() as tx:
        assert await leases.lease(tx, delivery, until=NOW + timedelta(seconds=30)) is None
    assert await due(database) is None


async def test_a_worker_that_hesitated_does_not_make_what_another_one_made_meanwhile(database: Database) -> None:
    """A thread that was told by another replica, and has more to tell again, would be told from its beginning."""
    await ask(database, wish(kind=Kind.HISTORY))
    chosen = await certainly_due(database)
    a_moment_later = NOW + timedelta(milliseconds=1)
    async with database.write() as tx:
        assert await leases.lease(tx, chosen, until=NOW + timedelta(seconds=30))
        await deliveries.finish(tx, chosen, Outcome(State.DONE, payload={"told": 2}), now=a_moment_later)
        await deliveries.want(tx, wish(kind=Kind.HISTORY, at=a_moment_later))
    async with database.write() as tx:
        assert await leases.lease(tx, chosen, until=NOW + timedelta(seconds=30)) is None
    as_it_is = await certainly_due(database, a_moment_later)
    assert as_it_is.payload == {"told": 2}


async def test_what_was_wished_since_it_was_chosen_is_made_as_well(database: Database) -> None:
    await ask(database, wish())
    chosen = await certainly_due(database)
    await ask(database, wish(at=NOW + timedelta(seconds=1), lines=3))
    async with database.write() as tx:
        leased = await leases.lease(tx, chosen, until=NOW + timedelta(seconds=30))
    assert leased is not None
    assert (leased.state, leased.wanted, leased.payload) == (State.DUE, 2, {"lines": 3})
    await end(database, leased, DONE)
    assert await due(database, NOW + timedelta(days=1)) is None


async def test_what_was_put_off_since_it_was_chosen_is_not_made(database: Database) -> None:
    await ask(database, wish(band="s1"))
    chosen = await certainly_due(database)
    async with database.write() as tx:
        await deliveries.put_off(tx, LANE, "s1", until=NOW + timedelta(minutes=1), problem="closed")
    async with database.write() as tx:
        assert await leases.lease(tx, chosen, until=NOW + timedelta(seconds=30)) is None


async def test_a_lease_whose_holder_died_is_looked_at_and_not_repeated(database: Database) -> None:
    await ask(database, wish())
    async with database.write() as tx:
        await leases.lease(tx, await certainly_due(database), until=NOW + timedelta(seconds=30))
    async with database.write() as tx:
        assert await leases.recover(tx, lapsed_before=NOW, look_at=NOW) == 0
    later = NOW + timedelta(seconds=31)
    async with database.write() as tx:
        assert await leases.recover(tx, lapsed_before=later, look_at=later) == 1
    assert (await certainly_due(database, later)).state is State.UNKNOWN


async def test_a_held_delivery_waits_for_its_person_whatever_is_wished(database: Database) -> None:
    await ask(database, wish())
    await end(database, await certainly_due(database), Outcome(State.HELD, problem="somebody must look"))
    await ask(database, wish())
    assert await due(database, NOW + timedelta(days=1)) is None
    async with database.write() as tx:
        assert await deliveries.release(tx, Kind.CARD, "one", now=NOW)
        assert not await deliveries.release(tx, Kind.CARD, "two", now=NOW)
    assert await due(database) is not None


async def test_a_failure_waits_its_time_and_is_counted(database: Database) -> None:
    await ask(database, wish())
    later = NOW + timedelta(seconds=7)
    await end(database, await certainly_due(database), Outcome(State.DUE, later, "Slack did not answer."))
    assert await due(database, later - timedelta(seconds=1)) is None
    assert (await certainly_due(database, later)).attempts == 1


async def test_a_wish_without_a_memory_keeps_what_the_row_remembers(database: Database) -> None:
    await ask(database, wish(told=3))
    await ask(database, wish())
    assert (await certainly_due(database)).payload == {"told": 3}


async def test_the_bands_of_a_lane_are_named_by_who_waits_longest(database: Database) -> None:
    await ask(database, wish("a", band="uptown", at=NOW - timedelta(seconds=9)), wish("b", band="downtown"))
    async with database.read() as tx:
        assert list(await deliveries.bands_due(tx, LANE, NOW)) == ["uptown", "downtown"]


async def test_old_and_done_rows_are_swept_and_open_ones_stay(database: Database) -> None:
    await ask(database, wish("done"), wish("open"))
    await end(database, await certainly_due(database), DONE)
    async with database.write() as tx:
        assert await deliveries.sweep(tx, now=NOW + timedelta(days=30), keep=timedelta(days=14)) == 1
        waiting = await deliveries.counts(tx)
    assert waiting == {("card", "due"): 1}
