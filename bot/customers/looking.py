"""A permitted person looks at a customer: masked, or in full with a reason. Both are in the audit log."""

from collections.abc import Mapping, Sequence

from bot.customers.finding import Asked, audit_name, details, look_for, shown
from bot.desk import Desk
from bot.desk.recording import note_deed
from bot.errors import Refused
from bot.rules.audit import Deed, without_details
from bot.rules.customer_views import Details, Shown
from bot.rules.permissions import Person
from bot.rules.stores import Store
from bot.store.customers import Kept, find


async def look_up(desk: Desk, account: str, asked: Asked, person: Person, store: Store) -> Sequence[Kept]:
    """Those whom it fits. The log says that somebody looked, and at whom, in our own words for them."""
    async with desk.database.write() as tx:
        found = await look_for(tx, account, asked)
        for one in found:
            name = await audit_name(tx, account, one.fh_id)
            await note_deed(tx, store, person, Deed.LOOK_UP_CUSTOMER, name, now=desk.now())
    return found


async def reveal(
    desk: Desk,
    account: str,
    fh_id: str,
    person: Person,
    store: Store,
    reason: str,
    *,
    more: str,
    names: Mapping[str, Store],
) -> tuple[Shown, Details]:
    """`more`, free words, goes into the log without what looks like personal data. Raises Refused when they are gone."""
    why = f"{reason}: {without_details(more)}" if more else reason
    async with desk.database.write() as tx:
        found = await find(tx, account, fh_id=fh_id)
        if not found:
            raise Refused("This customer is no longer kept here.", code="unknown_customer")
        name = await audit_name(tx, account, fh_id)
        await note_deed(tx, store, person, Deed.REVEAL_CUSTOMER, name, now=desk.now(), reason=why)
    return shown(found[0], names), details(found[0])
