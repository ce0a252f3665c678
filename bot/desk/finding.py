"""Finding the order a person means."""

from bot.desk.desk import Desk
from bot.messages import private
from bot.messages.parts import Message
from bot.rules.order_values import Order
from bot.rules.short_ids import spoken_short_id
from bot.rules.stores import Store
from bot.store import orders


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


async def order_of_key(desk: Desk, key: str) -> Order | None:
    async with desk.database.read() as tx:
        return await orders.get(tx, key)
