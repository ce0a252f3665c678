"""What an automation would have done in the past days. Nothing is posted, recorded or called."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.automations.firing import text_for
from bot.automations.looking import moved_at
from bot.automations.orders import customer_of, received
from bot.desk import Desk
from bot.rules.automations import (
    Automation,
    Decision,
    Happened,
    Happening,
    Measure,
    birthday_in_week,
    decide,
    occasion_key,
)
from bot.rules.order_values import Incoming
from bot.rules.segments.days import Asof
from bot.rules.stores import Store
from bot.store import Tx, automations, customers, orders
from bot.store.birthdays import birth_dates, page_of_customers
from bot.store.recent_sales import reached_lately

PAST = timedelta(days=7)
MOST = 2_000
"""Happenings that are looked at."""
PAGE, MOST_PAGES = 1_000, 20
MOST_TEXTS = 5


@dataclass(frozen=True)
class Tried:
    """`texts` are samples, mrkdwn that can't mention."""

    count: int
    texts: tuple[str, ...]


async def try_out(desk: Desk, automation: Automation, store: Store, stores: Sequence[Store]) -> Tried:
    """The cap is left aside: it is a figure to choose it by."""
    as_if = replace(automation, is_on=True, dry_run=True)
    now = desk.now()
    occasions: dict[str, Happening] = {}
    for happening in await _happenings(desk, as_if, store, stores):
        if decide(as_if, happening, done_before=False, fired_today=0) is Decision.REHEARSE:
            occasions.setdefault(occasion_key(as_if, happening), happening)
    texts: list[str] = []
    async with desk.database.read() as tx:
        for happening in occasions.values():
            if len(texts) == MOST_TEXTS:
                break
            found = await customers.find(tx, store.account, fh_id=happening.fh_id)
            text = text_for(as_if, found[0], stores, Asof(now, store.hours.zone)) if found else ""
            texts += [text] if text else []
    return Tried(len(occasions), tuple(texts))


async def _happenings(desk: Desk, automation: Automation, store: Store, stores: Sequence[Store]) -> list[Happening]:
    trigger, since = automation.trigger, desk.now() - PAST
    match trigger.happened:
        case Happened.ORDER_RECEIVED:
            async with desk.database.read() as tx:
                return [one for each in stores for one in await _orders(tx, desk, each)]
        case Happened.REACHED:
            if trigger.measure is None or trigger.measure is Measure.POINTS:
                return []
            async with desk.database.read() as tx:
                found = await reached_lately(
                    tx,
                    store.account,
                    [each.import_id or each.location_id for each in stores],
                    trigger.measure,
                    trigger.threshold,
                    since=since,
                    most=MOST,
                )
            return [
                Happening(
                    Happened.REACHED,
                    one.fh_id,
                    one.at,
                    store.hours.local(one.at).date(),
                    measure=one.measure,
                    before=one.before,
                    after=one.after,
                )
                for one in found
            ]
        case Happened.BIRTHDAY_WEEK:
            return await _birthdays(desk, store)
        case _:
            async with desk.database.read() as tx:
                moved = await automations.moves_after(
                    tx, store.account, 0, of=[trigger.segment_key], since=since, most=MOST
                )
            return [moved_at(store, one) for one in moved if one.fh_id]


async def _orders(tx: Tx, desk: Desk, store: Store) -> list[Happening]:
    found = []
    for order in (await orders.recent(tx, store.key, since=desk.now() - PAST))[-MOST:]:
        sealed = await orders.sealed_part(tx, order.key)
        contact = Incoming.model_validate_json(sealed).contact if sealed else None
        person = await customer_of(tx, store.account, contact) if contact is not None else None
        if person is not None:
            found.append(await received(tx, store, order, person, now=desk.now(), of_all=True))
    return found


async def _birthdays(desk: Desk, store: Store) -> list[Happening]:
    """Among the first twenty thousand customers."""
    now = desk.now()
    day, after, found = store.hours.local(now).date(), "", []
    for _ in range(MOST_PAGES):
        async with desk.database.read() as tx:
            key, page = await page_of_customers(tx, store.account, after=after, most=PAGE)
        if key is None or not page:
            break
        after = page[-1][0]
        for fh_id, born in await asyncio.to_thread(birth_dates, key, store.account, page):
            if (birthday := birthday_in_week(born, day)) is not None:
                found.append(Happening(Happened.BIRTHDAY_WEEK, fh_id, now, day, birthday=birthday))
    return found
