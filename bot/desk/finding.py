"""Finding the order a person means."""

from collections.abc import Sequence

from bot.desk.desk import Desk
from bot.desk.recording import note_deed
from bot.messages import private
from bot.messages.parts import Message
from bot.rules.audit import Deed
from bot.rules.history import Event
from bot.rules.order_values import Order
from bot.rules.permissions import Person
from bot.rules.short_ids import spoken_short_id
from bot.rules.stores import Store
from bot.store import history, orders


async def find_order(desk: Desk, store: Store, text: str) -> Order | Message:
    """The order with the short id in `text`, or a helpful sentence."""
    short_id = spoken_short_id(text)
    if short_id is None:
        return private.not_an_id(text) if text.strip() else private.which_order()
    async with desk.database.read() as tx:
        found = await orders.by_short_id(tx, store.key, short_id)
        if found is not None:
            return found
        waiting = await orders.open_orders(tx, store.key)
    return private.no_such_order(short_id, store, [order.short_id for order in waiting])


async def look_up(desk: Desk, store: Store, text: str, person: Person) -> tuple[Order, Sequence[Event]] | Message:
    """The order with its history, for somebody who wants to see it, which the audit log remembers."""
    found = await find_order(desk, store, text)
    if isinstance(found, Message):
        return found
    async with desk.database.write() as tx:
        events = await history.of_order(tx, found.key)
        await note_deed(tx, store, person, Deed.FIND, found.key, now=desk.now())
    return found, events


async def order_of_key(desk: Desk, key: str) -> Order | None:
    async with desk.database.read() as tx:
        return await orders.get(tx, key)
