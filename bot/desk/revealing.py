"""Showing a shopper's contact details to one permitted person, with a reason in the audit log."""

from bot.desk.desk import Desk
from bot.desk.recording import note_deed, record
from bot.errors import Refused
from bot.rules.audit import Deed, without_details
from bot.rules.history import Event, Happened
from bot.rules.order_values import Contact, Incoming, Order
from bot.rules.permissions import Person
from bot.store import orders


async def reveal_contact(desk: Desk, key: str, person: Person, reason: str, *, more: str = "") -> tuple[Order, Contact]:
    """`reason` is shown in the order's history; `more`, free words, only goes into the audit log,
    without what looks like personal data.

    Raises Refused when the details were erased or never known. The caller has asked for permission.
    """
    now = desk.now()
    async with desk.database.write() as tx:
        before = await orders.locked(tx, key)
        sealed = await orders.sealed_part(tx, key)
        if before is None or not sealed:
            raise Refused("The contact details of this order are not kept any more.")
        store = desk.store(before.store_key)
        event = Event(now, Happened.CONTACT_REVEALED, person.name, "slack", {"why": reason})
        await record(tx, store, before, event, now=now, before=before)
        why = f"{reason}: {without_details(more)}" if more else reason
        await note_deed(tx, store, person, Deed.REVEAL, key, now=now, reason=why)
    return before, Incoming.model_validate_json(sealed).contact
