"""Putting an order into Flowhub, which must not happen twice: Flowhub has no idempotency key and no list (A6).

A create is repeated only where the request provably never left. After anything else a person is asked.
"""

from datetime import datetime
from typing import Any

import phonenumbers

from bot.desk.desk import Desk, Door
from bot.desk.health import flowhub_answered, flowhub_failed
from bot.desk.recording import at_flowhub, note_deed, record
from bot.errors import OrderAheadError, OutOfStep, Refused, Unauthorised, Unavailable, Unreadable
from bot.flowhub.payloads import PlacedOrder
from bot.rules.audit import Deed
from bot.rules.deliveries import DONE, Delivery, Kind, Outcome, State
from bot.rules.history import Event, Happened
from bot.rules.matching import Product
from bot.rules.order_values import Incoming, Item, Order, OrderedItem, Placing
from bot.rules.orders import Reading, Status, is_open, take_reading
from bot.rules.permissions import Person
from bot.rules.stores import Store
from bot.store import Tx, deliveries, not_sent, orders

NOT_THERE = frozenset({Placing.WAITING, Placing.UNSURE, Placing.REFUSED})


async def run_place(desk: Desk, delivery: Delivery) -> Outcome:
    """Match, create, and write down how it went."""
    store = desk.store(delivery.store_key)
    try:
        with not_sent():
            async with desk.database.read() as tx:
                order = await orders.get(tx, delivery.order_key)
                sealed = await orders.sealed_part(tx, delivery.order_key)
    except Unreadable as problem:
        # Its key was taken out of the settings: only the marketplace or the web shop knows the order now.
        return await _settle(desk, store, delivery, Placing.REFUSED, problem.sentence, Happened.PLACING_REFUSED)
    if order is None or order.placing not in NOT_THERE or not is_open(order) or not sealed:
        return DONE
    if delivery.state is State.UNKNOWN:
        return await _unsure(desk, store, delivery, "The program stopped while it was being sent.")
    if order.cancel is not None:
        return await _withdraw(desk, store, order.key)
    if order.placing is Placing.REFUSED:
        return Outcome(State.HELD, problem=order.placing_problem)
    incoming = Incoming.model_validate_json(sealed)
    try:
        with not_sent():
            shelf = await desk.shelf(store.key)
    except (Unavailable, Unauthorised, Unreadable) as problem:
        await _still_waiting(desk, store, order.key, Door.INVENTORY, problem)
        raise Unavailable(problem.sentence, may_have_arrived=False) from None
    if Door.INVENTORY in desk.failed_at.get(store.key, {}):
        with not_sent():
            await flowhub_answered(desk, store, Door.INVENTORY)
    matches = [(item, shelf.match(item)) for item in incoming.items]
    body = create_body(order.key, incoming, matches, desk.postback_url(order.key, store.key))
    asked_at = desk.now()
    try:
        placed = await desk.order_ahead(store.key).create(body)
    except Unavailable as problem:
        if problem.may_have_arrived:
            return await _unsure(desk, store, delivery, problem.sentence)
        await _still_waiting(desk, store, order.key, Door.ORDER_AHEAD, problem)
        raise
    except Unauthorised as problem:
        await _still_waiting(desk, store, order.key, Door.ORDER_AHEAD, problem)
        raise
    except Unreadable as problem:
        return await _unsure(desk, store, delivery, problem.sentence)
    except Refused as problem:
        return await _settle(
            desk, store, delivery, Placing.REFUSED, problem.sentence, Happened.PLACING_REFUSED, matches
        )
    await _placed(desk, store, order.key, placed, asked_at, matches)
    await flowhub_answered(desk, store, Door.ORDER_AHEAD)
    return DONE


