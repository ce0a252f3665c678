"""An order came in: who is it, and does an automation wait for that?"""

from datetime import datetime

from bot.automations.firing import Occurred, facts_of_kept, fire
from bot.desk import Desk
from bot.phones import e164
from bot.rules.automations import Happened, Happening
from bot.rules.deliveries import DONE, NOTHING_TO_DO, Delivery, Outcome
from bot.rules.occasions import who_ordered
from bot.rules.order_values import Contact, Incoming, Order
from bot.rules.segments.catalogue import State, starters
from bot.rules.segments.days import Asof
from bot.rules.segments.holding import holds
from bot.rules.stores import Store
from bot.store import Tx, automations, deliveries, orders, segments
from bot.store.customers import Kept, find


async def run_occasion(desk: Desk, delivery: Delivery) -> Outcome:
    """Repeatable: what follows is recorded once, in the transaction that ends this delivery."""
    now = desk.now()
    async with desk.database.write() as tx:
        order = await orders.get(tx, delivery.order_key)
        sealed = await orders.sealed_part(tx, delivery.order_key) if order is not None else ""
        store = desk.stores.get(order.store_key) if order is not None else None
        if order is None or store is None or not sealed:
            return NOTHING_TO_DO
        contact = Incoming.model_validate_json(sealed).contact
        ended = await deliveries.finish(tx, delivery, DONE, now=now)
        person = await customer_of(tx, store.account, contact)
        if person is not None:
            happening = await received(tx, store, order, person, now=now)
            await fire(tx, desk, store.account, [Occurred(happening, order)], now=now)
        return ended


async def customer_of(tx: Tx, account: str, contact: Contact) -> Kept | None:
    """The customer whom an order's phone and e-mail address name; None when nobody or more than one is meant."""
    mobile, email = (e164(contact.phone) or "") if contact.phone else "", contact.email.strip().lower()
    by_phone = await find(tx, account, mobile=mobile) if mobile else []
    by_email = await find(tx, account, email=email) if email else []
    chosen = who_ordered([one.fh_id for one in by_phone], [one.fh_id for one in by_email])
    return next((one for one in [*by_phone, *by_email] if one.fh_id == chosen), None) if chosen else None


async def received(
    tx: Tx, store: Store, order: Order, person: Kept, *, now: datetime, of_all: bool = False
) -> Happening:
    """With the segments in which the customer is at this moment, as far as an automation asks for them; or with all."""
    asked = automations.segment_keys(await automations.working(tx, store.account, [Happened.ORDER_RECEIVED]))
    facts, asof = facts_of_kept(person), Asof(now, store.hours.zone)
    known = [one.segment for one in await segments.all_of(tx, store.account)] or list(starters())
    inside = {
        one.key
        for one in known
        if (of_all or one.key in asked) and one.state is not State.ARCHIVED and holds(one.tree, facts, asof)
    }
    return Happening(
        Happened.ORDER_RECEIVED,
        person.fh_id,
        order.arrived_at,
        store.hours.local(order.arrived_at).date(),
        segment_keys=frozenset(inside),
        order_key=order.key,
    )
