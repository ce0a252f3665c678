"""Erasing people: from the tables of customers, from orders, from the queue and from what could not be read.

Sales stay, because a store's totals are true with them, and name nobody any more.
"""

from collections.abc import AsyncIterator, Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import delete, exists, or_, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from bot.errors import Unreadable
from bot.rules.deliveries import Kind, State
from bot.rules.order_values import Contact, Incoming, Order
from bot.store import firings
from bot.store.customer_rows import CustomerRow, ForgottenRow, ProfileRow, SaleRow, StaleProfileRow
from bot.store.database import Database
from bot.store.deliveries import LEFT_OVERNIGHT
from bot.store.digest_rows import DigestRow
from bot.store.rows import DeliveryRow, OrderRow, ParkedRow
from bot.store.segment_leaving import leave_all
from bot.store.segment_rows import ChangedCustomerRow, MovementRow
from bot.store.transaction import Tx

forgotten: Any = ForgottenRow.__table__  # type: ignore[attr-defined]
customers: Any = CustomerRow.__table__  # type: ignore[attr-defined]
sales: Any = SaleRow.__table__  # type: ignore[attr-defined]
profiles: Any = ProfileRow.__table__  # type: ignore[attr-defined]
stale: Any = StaleProfileRow.__table__  # type: ignore[attr-defined]
orders: Any = OrderRow.__table__  # type: ignore[attr-defined]
deliveries: Any = DeliveryRow.__table__  # type: ignore[attr-defined]
changed: Any = ChangedCustomerRow.__table__  # type: ignore[attr-defined]
movements: Any = MovementRow.__table__  # type: ignore[attr-defined]
digests: Any = DigestRow.__table__  # type: ignore[attr-defined]
parked: Any = ParkedRow.__table__  # type: ignore[attr-defined]

AT_ONCE = 500


async def remember(tx: Tx, account: str, prints: Collection[bytes], *, at: datetime) -> None:
    row = (sqlite_insert if tx.is_sqlite else postgresql_insert)(forgotten)
    for one in sorted(prints):
        await tx.connection.execute(row.values(account=account, print=one, at=at).on_conflict_do_nothing())


async def prints(tx: Tx, account: str) -> frozenset[bytes]:
    query = select(forgotten.c.print).where(forgotten.c.account == account)
    return frozenset([bytes(one) for (one,) in await tx.connection.execute(query)])


async def erase_customers(tx: Tx, account: str, fh_ids: Sequence[str], *, at: datetime) -> int:
    """Profiles with their memberships go, sales and movements name nobody any more. Returns how many sales were theirs."""
    unnamed = 0
    for begin in range(0, len(fh_ids), AT_ONCE):
        some = fh_ids[begin : begin + AT_ONCE]
        await leave_all(tx, account, some, at=at)
        for table in (customers, profiles, stale, changed):
            await tx.connection.execute(delete(table).where(table.c.account == account, table.c.fh_id.in_(some)))
        # Who moved stays counted, and is nobody.
        moved = update(movements).where(movements.c.account == account, movements.c.fh_id.in_(some))
        await tx.connection.execute(moved.values(fh_id=""))
        await firings.unname(tx, account, some)
        query = update(sales).where(sales.c.account == account, sales.c.customer_id.in_(some)).values(customer_id="")
        unnamed += int((await tx.connection.execute(query)).rowcount)
    return unnamed


async def everybody(tx: Tx, account: str) -> set[str]:
    """Every id of a customer that a row holds."""
    mine = [select(table.c.fh_id).where(table.c.account == account) for table in (customers, profiles, stale, changed)]
    mine.append(select(sales.c.customer_id).where(sales.c.account == account, sales.c.customer_id != "").distinct())
    found = {str(one) for query in mine for (one,) in await tx.connection.execute(query)}
    return found | await firings.everybody(tx, account)


async def unname_strangers(tx: Tx, account: str) -> None:
    """Sales and profiles of those who are not among the account's customers belong to nobody."""
    of_nobody = ~exists().where(customers.c.account == account, customers.c.fh_id == sales.c.customer_id)
    query = update(sales).where(sales.c.account == account, sales.c.customer_id != "", of_nobody)
    await tx.connection.execute(query.values(customer_id=""))
    for table in (profiles, stale, changed):
        of_nobody = ~exists().where(customers.c.account == account, customers.c.fh_id == table.c.fh_id)
        await tx.connection.execute(delete(table).where(table.c.account == account, of_nobody))


async def without_consent(tx: Tx, account: str) -> list[str]:
    """Those who agreed to neither e-mail nor texts."""
    query = select(customers.c.fh_id).where(
        customers.c.account == account, customers.c.consents_email.is_(False), customers.c.consents_sms.is_(False)
    )
    return [str(one) for (one,) in await tx.connection.execute(query)]


async def vanished(tx: Tx, *, before: datetime, most: int) -> dict[str, list[str]]:
    """By account, those whom Flowhub had no more before then."""
    query = select(customers.c.account, customers.c.fh_id).where(customers.c.vanished_at < before).limit(most)
    found: dict[str, list[str]] = {}
    for account, fh_id in await tx.connection.execute(query):
        found.setdefault(str(account), []).append(str(fh_id))
    return found


async def erase_vanished_sales(tx: Tx, *, before: datetime) -> int:
    return int((await tx.connection.execute(delete(sales).where(sales.c.vanished_at < before))).rowcount)


class Sold(NamedTuple):
    """A customer's sale in an export. Money is cents."""

    sale_id: str
    order_id: str
    store_id: str
    at: datetime
    order_type: str
    status: str
    total_cents: int
    lines: str


