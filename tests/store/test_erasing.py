"""What is left of a removed store is erased when its time of grace is over, and nothing of any other store."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, cast

from sqlalchemy import func, select

from bot.desk.taking_in import new_order
from bot.rules.exposure import Exposure
from bot.rules.history import Event, Happened
from bot.rules.order_values import Contact, Incoming, OrderedItem, Source
from bot.rules.permissions import Grant, Role
from bot.rules.retention import Retention
from bot.rules.stores import Credentials, Store
from bot.store import Database, audit, channels, deliveries, erasing, history, orders, roles, stores
from bot.store.rows import DeliveryRow, EventRow, OrderRow, ParkedRow
from sync.housekeeping import REMOVED_KEPT, forget

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
DOWNTOWN = Store(key="downtown", name="Downtown", channel="C1", location_id="L1")
UPTOWN = Store(key="uptown", name="Uptown", channel="C2", location_id="L2")


async def a_store_with_an_order(database: Database, store: Store) -> None:
    contact = Contact(first_name="Jane", last_name="Canarylast", phone="3035550199")
    items = (OrderedItem(name="Gummies", quantity=Decimal(1)),)
    order = Incoming(source=Source.STOREFRONT, source_id="GM-1", placed_at=NOW, contact=contact, items=items)
    async with database.write() as tx:
        await stores.put(tx, store, Credentials(flowhub_key="key"), now=NOW)
        made = await new_order(tx, store, order, NOW)
        await orders.add(tx, made, sealed=tx.vault.seal(order.model_dump_json()))
        await history.add(tx, made.key, Event(NOW, Happened.ORDER_RECEIVED))
        await history.park(tx, at=NOW, store_key=store.key, came_from="flowhub", reason="odd", record="Jane")
        from bot.desk.recording import card

        await deliveries.want(tx, card(store, made, NOW))
        await roles.give(tx, "", Grant("U0IMANI", Role.LEAD, store.key), given_by="U0ROSA", at=NOW)
        await channels.saw(tx, "", store.channel, Exposure(is_public=True), at=NOW)
        await channels.sign_off(tx, "", store.channel, Exposure(is_public=True), who="U0ROSA", at=NOW)
        await audit.add(tx, audit.Entry(NOW, "U0IMANI", "claim_order", made.key, store_key=store.key))


async def left(database: Database) -> dict[str, int]:
    tables = (OrderRow, EventRow, DeliveryRow, ParkedRow)
    async with database.read() as tx:
        counts = {
            cast(Any, row).__tablename__: int(
                (await tx.connection.execute(select(func.count()).select_from(cast(Any, row).__table__))).scalar_one()
            )
            for row in tables
        }
        return counts | {
            "roles": len(await roles.of(tx, "")),
            "signed off": sum([(await channels.standing(tx, "", one)).may_post for one in ("C1", "C2")]),
            "audited": (await audit.verify(tx)).entries,
        }


async def housekeeping(database: Database, at: datetime, **options: Any) -> None:
    """With so long a retention of everything else that only removed stores matter."""
    desk = cast(Any, SimpleNamespace(now=lambda: at, database=database, stores={}))
    await forget(desk, Retention(unread=timedelta(days=30)), **options)


async def test_a_removed_store_is_erased_when_its_grace_is_over_to_the_second(database: Database) -> None:
    for store in (DOWNTOWN, UPTOWN):
        await a_store_with_an_order(database, store)
    async with database.write() as tx:
        await stores.remove_others(tx, ["uptown"], now=NOW)
    both = {"orders": 2, "events": 2, "deliveries": 2, "parked": 2, "roles": 2, "signed off": 2, "audited": 2}
    await housekeeping(database, NOW + REMOVED_KEPT)
    assert await left(database) == both
    await housekeeping(database, NOW + REMOVED_KEPT + timedelta(seconds=1))
    one = dict.fromkeys(both, 1) | {"audited": 2}
    assert await left(database) == one
    async with database.read() as tx:
        assert [grant.store_key for grant in await roles.of(tx, "")] == ["uptown"]
        assert (await audit.verify(tx)).broken == ""


async def test_the_grace_can_be_set_and_a_store_that_came_back_is_left_alone(database: Database) -> None:
    await a_store_with_an_order(database, DOWNTOWN)
    async with database.write() as tx:
        await stores.remove_others(tx, ["none"], now=NOW)
        await stores.put(tx, DOWNTOWN, Credentials(flowhub_key="key"), now=NOW)
    await housekeeping(database, NOW + timedelta(days=9), removed_kept=timedelta(0))
    assert (await left(database))["orders"] == 1
    async with database.write() as tx:
        await stores.remove_others(tx, ["none"], now=NOW)
    await housekeeping(database, NOW + timedelta(seconds=1), removed_kept=timedelta(0))
    assert (await left(database))["orders"] == 0


async def test_a_channel_that_another_store_uses_by_now_stays_signed_off(database: Database) -> None:
    await a_store_with_an_order(database, DOWNTOWN)
    async with database.write() as tx:
        await stores.put(tx, UPTOWN.model_copy(update={"channel": "C1"}), Credentials(), now=NOW)
        await stores.remove_others(tx, ["uptown"], now=NOW)
        await erasing.erase(tx, DOWNTOWN)
        assert (await channels.standing(tx, "", "C1")).may_post
