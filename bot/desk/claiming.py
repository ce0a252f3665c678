"""Claiming an order and letting it go, so that everybody sees who has it."""

from bot.desk.desk import Desk
from bot.desk.recording import note_deed, record
from bot.errors import OutOfStep, Refused
from bot.rules.audit import Deed
from bot.rules.history import Event, Happened
from bot.rules.order_values import Order
from bot.rules.orders import is_open
from bot.rules.permissions import Person
from bot.store import orders


async def claim(desk: Desk, key: str, person: Person) -> Order:
    """Raises OutOfStep when a colleague has it or it is closed."""
    now = desk.now()
    async with desk.database.write() as tx:
        before = await orders.locked(tx, key)
        if before is None:
            raise Refused("This order is no longer on the desk.")
        if before.claimed_by_id == person.id:
            return before
        if not is_open(before):
            raise OutOfStep(f"{before.short_id} is closed already.")
        if before.claimed_by_id:
            raise OutOfStep(f"{before.claimed_by} has {before.short_id} already.")
        order = before.model_copy(
            update={
                "claimed_by": person.name,
                "claimed_by_id": person.id,
                "claimed_at": now,
                "seen_at": before.seen_at or now,
                "late": "",
            }
        )
        event, store = Event(now, Happened.CLAIMED, person.name, "slack"), desk.store(order.store_key)
        await record(tx, store, order, event, now=now, before=before)
        await note_deed(tx, store, person, Deed.CLAIM, key, now=now)
    return order


async def release(desk: Desk, key: str, person: Person) -> Order:
    """Anybody on staff may release an order, also a colleague's: people go home. Raises OutOfStep when nobody has it."""
    now = desk.now()
    async with desk.database.write() as tx:
        before = await orders.locked(tx, key)
        if before is None:
            raise Refused("This order is no longer on the desk.")
        if not before.claimed_by_id:
            raise OutOfStep(f"Nobody has {before.short_id} any more.")
        order = before.model_copy(update={"claimed_by": "", "claimed_by_id": "", "claimed_at": None})
        event, store = Event(now, Happened.RELEASED, person.name, "slack"), desk.store(order.store_key)
        await record(tx, store, order, event, now=now, before=before)
        await note_deed(tx, store, person, Deed.RELEASE, key, now=now)
    return order
