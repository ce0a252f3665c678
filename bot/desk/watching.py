"""Watching the point of sale: orders that other systems put there, and what our own orders finally cost."""

from datetime import datetime, timedelta
from typing import Any

from bot.desk.desk import Desk, Door
from bot.desk.following import after_change
from bot.desk.health import flowhub_answered, flowhub_failed
from bot.desk.recording import record
from bot.desk.taking_in import new_order
from bot.errors import Unauthorised, Unavailable, Unreadable
from bot.giving_way import giving_way
from bot.rules.history import Event, Happened
from bot.rules.order_values import Order, Placing, Source
from bot.rules.orders import Reading, is_open, take_reading
from bot.rules.sales import KnownOrders, SaleRecord, incoming_of, placed_ahead, status_of
from bot.rules.stores import Store
from bot.store import Tx, orders, stores

DAYS_EITHER_SIDE = timedelta(days=1)
"""The zone of the API's date bounds is disputed (A14): one day more is asked for on each side."""
KNOWN_FOR = timedelta(days=3)


async def watch(desk: Desk, store: Store) -> int:
    """Take over what the point of sale shows of orders placed ahead; returns how many orders changed or came."""
    now = desk.now()
    today = store.hours.local(now).date()
    unread: list[tuple[str, Any]] = []
    try:
        sales = await desk.account(store.key).sales(
            store.import_id or store.location_id,
            today - DAYS_EITHER_SIDE,
            today + DAYS_EITHER_SIDE,
            lambda why, record: unread.append((why, record)),
        )
    except (Unavailable, Unauthorised, Unreadable) as problem:
        await flowhub_failed(desk, store, Door.SALES, problem)
        raise
    await flowhub_answered(desk, store, Door.SALES)
    desk.watched_at[store.key] = now
    await desk.park(store.key, "flowhub sales", unread)
    if not sales:
        return 0
    known = KnownOrders()
    async with desk.database.read() as tx:
        for order in await orders.recent(tx, store.key, since=now - KNOWN_FOR):
            known.put(order)
        since = await stores.watched_since(tx, store.key)
    changed = 0
    async for sale in giving_way(reversed(sales)):
        if not placed_ahead(sale) and (sale.original_id or not known.has_id_of(sale)):
            continue
        found = known.of(sale)
        if found is None and ((sale.completed_at or sale.created_at) < since or known.may_be_being_sent(sale)):
            continue
        if found is not None and not _news(sale, found):
            continue
        took = await _take(desk, store, sale, found.key if found else None, now)
        if took is not None:
            known.put(took)
            changed += 1
    return changed


def _news(sale: SaleRecord, order: Order) -> bool:
    if order.sale_id not in sale.ids:
        return True
    if sale.total_cents is not None and (order.total_cents, order.total_is_final) != (sale.total_cents, _is_paid(sale)):
        return True
    return order.source is Source.FLOWHUB and order.status != status_of(sale)


def _is_paid(sale: SaleRecord) -> bool:
    """An order that is still open may be shown with a total too; only the register's is the last word."""
    return sale.completed_at is not None


async def _take(desk: Desk, store: Store, sale: SaleRecord, key: str | None, now: datetime) -> Order | None:
    async with desk.database.write() as tx:
        if key is None:
            return await _new(tx, store, sale, now)
        before = await orders.locked(tx, key)
        if before is None:
            return None
        order = before.model_copy(update={"sale_id": sale.ids[0]})
        if sale.total_cents is not None:
            order = order.model_copy(update={"total_cents": sale.total_cents, "total_is_final": _is_paid(sale)})
        events: list[Event] = []
        if order.source is Source.FLOWHUB or (order.flowhub_id is None and is_open(order)):
            reading = Reading(status_of(sale), now, "pos")
            if change := take_reading(order, reading):
                order, events = after_change(change, reading, now)
        if order.placing is not Placing.IN_POS:
            order = order.model_copy(update={"placing": Placing.IN_POS, "placing_problem": ""})
        await record(tx, store, order, *events, now=now, before=before)
        return order


async def _new(tx: Tx, store: Store, sale: SaleRecord, now: datetime) -> Order | None:
    """An order that somebody else's system put into the POS: no contact, no create, only what the row says."""
    if await orders.by_source(tx, store.key, Source.FLOWHUB, sale.ids[0]) is not None:
        return None
    order = (await new_order(tx, store, incoming_of(sale), now)).model_copy(
        update={"sale_id": sale.ids[0], "total_is_final": _is_paid(sale)}
    )
    if change := take_reading(order, Reading(status_of(sale), now, "pos")):
        order = change.order
    await orders.add(tx, order, sealed="")
    await record(tx, store, order, Event(now, Happened.ORDER_RECEIVED, detail={"source": "flowhub"}), now=now)
    return order