async def sales_of(tx: Tx, account: str, fh_id: str) -> list[Sold]:
    query = (
        select(sales.c.sale_id, sales.c.order_id, sales.c.store_id, sales.c.created_at, sales.c.order_type)
        .add_columns(sales.c.status, sales.c.total_cents, sales.c.lines)
        .where(sales.c.account == account, sales.c.customer_id == fh_id)
        .order_by(sales.c.created_at, sales.c.sale_id)
    )
    return [Sold(*row) for row in await tx.connection.execute(query)]


async def orders_of(database: Database, store_keys: Sequence[str]) -> AsyncIterator[tuple[Order, Contact | None]]:
    """All orders of some stores with the contact that is still kept, a few at a time so that nobody waits for it."""
    after = ""
    query = select(orders.c.key, orders.c.doc, orders.c.sealed).where(orders.c.store_key.in_(store_keys))
    while True:
        async with database.read() as tx:
            page = list(
                await tx.connection.execute(query.where(orders.c.key > after).order_by(orders.c.key).limit(AT_ONCE))
            )
        for key, doc, sealed in page:
            after = str(key)
            contact = Incoming.model_validate_json(database.vault.open(sealed)).contact if sealed else None
            yield Order.model_validate_json(doc), contact
        if len(page) < AT_ONCE:
            return


async def erase_contact(tx: Tx, order_key: str) -> None:
    await tx.connection.execute(update(orders).where(orders.c.key == order_key).values(sealed=""))


class Laid(NamedTuple):
    """Something sealed that lies in the queue or was put aside: where, what of, and what it says."""

    table: Any
    id: int
    is_waiting: bool
    text: str


async def laid_aside(database: Database, names: Collection[str]) -> AsyncIterator[Laid]:
    """What waits or was given up in the queue, and what could not be read at these stores and accounts."""
    queue = select(deliveries.c.id, deliveries.c.state, deliveries.c.sealed).where(deliveries.c.sealed != "")
    put_aside = select(parked.c.id, parked.c.reason, parked.c.sealed).where(parked.c.store_key.in_(list(names)))
    for table, query in ((deliveries, queue), (parked, put_aside)):
        after = 0
        while True:
            async with database.read() as tx:
                some = query.where(table.c.id > after).order_by(table.c.id).limit(AT_ONCE)
                page = list(await tx.connection.execute(some))
            for number, state, sealed in page:
                after = int(number)
                try:
                    text = database.vault.open(sealed)
                except Unreadable:
                    continue
                yield Laid(table, after, table is deliveries and state != "parked", text)
            if len(page) < AT_ONCE:
                break


async def erase_laid(tx: Tx, laid: Collection[Laid]) -> None:
    """What was put aside goes; a delivery that was given up stays, without what it held."""
    for one in laid:
        this = one.table.c.id == one.id
        if one.table is parked:
            await tx.connection.execute(delete(parked).where(this))
        else:
            await tx.connection.execute(update(deliveries).where(this).values(sealed=""))


async def shares(tx: Tx, account: str, fh_id: str, *, email: bytes | None, mobile: bytes | None) -> tuple[bool, bool]:
    """Whether somebody else who is kept has this address, and this number."""
    others = (customers.c.account == account, customers.c.fh_id != fh_id, customers.c.vanished_at.is_(None))
    query = select(customers.c.email_print, customers.c.mobile_print).where(
        *others, or_(customers.c.email_print == email, customers.c.mobile_print == mobile)
    )
    found = list(await tx.connection.execute(query))
    return any(one[0] and one[0] == email for one in found), any(one[1] and one[1] == mobile for one in found)


async def lists_naming(tx: Tx, store_keys: Sequence[str], order_keys: Collection[str]) -> list[tuple[str, str]]:
    """Lists of what was left overnight that stand in Slack and tell of these orders: their subjects and stores."""
    query = select(deliveries.c.subject, deliveries.c.store_key, deliveries.c.payload).where(
        deliveries.c.kind == Kind.NOTICE.value,
        deliveries.c.store_key.in_(store_keys),
        deliveries.c.subject.like(f"{LEFT_OVERNIGHT}%"),
    )
    return [
        (str(subject), str(store_key))
        for subject, store_key, payload in await tx.connection.execute(query)
        if payload.get("ts") and set(order_keys) & set(payload.get("orders", ()))
    ]


class Drawn(NamedTuple):
    """A message that is to be drawn anew: where it is, and what became of that. `short_id` is a card's."""

    channel: str
    short_id: str
    state: State
    problem: str


async def cards(tx: Tx, order_keys: Sequence[str]) -> list[Drawn]:
    found = []
    for begin in range(0, len(order_keys), AT_ONCE):
        query = (
            select(orders.c.doc, deliveries.c.state, deliveries.c.problem)
            .join(deliveries, deliveries.c.subject == orders.c.key)
            .where(deliveries.c.kind == Kind.CARD.value, orders.c.key.in_(order_keys[begin : begin + AT_ONCE]))
        )
        for doc, state, problem in await tx.connection.execute(query):
            order = Order.model_validate_json(doc)
            found.append(Drawn(order.card_channel, order.short_id, State(state), str(problem)))
    return found


async def other_messages(tx: Tx, subjects: Collection[str]) -> list[Drawn]:
    """Lists and digests."""
    query = select(deliveries.c.payload, deliveries.c.state, deliveries.c.problem, digests.c.channel)
    query = query.select_from(deliveries.outerjoin(digests, digests.c.key == deliveries.c.subject))
    query = query.where(
        deliveries.c.kind.in_((Kind.NOTICE.value, Kind.DIGEST.value)), deliveries.c.subject.in_(list(subjects))
    )
    return [
        Drawn(str(channel or payload.get("channel", "")), "", State(state), str(problem))
        for payload, state, problem, channel in await tx.connection.execute(query)
    ]
