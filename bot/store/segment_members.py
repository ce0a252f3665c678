"""Evaluating the segments of an account in the database: everybody in chunks, or those alone who can have moved.

Whoever calls holds the account's sync, so that one evaluation at a time is under way. Each customer's days are those of the
zone of their home store; who has none gets the account's first zone.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import select

from bot.rules.segments.catalogue import Segment, State
from bot.rules.segments.days import Asof
from bot.rules.segments.facts import Facts
from bot.rules.segments.moving import Sizes
from bot.rules.segments.time_alone import crossings
from bot.store.segment_asking import Ask, Differs, Zone, asks_of_sales_alone, next_chunk
from bot.store.segment_sql import WITH_PROFILES, customers, profiles, within
from bot.store.segments import Kept, Moved, add_moves, add_run, put_bits
from bot.store.transaction import Tx

__all__ = ["CHUNK", "Recount", "Why", "Zone", "end_recount", "facts_of_row", "recount", "refresh"]

Why = Callable[[Segment, Facts | None, Asof], str]
"""In words, why a customer has just moved; no facts are those of one who vanished from Flowhub."""
MOST_NAMED = 500
CHUNK = 10_000
"""Customers to a transaction: some hundredths of a second. Smaller ones cost more in commits than in looking."""


FACTS = [
    *(one for one in customers.c if one.name in {*Facts._fields, "email_print", "mobile_print", "vanished_at"}),
    *(one for one in profiles.c if one.name in Facts._fields and one.name not in customers.c),
]
FACT_NAMES = [one.name for one in FACTS]


@dataclass
class Recount:
    """How far a recount has come. `ended` when nobody is left."""

    after: str = ""
    ended: bool = False
    entered: Counter[str] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)


async def refresh(
    tx: Tx,
    account: str,
    known: Sequence[Kept],
    zones: Sequence[Zone],
    *,
    before: datetime,
    now: datetime,
    changed: Sequence[str],
    why: Why,
) -> dict[str, Sizes]:
    """Look at whoever's data changed since `before`, and at whom time alone can have moved; write who moved, and why.

    Segments that were not counted as they are now are left to a recount. The result is by segment key.
    """
    active = [one for one in known if _is_active(one.segment) and one.counted_at is not None]
    ask = Ask(tx, account, [one.segment for one in active], zones)
    entered: Counter[str] = Counter()
    left: Counter[str] = Counter()
    for asof, here in ask.places(now):
        earlier = Asof(before, asof.zone)
        found = set(changed)
        for look in {one for segment in ask.segments for one in crossings(segment.tree, earlier, asof)}:
            query = select(profiles.c.fh_id).where(profiles.c.account == account, within(look.field, look.span))
            found.update((await tx.connection.execute(query)).scalars())
        for some in _chunks(sorted(found), MOST_NAMED):
            moved = await _write(tx, account, ask, await ask.differ_among(some, asof, here), asof, why)
            entered.update(one.segment_key for one in moved if one.entered)
            left.update(one.segment_key for one in moved if not one.entered)
    made = {}
    for one in active:
        key = one.segment.key
        made[key] = Sizes(one.size, entered[key], left[key], one.size + entered[key] - left[key])
        await add_run(tx, account, key, made[key], now)
    return made


async def recount(
    tx: Tx,
    account: str,
    known: Sequence[Kept],
    zones: Sequence[Zone],
    so_far: Recount,
    *,
    now: datetime,
    most: int = CHUNK,
) -> Recount:
    """Look at the next `most` customers, whatever changed; call again until it has ended, then `end_recount`.

    It writes who is where and no movements: who is found where they were not before is so because the segment is new or asks
    for something else, which is no news about anybody.
    """
    chunk = await next_chunk(tx, account, so_far.after, most)
    active = [one for one in known if _is_active(one.segment)]
    uncounted = [one.segment for one in active if one.counted_at is None]
    by_sales = Ask(tx, account, [one.segment for one in active if asks_of_sales_alone(one.segment.tree)], zones)
    by_all = Ask(tx, account, [one.segment for one in active if one.segment not in by_sales.segments], zones)
    for ask in (by_sales, by_all):
        if ask is by_sales:
            differ = await ask.differ_by_sales(chunk, now, uncounted=[one for one in ask.segments if one in uncounted])
        else:
            differ = await ask.differ(chunk, now)
        await put_bits(tx, account, ask.bits(differ))
        for segment, _, enters in ask.moves(differ):
            (so_far.entered if enters else so_far.left)[segment.key] += 1
    so_far.after = chunk.last or so_far.after
    so_far.ended = chunk.last is None
    return so_far


async def end_recount(
    tx: Tx, account: str, known: Sequence[Kept], so_far: Recount, *, now: datetime
) -> dict[str, Sizes]:
    """Write how it went. The result is by segment key."""
    made = {}
    for one in known:
        if _is_active(one.segment):
            key = one.segment.key
            size = one.size + so_far.entered[key] - so_far.left[key]
            made[key] = Sizes(one.size, so_far.entered[key], so_far.left[key], size)
            await add_run(tx, account, key, made[key], now)
    return made


def _is_active(segment: Segment) -> bool:
    return segment.state is State.ACTIVE and segment.bit is not None


async def _write(tx: Tx, account: str, ask: Ask, differ: Sequence[Differs], asof: Asof, why: Why) -> list[Moved]:
    facts = await _facts(tx, account, [one.fh_id for one in differ])
    moved = [
        Moved(segment.key, one.fh_id, asof.now, enters, why(segment, facts[one.fh_id], asof))
        for segment, one, enters in ask.moves(differ)
    ]
    await put_bits(tx, account, ask.bits(differ))
    await add_moves(tx, account, moved)
    return moved


async def _facts(tx: Tx, account: str, fh_ids: Sequence[str]) -> dict[str, Facts | None]:
    if not fh_ids:
        return {}
    query = select(*FACTS).select_from(WITH_PROFILES)
    query = query.where(customers.c.account == account, customers.c.fh_id.in_(fh_ids))
    rows = [dict(zip(FACT_NAMES, row, strict=True)) for row in await tx.connection.execute(query)]
    return {row["fh_id"]: facts_of_row(row) if row["vanished_at"] is None else None for row in rows}


def facts_of_row(row: Any) -> Facts:
    """Out of the columns of a customer and of a profile, which are all NULL for one who never bought."""
    found = {name: row[name] for name in Facts._fields if name in row and row[name] is not None}
    lists = {name: tuple(json.loads(found[name])) for name in ("groups", "products", "categories") if found.get(name)}
    known = {"has_email": row["email_print"] is not None, "has_mobile": row["mobile_print"] is not None}
    return Facts(**found | lists | known)


def _chunks(items: Sequence[Any], most: int) -> Iterator[list[Any]]:
    rest = iter(items)
    while some := list(islice(rest, most)):
        yield some
