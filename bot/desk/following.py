"""Following an order in Flowhub: the one verb behind a postback and behind the poll. Whichever comes first wins."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from bot.desk.desk import Desk, Door, Question
from bot.desk.health import flowhub_answered, flowhub_failed
from bot.desk.recording import record
from bot.errors import Refused, Unauthorised, Unavailable, Unreadable
from bot.flowhub.payloads import PlacedOrder
from bot.rules.deliveries import DONE, Delivery, Kind, Outcome
from bot.rules.history import Event, Happened
from bot.rules.order_values import Order, Placing
from bot.rules.orders import Change, Move, Reading, Status, is_open, known_status, take_reading, without_future_reading
from bot.rules.stores import Store
from bot.store import Tx, deliveries, orders


async def run_ask_status(desk: Desk, delivery: Delivery) -> Outcome:
    """A postback hinted that something changed. Ends its delivery in the same transaction as the change."""
    changed = await follow(desk, delivery.order_key, "postback", hint=delivery.payload, ends=delivery)
    return replace(DONE, written=changed)


async def follow(
    desk: Desk, key: str, through: str, *, hint: dict[str, Any] | None = None, ends: Delivery | None = None
) -> bool:
    """Ask Flowhub for the order's status and take it over; True when something changed.

    A postback's body is only a hint. It is used for one thing: when the answer to our create was lost, it names the
    order's Flowhub id, which is believed once Flowhub's own answer carries our key.
    """
    with _asking(desk, key) as question:
        return await _follow(desk, key, through, hint or {}, ends, question)


@contextmanager
def _asking(desk: Desk, key: str) -> Iterator[Question]:
    """Questions about one order may overlap (a postback and the poll), and then one answer may overtake the other."""
    question, others = Question(), desk.questions.setdefault(key, [])
    for other in (question, *others) if others else ():
        other.is_alone = False
    others.append(question)
    try:
        yield question
    finally:
        others.remove(question)
        if not others:
            del desk.questions[key]


async def _follow(
    desk: Desk, key: str, through: str, hint: dict[str, Any], ends: Delivery | None, question: Question
) -> bool:
    async with desk.database.read() as tx:
        order = await orders.get(tx, key)
    if order is None or order.store_key not in desk.stores:
        return False
    store = desk.store(order.store_key)
    flowhub_id = order.flowhub_id or str(hint.get("orderId") or "")
    if not flowhub_id:
        return False
    began_at = desk.now()
    order = without_future_reading(order, began_at)
    try:
        answer = await desk.order_ahead(store.key).status(flowhub_id)
    except (Unavailable, Unauthorised) as problem:
        await flowhub_failed(desk, store, Door.ORDER_AHEAD, problem)
        raise
    except Unreadable as problem:
        await desk.park(store.key, "flowhub status", [(problem.sentence, flowhub_id)])
        return False
    except Refused as problem:
        await flowhub_answered(desk, store, Door.ORDER_AHEAD)
        return problem.status == 404 and order.flowhub_id is not None and await _vanished(desk, store, key, ends)
    await flowhub_answered(desk, store, Door.ORDER_AHEAD)
    if order.flowhub_id is None and answer.customer_external_id != key:
        return False
    reading = Reading(answer.status, began_at, through)
    if question.is_alone and _is_no_news(order, reading):
        return False
    return await _take(desk, store, order, answer, reading, ends)


def _is_no_news(seen: Order, reading: Reading) -> bool:
    """Nothing to write, which is what most polls find. Only true while no other question may be changing the order."""
    change = take_reading(seen, reading)
    known = seen.flowhub_id is not None and seen.vanished_at is None
    return known and (change is None or change.move is Move.CONFIRMED)


async def _take(
    desk: Desk, store: Store, seen: Order, answer: PlacedOrder, reading: Reading, ends: Delivery | None
) -> bool:
    now = desk.now()
    async with desk.database.write() as tx:
        before = await orders.locked(tx, seen.key)
        if before is None:
            return False
        order, events = _linked(without_future_reading(before, now), answer, now)
        change = take_reading(order, reading)
        if change is not None:
            order, more = after_change(change, reading, now)
            events = [*events, *more]
        if order == before:
            return False
        await record(tx, store, order, *events, now=now, before=before)
        await _settle_placing(tx, before, order)
        if ends is not None:
            await deliveries.finish(tx, ends, DONE, now=now)
    return True


def _linked(order: Order, answer: PlacedOrder, now: Any) -> tuple[Order, list[Event]]:
    """The order with the Flowhub id that a postback taught us, and visible again if it had vanished."""
    if order.flowhub_id is None:
        linked = {"flowhub_id": answer.flowhub_id, "placing": Placing.IN_POS, "placing_problem": ""}
        return order.model_copy(update=linked), [Event(now, Happened.PLACED, through="postback")]
    return (order.model_copy(update={"vanished_at": None}) if order.vanished_at else order), []


async def _settle_placing(tx: Tx, before: Order, after: Order) -> None:
    """Nobody needs to answer "It's there" any more."""
    if before.flowhub_id is None and after.flowhub_id is not None:
        await deliveries.settle(tx, Kind.PLACE, after.key)


def after_change(change: Change, reading: Reading, now: Any) -> tuple[Order, list[Event]]:
    """What else a change of status settles: lateness starts anew, a waiting cancel is proved or comes too late."""
    if change.move is Move.CONFIRMED:
        return change.order, []
    order = change.order.model_copy(update={"late": ""})
    status = known_status(order.status)
    detail = {"from": change.before, "to": order.status, "move": change.move.value}
    events = [Event(now, Happened.STATUS_CHANGED, through=reading.through, detail=detail)]
    if change.move is Move.REOPENED:
        order = order.model_copy(update={"reopened_at": now})
    cancel = order.cancel
    if cancel is not None and cancel.is_waiting and not is_open(order):
        if status is Status.DELETED:
            order = order.model_copy(update={"cancel": cancel.model_copy(update={"proved_at": now})})
            events.append(Event(now, Happened.CANCEL_PROVED))
        elif status in {Status.SOLD, Status.DELIVERED}:
            order = order.model_copy(update={"cancel": cancel.model_copy(update={"too_late_at": now})})
            events.append(Event(now, Happened.CANCEL_TOO_LATE))
    return order, events


async def _vanished(desk: Desk, store: Store, key: str, ends: Delivery | None) -> bool:
    """Flowhub does not know the order any more (A10). It stays as it was, and a person is asked to look."""
    now = desk.now()
    async with desk.database.write() as tx:
        before = await orders.locked(tx, key)
        if before is None or before.vanished_at is not None or not is_open(before):
            return False
        order = before.model_copy(update={"vanished_at": now, "late": ""})
        await record(tx, store, order, Event(now, Happened.VANISHED), now=now, before=before)
        if ends is not None:
            await deliveries.finish(tx, ends, DONE, now=now)
    return True