def create_body(
    order_key: str, incoming: Incoming, matches: list[tuple[OrderedItem, Product | None]], postback_url: str
) -> dict[str, Any]:
    """The create request of apis.md 2.1. What has no match goes into the customer's note, in words.

    `customer.externalId` is our opaque key: it comes back with every status and proves that the order is ours.
    """
    contact = incoming.contact
    by_hand = [f"{item.quantity.normalize():f} × {item.name}" for item, product in matches if product is None]
    notes = [incoming.note, f"Add by hand: {'; '.join(by_hand)}" if by_hand else ""]
    deals = [f"{item.name}: {item.deal}" for item, _ in matches if item.deal]
    customer = {
        "firstName": contact.first_name,
        "lastName": contact.last_name,
        "birthDate": contact.birth_date,
        "externalId": order_key,
        "email": contact.email,
        "phone": e164(contact.phone),
        "medRecOrBoth": contact.customer_type,
        "medId": contact.medical_id,
        "medExp": contact.medical_id_expires if contact.medical_id else "",
    }
    body: dict[str, Any] = {
        "externalCreatedAt": incoming.placed_at.isoformat().replace("+00:00", "Z"),
        "customer": {name: value for name, value in customer.items() if value},
        "orderItems": [_line(item, product) for item, product in matches if product is not None],
        "orderType": incoming.kind.value,
        "customerNote": "\n".join(note for note in notes if note)[:1000],
        "cartDiscountNote": "; ".join(deals)[:500],
        "fees": [{"name": fee.name, "amount": fee.amount_cents} for fee in incoming.fees],
    }
    if contact.address is not None:
        body["address"] = contact.address.model_dump()
    if incoming.requested_from is not None:
        body["requestedFulfillmentTimeStart"] = incoming.requested_from.isoformat().replace("+00:00", "Z")
        body["requestedFulfillmentTimeEnd"] = (
            (incoming.requested_until or incoming.requested_from).isoformat().replace("+00:00", "Z")
        )
    if postback_url:
        body["postbackUrl"] = postback_url
    return body


def _line(item: OrderedItem, product: Product) -> dict[str, Any]:
    amount = item.quantity
    line: dict[str, Any] = {
        "productId": product.product_id,
        "quantityPurchased": int(amount) if amount == amount.to_integral_value() else float(amount),
    }
    return line | {"discountNote": item.deal} if item.deal else line


def e164(phone: str) -> str:
    """The phone as Flowhub wants it (apis.md 2.1), read as a number in the United States; as it came when it is none."""
    try:
        parsed = phonenumbers.parse(phone, "US")
    except phonenumbers.NumberParseException:
        return phone
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def marked(items: tuple[Item, ...], matches: list[tuple[OrderedItem, Product | None]]) -> tuple[Item, ...]:
    return tuple(
        item.model_copy(update={"matched": product is not None})
        for item, (_, product) in zip(items, matches, strict=True)
    )


async def _placed(
    desk: Desk,
    store: Store,
    key: str,
    placed: PlacedOrder,
    asked_at: datetime,
    matches: list[tuple[OrderedItem, Product | None]],
) -> None:
    """A postback may have been faster than the create's own answer: then it is no news, and its status is old."""

    async def write(tx: Tx) -> None:
        now = desk.now()
        before = await orders.locked(tx, key)
        if before is None:
            return
        order = before.model_copy(
            update={
                "placing": Placing.IN_POS,
                "placing_problem": "",
                "flowhub_id": placed.flowhub_id,
                "items": marked(before.items, matches),
            }
        )
        change = take_reading(order, Reading(placed.status or Status.NEW, asked_at, "placing"))
        events = [Event(now, Happened.PLACED)] if before.flowhub_id != placed.flowhub_id else []
        await record(tx, store, change.order if change else order, *events, now=now, before=before)

    # Flowhub tells its own id of an order once: without it a person would be asked.
    await desk.database.outlast(write)


