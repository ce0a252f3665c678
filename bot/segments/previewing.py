"""What a segment would be, before it is saved: today from what is kept, and over the past 90 days from sales."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from bot.customers.deriving import by_customer
from bot.customers.sharing import sharing_well
from bot.desk import Desk
from bot.messages.segments import Preview
from bot.rules.customer_views import masked_customer
from bot.rules.customers import CustomerSale
from bot.rules.profiles import profile_of
from bot.rules.segments.catalogue import State
from bot.rules.segments.days import Asof
from bot.rules.segments.facts import Facts
from bot.rules.segments.holding import test_of
from bot.rules.segments.trees import Tree
from bot.segments.places import zones_of
from bot.store import Tx, segments
from bot.store.bulk import open_bulk
from bot.store.customers import Kept
from bot.store.segment_members import Zone
from bot.store.segment_previews import Counted, Sampled, count_now, sampled, some_fitting

DAYS, STEP = 90, 9
SAMPLE = 2_000
"""Customers whose past is worked out: all of a small store's, enough of a big one's to tell how it goes."""
AT_ONCE = 500
NAMES = 5


async def preview(desk: Desk, account: str, tree: Tree, *, key: str = "") -> Preview:
    """`key` is that of the segment that is edited. Raises SQLAlchemy's errors, and Unavailable for the database."""
    now, zones = desk.now(), zones_of(desk, account)

    async def look(tx: Tx) -> tuple[Counted, Sequence[Kept], Sampled, dict[str, str]]:
        others = [
            one.segment
            for one in await segments.all_of(tx, account)
            if one.segment.state is not State.ARCHIVED and one.segment.key != key
        ]
        counted = await count_now(tx, account, tree, zones, now, others)
        some = await some_fitting(tx, account, tree, zones, now, most=NAMES)
        return counted, some, await sampled(tx, account, most=SAMPLE), {one.key: one.name for one in others}

    with sharing_well():
        counted, some, drawn, names = await desk.database.aside.read(look)
        sales = await _sales(desk, account, [facts.fh_id for facts, _ in drawn.people])
        sizes = await asyncio.to_thread(past_sizes, tree, drawn, sales, zones, now)
    shared = sorted(counted.shared.items(), key=lambda pair: -pair[1])
    figures = counted.figures
    return Preview(
        figures.size,
        figures.by_sms,
        figures.by_email,
        figures.spent_cents,
        sample=tuple(filter(None, (masked_customer(one.personal.first_name, one.personal.last_name) for one in some))),
        overlaps=tuple((names[one], number) for one, number in shared if number),
        sizes=sizes,
        estimated_from=len(drawn.people) if drawn.of > len(drawn.people) else 0,
    )


async def _sales(desk: Desk, account: str, customers: Sequence[str]) -> Mapping[str, Sequence[CustomerSale]]:
    found: dict[str, Sequence[CustomerSale]] = {}
    async with open_bulk(desk.database, account) as bulk:
        for begin in range(0, len(customers), AT_ONCE):
            rows = await bulk.sales_of(customers[begin : begin + AT_ONCE])
            found |= await asyncio.to_thread(by_customer, bulk, rows)
    return found


def past_sizes(
    tree: Tree, drawn: Sampled, sales: Mapping[str, Sequence[CustomerSale]], zones: Sequence[Zone], now: datetime
) -> tuple[int, ...]:
    """How many it would have had, the oldest first, the last one now. What sales tell is as it was then; points, consent and
    the like are as they are now, because nobody knows what they were. Whom Flowhub did not have yet is not counted."""
    zone_of_store = {store_id: zone.name for zone in zones for store_id in zone.store_ids}
    share = drawn.of / len(drawn.people) if drawn.people else 0
    sizes = []
    for days in range(DAYS, -1, -STEP):
        then = now - timedelta(days=days)
        tests = {zone.name: test_of(tree, Asof(then, zone.name)) for zone in zones}
        count = 0
        for facts, since in drawn.people:
            if since is not None and since > then:
                continue
            was = facts_then(facts, sales.get(facts.fh_id, ()), then)
            zone = zone_of_store.get(was.home_store_id, zones[0].name)
            count += tests[zone](was)
        sizes.append(round(count * share))
    return tuple(sizes)


def facts_then(facts: Facts, sales: Sequence[CustomerSale], then: datetime) -> Facts:
    profile = profile_of([sale for sale in sales if sale.created_at <= then])
    return facts._replace(**{name: getattr(profile, name) for name in profile._fields if name in Facts._fields})
