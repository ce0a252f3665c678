"""Rows that wait: parked ones get another try, put-off ones come back, and nobody waits for each other for ever."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.rules.deliveries import DONE, Delivery, Kind, Outcome, State, Wanted, waits
from bot.rules.stores import Credentials, Store
from bot.store import Database, deliveries, leases, stores
from bot.vault import Vault, new_key

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
LANE = "post:C1"


def wish(kind: Kind = Kind.CARD, subject: str = "one", **payload: str) -> Wanted:
    return Wanted(kind, subject, LANE, NOW, payload=dict(payload))


async def ask(database: Database, *wanted: Wanted) -> None:
    async with database.write() as tx:
        await deliveries.want(tx, *wanted)


async def found(database: Database, kind: Kind = Kind.CARD, subject: str = "one") -> Delivery:
    async with database.read() as tx:
        delivery = await deliveries.find(tx, kind, subject)
    assert delivery is not None
    return delivery


async def end(database: Database, delivery: Delivery, outcome: Outcome) -> Outcome:
    async with database.write() as tx:
        return await deliveries.finish(tx, delivery, outcome, now=NOW)


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        (Kind.CARD, State.UNKNOWN),
        (Kind.HISTORY, State.UNKNOWN),
        (Kind.PLACE, State.UNKNOWN),
        (Kind.ASK_STATUS, State.DUE),
        (Kind.TELL_LEAFLY, State.DUE),
    ],
)
async def test_a_parked_delivery_is_tried_again_at_the_next_wish_and_looks_first_where_it_must(
    database: Database, kind: Kind, state: State
) -> None:
    await ask(database, wish(kind))
    parked = await end(database, await found(database, kind), Outcome(State.PARKED, problem="It can't be done."))
    assert parked.written
    await ask(database, wish(kind))
    again = await found(database, kind)
    assert (again.state, again.attempts, again.due_at) == (state, 0, NOW)


async def test_what_is_wanted_once_stays_parked(database: Database) -> None:
    async with database.write() as tx:
        await deliveries.want_once(tx, wish(Kind.ESCALATE))
    await end(database, await found(database, Kind.ESCALATE), Outcome(State.PARKED, problem="It can't be done."))
    async with database.write() as tx:
        await deliveries.want_once(tx, wish(Kind.ESCALATE))
    assert (await found(database, Kind.ESCALATE)).state is State.PARKED


async def test_a_wish_that_brings_something_replaces_what_an_earlier_one_brought(database: Database) -> None:
    await ask(database, wish(Kind.ASK_STATUS))
    await end(database, await found(database, Kind.ASK_STATUS), DONE)
    await ask(database, wish(Kind.ASK_STATUS, orderId="f-1"), wish(Kind.ASK_STATUS, "two"))
    assert (await found(database, Kind.ASK_STATUS)).payload == {"orderId": "f-1"}
    assert (await found(database, Kind.ASK_STATUS, "two")).payload == {}


async def test_what_is_in_doubt_and_put_off_stays_in_doubt(database: Database) -> None:
    await ask(database, wish())
    doubt = Outcome(State.UNKNOWN, NOW, "Slack did not answer.")
    await end(database, await found(database), doubt)
    await end(database, await found(database), waits(await found(database), NOW + timedelta(minutes=1), "Closed."))
    waiting = await found(database)
    assert (waiting.state, waiting.due_at, waiting.attempts) == (State.UNKNOWN, NOW + timedelta(minutes=1), 1)


async def test_a_call_that_lasts_keeps_its_lease(database: Database) -> None:
    await ask(database, wish())
    delivery = await found(database)
    async with database.write() as tx:
        assert await leases.lease(tx, delivery, until=NOW + timedelta(seconds=30))
    later = NOW + timedelta(seconds=25)
    async with database.write() as tx:
        await leases.renew(tx, [delivery.id], until=later + timedelta(seconds=30))
        assert await leases.recover(tx, lapsed_before=NOW + timedelta(seconds=31), look_at=NOW) == 0
        look_at = later + timedelta(seconds=33)
        assert await leases.recover(tx, lapsed_before=later + timedelta(seconds=31), look_at=look_at) == 1
    lapsed = await found(database)
    assert (lapsed.state, lapsed.due_at) == (State.UNKNOWN, look_at)


async def test_what_waits_for_one_place_is_put_off_together(database: Database) -> None:
    later = NOW + timedelta(minutes=1)
    await ask(
        database,
        Wanted(Kind.CARD, "a", "edit", NOW, band="downtown"),
        Wanted(Kind.CARD, "b", "edit", NOW, band="uptown"),
        Wanted(Kind.CARD, "c", "edit", later + timedelta(minutes=1), band="downtown"),
    )
    async with database.write() as tx:
        await deliveries.put_off(tx, "edit", "downtown", until=later, problem="Closed.")
    times = [(await found(database, subject=subject)).due_at for subject in "abc"]
    assert times == [later, NOW, later + timedelta(minutes=1)]


async def test_who_wishes_for_the_same_in_another_order_does_not_wait_for_ever(database: Database) -> None:
    """Two replicas take postbacks for the same orders at the same moment."""
    wishes = [wish(subject=str(number)) for number in range(20)]

    async def many(turned: bool) -> None:
        for _ in range(15):
            await ask(database, *(reversed(wishes) if turned else wishes))

    await asyncio.gather(many(turned=False), many(turned=True))
    assert (await found(database, subject="7")).wanted == 30


async def test_replicas_that_start_together_put_their_stores_once(database: Database) -> None:
    store, secrets = Store(key="downtown", name="Downtown", channel="C1", location_id="L1"), Credentials()

    async def start(name: str) -> None:
        async with database.write() as tx:
            await stores.put(tx, store.model_copy(update={"name": name}), secrets, now=NOW)

    await asyncio.gather(*(start(f"Downtown {number}") for number in range(5)))
    async with database.write() as tx:
        assert len(await stores.all_stores(tx)) == 1
        assert await stores.next_short_id(tx, "downtown") == "A01"


async def test_troubles_that_were_told_are_remembered_and_taken_back_by_one(database: Database) -> None:
    async with database.write() as tx:
        await stores.put(
            tx, Store(key="downtown", name="Downtown", channel="C1", location_id="L1"), Credentials(), now=NOW
        )
        told = [await stores.channel_closed(tx, "downtown", NOW) for _ in range(2)]
        told += [await stores.flowhub_went_down(tx, "downtown", NOW) for _ in range(2)]
    assert told == [True, False, True, False]
    async with database.read() as tx:
        assert await stores.troubles(tx) == ({"downtown": NOW}, {"downtown": NOW})
    async with database.write() as tx:
        back = [await stores.channel_opened(tx, "downtown") for _ in range(2)]
        back += [await stores.flowhub_came_back(tx, "downtown") for _ in range(2)]
    assert back == [NOW, None, NOW, None]


async def test_a_server_that_says_nothing_is_not_waited_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    monkeypatch.setattr("bot.store.database.CONNECT_SECONDS", 0.2)
    server = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    silent = Database(f"postgresql://orders@127.0.0.1:{port}/orders", Vault([new_key()]))
    with pytest.raises(TimeoutError):
        async with silent.write():
            pass
    await silent.close()
    server.close()