async def _still_waiting(desk: Desk, store: Store, key: str, door: Door, problem: OrderAheadError) -> None:
    """Say on the card why the order is not in Flowhub yet; said once for each reason."""
    why = problem.sentence
    with not_sent():
        async with desk.database.write() as tx:
            before = await orders.locked(tx, key)
            if before is not None and before.placing_problem != why:
                waiting = before.model_copy(update={"placing_problem": why})
                await record(tx, store, waiting, now=desk.now(), before=before)
        await flowhub_failed(desk, store, door, problem)


async def _unsure(desk: Desk, store: Store, delivery: Delivery, why: str) -> Outcome:
    return await _settle(desk, store, delivery, Placing.UNSURE, why, Happened.PLACING_UNSURE)


async def _settle(
    desk: Desk,
    store: Store,
    delivery: Delivery,
    placing: Placing,
    why: str,
    happened: Happened,
    matches: list[tuple[OrderedItem, Product | None]] | None = None,
) -> Outcome:
    """A person must act."""
    now = desk.now()
    async with desk.database.write() as tx:
        before = await orders.locked(tx, delivery.order_key)
        if before is None or before.placing is Placing.IN_POS:
            return DONE
        changed: dict[str, Any] = {"placing": placing, "placing_problem": why}
        if matches is not None:
            changed["items"] = marked(before.items, matches)
        event = Event(now, happened, detail={"why": why})
        await record(tx, store, before.model_copy(update=changed), event, now=now, before=before)
        # A cancel that was asked meanwhile needs nobody's answer: the next run withdraws it.
        withdrawn = placing is Placing.REFUSED and before.cancel is not None
        held = Outcome(State.DUE, now) if withdrawn else Outcome(State.HELD, problem=why)
        return await deliveries.finish(tx, delivery, held, now=now)


async def _withdraw(desk: Desk, store: Store, key: str) -> Outcome:
    """Its cancel was asked while it was not in Flowhub: it is not sent, and that is proof enough."""
    now = desk.now()
    async with desk.database.write() as tx:
        before = await orders.locked(tx, key)
        if before is None or before.cancel is None:
            return DONE
        order = before.model_copy(
            update={
                "status": Status.DELETED.value,
                "closed_at": now,
                "cancel": before.cancel.model_copy(update={"proved_at": now}),
                "placing": Placing.WAITING,
                "placing_problem": "",
            }
        )
        event = Event(now, Happened.CANCEL_PROVED, detail={"never_sent": True})
        await record(tx, store, order, event, now=now, before=before)
    return DONE


async def its_there(desk: Desk, key: str, person: Person) -> Order:
    """A person found the order in Cashier, or entered it there. Raises OutOfStep when that is settled already."""
    return await _answer(desk, key, person, Placing.FOUND_BY_HAND, Happened.FOUND_BY_HAND)


async def send_again(desk: Desk, key: str, person: Person) -> Order:
    """A person looked and it is not there. Raises OutOfStep when that is settled already."""
    return await _answer(desk, key, person, Placing.WAITING, Happened.SENT_AGAIN)


async def _answer(desk: Desk, key: str, person: Person, placing: Placing, happened: Happened) -> Order:
    now = desk.now()
    async with desk.database.write() as tx:
        before = await orders.locked(tx, key)
        if before is None:
            raise Refused("This order is no longer on the desk.")
        if before.placing not in {Placing.UNSURE, Placing.REFUSED}:
            raise OutOfStep(f"{before.short_id} has been settled already.")
        store = desk.store(before.store_key)
        order = before.model_copy(update={"placing": placing, "placing_problem": ""})
        await record(tx, store, order, Event(now, happened, person.name, "slack"), now=now, before=before)
        if placing is Placing.WAITING:
            await deliveries.want(tx, at_flowhub(Kind.PLACE, store, key, now))
            await deliveries.release(tx, Kind.PLACE, key, now=now)
        else:
            await deliveries.settle(tx, Kind.PLACE, key)
        deed = Deed.SEND_AGAIN if placing is Placing.WAITING else Deed.ITS_THERE
        await note_deed(tx, store, person, deed, key, now=now)
    return order
