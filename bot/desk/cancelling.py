"""Asking to cancel: a request with a proof loop, because only the point of sale can cancel (apis.md 2.4)."""

from datetime import datetime, timedelta

from bot.desk.desk import Desk
from bot.desk.recording import at_flowhub, in_the_thread, note_deed, record
from bot.errors import OutOfStep, Refused
from bot.rules.audit import Deed
from bot.rules.cancelling import NAG_LIMIT, Reason, is_cancellable, nag_after_minutes
from bot.rules.deliveries import Kind, Wanted
from bot.rules.history import Event, Happened
from bot.rules.order_values import CancelRequest, Order, Placing, Source
from bot.rules.orders import is_open
from bot.rules.permissions import Person
from bot.rules.stores import Store
from bot.store import Tx, deliveries, orders

SHOPPER = "the customer"
MARKETPLACE = "Leafly"


async def ask_to_cancel(desk: Desk, key: str, person: Person, reason: Reason) -> Order:
    """Tell Leafly or the web shop at once, and ask the store to remove it in Cashier.

    Raises OutOfStep when it is closed or a cancel was asked already.
    """
    async with desk.database.write() as tx:
        before = await orders.locked(tx, key)
        if before is None:
            raise Refused("This order is no longer on the desk.")
        check_cancellable(before)
        store = desk.store(before.store_key)
        now = desk.now()
        request = CancelRequest(asked_at=now, asked_by=person.name, asked_by_id=person.id, reason=reason.value)
        order = before.model_copy(update={"cancel": request, "late": ""})
        event = Event(now, Happened.CANCEL_ASKED, person.name, "slack", {"why": reason.value})
        await record(tx, store, order, event, now=now, before=before)
        await _follow_up(tx, store, order, now)
        await note_deed(tx, store, person, Deed.CANCEL, key, now=now, reason=reason.value)
    return order


def check_cancellable(order: Order) -> None:
    if order.source is Source.FLOWHUB:
        raise Refused(f"{order.short_id} was put into the point of sale by another system: cancel it in Cashier.")
    if not is_open(order):
        raise OutOfStep(f"{order.short_id} is closed already.")
    if order.cancel is not None and not is_cancellable(order):
        raise OutOfStep(f"{order.cancel.asked_by} asked to cancel {order.short_id} already.")


async def shopper_cancelled(desk: Desk, store: Store, source: Source, source_id: str, why: str) -> Order | None:
    """The source says that its shopper cancelled: the store is asked to remove it. None when it is not ours or closed."""
    now = desk.now()
    async with desk.database.write() as tx:
        before = await orders.by_source(tx, store.key, source, source_id)
        before = await orders.locked(tx, before.key) if before else None
        if before is None or not is_cancellable(before):
            return before
        who, reason = _who_and_why(why)
        request = CancelRequest(asked_at=now, asked_by=who, asked_by_id="", reason=reason.value)
        told = {"leafly_told": "canceled"} if source is Source.LEAFLY else {}
        order = before.model_copy(update={"cancel": request, "late": "", **told})
        event = Event(now, Happened.CANCEL_ASKED, who[0].upper() + who[1:], source.value, {"why": reason.value})
        await record(tx, store, order, event, now=now, before=before)
        await _follow_up(tx, store, order, now)
    return order


def _who_and_why(code: str) -> tuple[str, Reason]:
    """Leafly says why it cancelled (apis.md 7.2): the shopper did it, or nobody came, or Leafly itself gave up."""
    if code == "customer":
        return SHOPPER, Reason.CUSTOMER
    if code in {"not_picked_up", "expired"}:
        return MARKETPLACE, Reason.NOT_PICKED_UP
    return MARKETPLACE, Reason.DELIVERY if code == "delivery_partner" else Reason.OTHER


async def _follow_up(tx: Tx, store: Store, order: Order, now: datetime) -> None:
    """Ask for the proof again and again; an order that never reached Flowhub needs none and is withdrawn at once."""
    if order.placing in {Placing.WAITING, Placing.REFUSED}:
        await deliveries.want(tx, at_flowhub(Kind.PLACE, store, order.key, now))
        await deliveries.release(tx, Kind.PLACE, order.key, now=now)
    await deliveries.want_once(tx, nag(store, order, 0, now))


def nag(store: Store, order: Order, times: int, now: datetime) -> Wanted:
    """The reminder that the order is still in Flowhub. Each store sets how long to wait; clocks stand still at night."""
    wait = timedelta(minutes=nag_after_minutes(store.nag_minutes, times))
    due_at = store.hours.add_open_time(now, wait)
    asked = int(order.cancel.asked_at.timestamp()) if order.cancel else 0
    return in_the_thread(Kind.NAG, f"{order.key}:{asked}:{times}", store, order.key, due_at, times=times)


def next_nag(store: Store, order: Order, times: int, now: datetime) -> Wanted | None:
    return nag(store, order, times + 1, now) if times + 1 < NAG_LIMIT else None
