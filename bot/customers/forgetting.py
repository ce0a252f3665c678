"""Forgetting a customer: here, in the queue, and on the cards in Slack. What stays is a print that no sync lets pass."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.customers.finding import audit_name, kept
from bot.customers.keeping import ways_to_know
from bot.customers.theirs import theirs
from bot.desk import Desk
from bot.desk.recording import automation_post, card, digest, in_private, note_deed, notice, record
from bot.errors import Refused
from bot.rules.audit import Deed
from bot.rules.automations import Action
from bot.rules.forgetting import Receipt
from bot.rules.order_values import GUEST
from bot.rules.orders import is_open
from bot.rules.permissions import Person
from bot.rules.stores import Store
from bot.store import Tx, deliveries, digests, firings, forgetting, orders
from bot.store.customers import Kept, data_key
from bot.store.firings import Firing
from bot.vault import DataKey


async def forget(desk: Desk, account: str, fh_id: str, person: Person, store: Store) -> Receipt:
    """Raises Refused when they are gone already, or while an order of theirs is open: it needs its name at the counter.

    The receipt about the cards is a delivery, which waits until Slack has taken or refused every edit.
    """
    stores = stores_of(desk, account)
    one = await kept(desk, account, fh_id)
    found = await theirs(desk, one, stores)
    waiting = [order.short_id for order, _ in found.orders if is_open(order)]
    if waiting:
        raise Refused(f"An order of theirs is still open: {', '.join(waiting[:10])}. Forget them when it is done.")
    if any(piece.is_waiting for piece in found.laid):
        raise Refused("Something of theirs is on its way at this moment. Please try again in a minute.")
    number, now = secrets.token_hex(4).upper(), desk.now()
    by_key = {each.key: each for each in stores}
    async with desk.database.write() as tx:
        key = await data_key(tx, account)
        await forgetting.remember(tx, account, await _ways(tx, key, one), at=now)
        name = await audit_name(tx, account, fh_id)
        said = await firings.of_customer(tx, account, fh_id)
        sales = await forgetting.erase_customers(tx, account, [fh_id], at=now)
        await forgetting.erase_laid(tx, found.laid)
        cards = []
        for order, _ in found.orders:
            before = await orders.locked(tx, order.key)
            if before is None:
                continue
            await forgetting.erase_contact(tx, order.key)
            nameless = before.model_copy(update={"shopper": GUEST, "note": ""})
            await record(tx, by_key[before.store_key], nameless, now=now, before=before)
            cards += [order.key] if before.card_ts else []
        cards += await _say_otherwise(tx, [firing for firing, _ in said], by_key, without=cards, now=now)
        others = await _rewrite_others(tx, by_key, fh_id, [order.key for order, _ in found.orders], now)
        receipt = Receipt(number, len(found.orders), len(cards), sales, len(found.laid))
        told = in_private(
            store,
            person.id,
            f"forgotten:{number}",
            now,
            about="forgotten",
            receipt=receipt.as_json(),
            cards=cards,
            others=others,
        )
        await deliveries.want_once(tx, told)
        await note_deed(tx, store, person, Deed.FORGET_CUSTOMER, name, now=now, reason=f"receipt {number}")
    return receipt


async def _rewrite_others(
    tx: Tx, stores: Mapping[str, Store], fh_id: str, order_keys: Sequence[str], now: datetime
) -> list[str]:
    """Digests and morning lists that name them. Summaries never name anybody."""
    digests_naming = await digests.unname(tx, list(stores), fh_id)
    lists = await forgetting.lists_naming(tx, list(stores), order_keys)
    wishes = [digest(stores[store_key], key, now) for key, store_key in digests_naming]
    wishes += [notice(stores[store_key], subject, now) for subject, store_key in lists]
    await deliveries.want(tx, *wishes)
    return [key for key, _ in [*digests_naming, *lists]]


async def _say_otherwise(
    tx: Tx, said: Sequence[Firing], stores: Mapping[str, Store], *, without: Sequence[str], now: datetime
) -> list[str]:
    """What automations said of them goes from cards and posts. Returns the orders whose card is drawn anew for it, but those
    that are known already."""
    drawn: list[str] = []
    for one in said:
        store = stores.get(one.store_key)
        if store is None or one.is_dry:
            continue
        if one.action is Action.CHANNEL_POST:
            await deliveries.want(tx, automation_post(store, one.key, now))
        order = await orders.get(tx, one.order_key) if one.action is Action.CARD_LINE else None
        if order is not None and order.card_ts:
            await deliveries.want(tx, card(store, order, now))
            drawn.append(order.key)
    return [key for key in dict.fromkeys(drawn) if key not in without]


async def _ways(tx: Tx, key: DataKey, one: Kept) -> frozenset[bytes]:
    """All ways to know them, but an address or a number that somebody else who is kept has too."""
    personal = one.personal
    email = key.printer("email")(personal.email.encode()) if personal.email else None
    mobile = key.printer("mobile")(personal.mobile.encode()) if personal.mobile else None
    email_shared, mobile_shared = await forgetting.shares(tx, one.account, one.fh_id, email=email, mobile=mobile)
    return ways_to_know(
        key,
        fh_id=one.fh_id,
        email="" if email_shared else personal.email,
        mobile="" if mobile_shared else personal.mobile,
    )


def stores_of(desk: Desk, account: str) -> Sequence[Store]:
    """All of the account's, also those that are paused or removed."""
    resting = [rest.store for rest in desk.resting.values()]
    return [store for store in [*desk.stores.values(), *resting] if store.account == account]
