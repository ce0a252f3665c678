"""At opening time: what was ready at closing and has not been picked up is listed, once per store and day."""

from bot.desk import Desk
from bot.desk.recording import notice
from bot.giving_way import giving_way
from bot.rules.lateness import left_at_closing
from bot.store import deliveries, orders


async def list_left_overnight(desk: Desk) -> None:
    """Runs every minute; the day in the subject is what keeps it to one list, not the clock that calls it."""
    now = desk.now()
    async for store in giving_way(desk.stores.values()):
        if not store.hours.has_begun_its_day(now):
            continue
        async with desk.database.read() as tx:
            waiting = await orders.open_orders(tx, store.key)
        left = [order.key for order in waiting if left_at_closing(order, store.hours, now)]
        if left:
            subject = f"{deliveries.LEFT_OVERNIGHT}{store.key}:{store.hours.local(now).date().isoformat()}"
            async with desk.database.write() as tx:
                await deliveries.want_once(tx, notice(store, subject, now, about="left_overnight", orders=left))
