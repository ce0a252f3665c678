"""What else there is of a customer: orders on the desk, and what lies sealed in the queue or was put aside."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.desk import Desk
from bot.phones import e164
from bot.rules.order_values import Contact, Order
from bot.rules.stores import Store
from bot.store import forgetting
from bot.store.customers import Kept
from bot.store.forgetting import Laid, Sold


@dataclass(frozen=True)
class Theirs:
    """`orders` are those whose contact is theirs, and those that became one of their sales."""

    orders: Sequence[tuple[Order, Contact | None]]
    sales: Sequence[Sold]
    laid: Sequence[Laid]


async def theirs(desk: Desk, one: Kept, stores: Sequence[Store]) -> Theirs:
    """Reads everything once, a little at a time: it takes seconds for a hundred thousand orders, and nobody waits for it."""
    async with desk.database.read() as tx:
        sales = await forgetting.sales_of(tx, one.account, one.fh_id)
    bought = {number for sale in sales for number in (sale.sale_id, sale.order_id) if number}
    keys = [store.key for store in stores]
    orders = [
        (order, contact)
        async for order, contact in forgetting.orders_of(desk.database, keys)
        if _is_theirs(one, contact) or bought & {order.flowhub_id, order.sale_id, order.source_id}
    ]
    laid = [
        piece
        async for piece in forgetting.laid_aside(desk.database, [one.account, *keys])
        if _speaks_of(one, piece.text)
    ]
    return Theirs(orders, sales, laid)


def _is_theirs(one: Kept, contact: Contact | None) -> bool:
    if contact is None:
        return False
    personal = one.personal
    same_phone = (
        bool(personal.mobile) and bool(contact.phone) and (e164(contact.phone) or contact.phone) == personal.mobile
    )
    return same_phone or (bool(personal.email) and contact.email.strip().lower() == personal.email)


def _speaks_of(one: Kept, text: str) -> bool:
    """Whether something sealed has their id, address or number in it, however it was written."""
    personal, digits = one.personal, re.sub(r"\D", "", one.personal.mobile)[-10:]
    named = one.fh_id in text or (bool(personal.email) and personal.email in text.lower())
    return named or (len(digits) >= 7 and digits in re.sub(r"[^\d]", "", text))
