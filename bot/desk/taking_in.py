"""Taking orders in, from whichever source: one row, one card wanted, one create wanted, in one transaction."""

import uuid
from contextlib import suppress
from datetime import datetime, timedelta

from bot.desk.desk import Desk
from bot.desk.recording import at_flowhub, notice, occasion, record
from bot.desk.sources import SOURCES
from bot.errors import OrderAheadError, OutOfStep, Refused, Unreadable
from bot.giving_way import going_first
from bot.rules.deliveries import DONE, Delivery, Kind, Outcome
from bot.rules.history import Event, Happened
from bot.rules.order_values import Incoming, Item, Order, Placing, masked_name
from bot.rules.stores import Store
from bot.store import Tx, automations, deliveries, orders, stores

ACKNOWLEDGE_WITHIN = timedelta(minutes=15)
"""Leafly's own span (apis.md 7.2), for a webhook that does not name its deadline."""


async def take_in(desk: Desk, store: Store, incoming: Incoming) -> None:
    """Put the order on the desk. Taking in what is there already changes nothing."""
    with going_first(), suppress(OutOfStep):  # another replica took the same one in at the same moment
        await _take_in(desk, store, incoming)


async def _take_in(desk: Desk, store: Store, incoming: Incoming) -> None:
    now = desk.now()
    async with desk.database.write() as tx:
        known = await orders.by_source(tx, store.key, incoming.source, incoming.source_id)
        if known is not None:
            return
        order = await new_order(tx, store, incoming, now)
        await orders.add(tx, order, sealed=tx.vault.seal(incoming.model_dump_json()))
        received = Event(now, Happened.ORDER_RECEIVED, detail={"source": incoming.source.value})
        await record(tx, store, order, received, now=now)
        await deliveries.want(tx, at_flowhub(Kind.PLACE, store, order.key, now))
        if await automations.wait_for_orders(tx, store.account):
            await deliveries.want_once(tx, occasion(store, order.key, now))


async def new_order(tx: Tx, store: Store, incoming: Incoming, now: datetime) -> Order:
    """The order that staff will see, with the store's next short id; nothing is written but that number."""
    by_us = SOURCES[incoming.source].is_placed_by_us
    return Order(
        key=uuid.uuid4().hex,
        store_key=store.key,
        source=incoming.source,
        source_id=incoming.source_id,
        short_id=await stores.next_short_id(tx, store.key),
        kind=incoming.kind,
        shopper=masked_name(incoming.contact.first_name, incoming.contact.last_name),
        items=tuple(
            Item(name=item.name, quantity=item.quantity, unit_price_cents=item.unit_price_cents, deal=item.deal)
            for item in incoming.items
        ),
        fees=incoming.fees,
        note=incoming.note,
        total_cents=incoming.total_cents,
        placed_at=incoming.placed_at,
        requested_from=incoming.requested_from,
        requested_until=incoming.requested_until,
        arrived_at=now,
        acknowledge_by=incoming.acknowledge_by,
        placing=Placing.WAITING if by_us else Placing.IN_POS,
    )


async def run_take_in(desk: Desk, delivery: Delivery) -> Outcome:
    """A storefront order that was accepted over HTTP and rests sealed in its delivery."""
    await desk.intake.give_way()
    incoming = Incoming.model_validate_json(desk.database.vault.open(delivery.sealed))
    await take_in(desk, desk.store(delivery.store_key), incoming)
    return DONE


async def run_fetch(desk: Desk, delivery: Delivery) -> Outcome:
    """A Leafly order that we were told of and must read ourselves (its webhook carries no order)."""
    store = desk.store(delivery.store_key)
    if desk.leafly is None:
        raise Refused("Leafly is not set up: ORDERAHEAD_LEAFLY_CLIENT_ID is missing.")
    order_id = str(delivery.payload["order_id"])
    try:
        found = await desk.leafly.order(store.leafly_key, order_id)
    except (Unreadable, Refused) as problem:
        return await _not_taken_in(desk, store, order_id, problem)
    if found.status in {"canceled", "expired", "picked_up"}:
        return DONE
    named = delivery.payload.get("acknowledge_by")
    deadline = datetime.fromisoformat(named) if named else found.incoming.placed_at + ACKNOWLEDGE_WITHIN
    incoming = found.incoming.model_copy(update={"acknowledge_by": deadline})
    await take_in(desk, store, incoming)
    return DONE


async def _not_taken_in(desk: Desk, store: Store, order_id: str, problem: OrderAheadError) -> Outcome:
    """An order that can't be read is put aside, and the store is told of it once: Leafly waits for an answer."""
    await desk.park(store.key, "leafly order", [(problem.sentence, order_id)])
    told = notice(
        store, f"unread:{store.key}:{order_id}", desk.now(), about="unread_order", number=order_id, why=problem.sentence
    )
    async with desk.database.write() as tx:
        await deliveries.want_once(tx, told)
    return DONE
