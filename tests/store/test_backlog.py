"""How far cards are behind, on both databases: what is counted, what is settled, and what is left alone."""

from datetime import UTC, datetime

from bot.rules.deliveries import Kind, State, Wanted
from bot.rules.order_values import Order
from bot.rules.orders import Status
from bot.rules.rush import Rush
from bot.store import Database, backlog, deliveries, orders
from tests.named_orders import JONAH, NORA, WALT

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
LANE = "post:C1"
OVER = JONAH.model_copy(update={"status": Status.SOLD.value, "closed_at": NOW, "card_ts": ""})
OVER_WITH_CARD = NORA.model_copy(update={"status": Status.SOLD.value, "closed_at": NOW, "card_ts": "1.1"})
OPEN = WALT.model_copy(update={"card_ts": ""})


def about(order: Order, kind: Kind = Kind.CARD) -> Wanted:
    return Wanted(kind, order.key, LANE, NOW, order_key=order.key)


async def states(database: Database, *wanted: Wanted) -> list[State]:
    async with database.read() as tx:
        found = [await deliveries.find(tx, one.kind, one.subject) for one in wanted]
    return [one.state for one in found if one is not None]


async def test_orders_that_are_over_are_settled_and_no_others(database: Database) -> None:
    wanted = [about(OVER), about(OVER, Kind.HISTORY), about(OVER_WITH_CARD), about(OPEN), about(OPEN, Kind.HISTORY)]
    async with database.write() as tx:
        for order in (OVER, OVER_WITH_CARD, OPEN):
            await orders.add(tx, order, sealed="")
        await deliveries.want(tx, *wanted)
    async with database.write() as tx:
        assert await backlog.some_are_over(tx, LANE)
        assert not await backlog.some_are_over(tx, "post:C2")
        over = await backlog.over(tx, LANE)
        assert [order.key for order in over] == [OVER.key]
        await backlog.settle(tx, [order.key for order in over])
    due = State.DUE
    assert await states(database, *wanted) == [State.DONE, State.DONE, due, due, due]


async def test_living_messages_are_counted_by_workspace_while_they_last(database: Database) -> None:
    rushes = [Wanted(Kind.RUSH, subject, LANE, NOW) for subject in ("T1:C1", "T1:C2", "T2:C3", ":C4")]
    async with database.write() as tx:
        await deliveries.want(tx, *rushes, Wanted(Kind.CARD, "T1:C5", LANE, NOW))
    async with database.write() as tx:
        assert [await backlog.living(tx, of) for of in ("T1:", "T2:", ":")] == [2, 1, 1]
        await deliveries.settle(tx, Kind.RUSH, "T1:C2")
        assert await backlog.living(tx, "T1:") == 1


async def test_a_rush_is_remembered_as_it_is(database: Database) -> None:
    wanted, rush = Wanted(Kind.RUSH, "T1:C1", LANE, NOW), Rush(since=NOW, finished=3, called=True)
    async with database.write() as tx:
        await deliveries.want(tx, wanted)
    async with database.write() as tx:
        found = await deliveries.find(tx, wanted.kind, wanted.subject)
        assert found is not None
        await backlog.remember(tx, found.id, rush)
        again = await deliveries.find(tx, wanted.kind, wanted.subject)
    assert again is not None
    assert backlog.from_payload(again.payload) == rush
