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

from sqlalchemy import BigInteger, ColumnElement, and_, case, func, literal, or_, select

from bot.rules.segments.catalogue import Segment, State
from bot.rules.segments.days import Asof
from bot.rules.segments.facts import Facts
from bot.rules.segments.moving import Sizes
from bot.rules.segments.time_alone import crossings
from bot.store.segment_sql import WITH_PROFILES, customers, members, profiles, within
from bot.store.segments import Kept, Moved, add_moves, add_run, memberships, put_bits
from bot.store.transaction import Tx

Why = Callable[[Segment, Facts | None, Asof], str]
"""In words, why a customer has just moved; no facts are those of one who vanished from Flowhub."""
MOST_NAMED = 500
CHUNK = 2_000
"""Customers to a transaction: a few hundredths of a second on SQLite, which is called in the loop."""


@dataclass(frozen=True)
class Zone:
    """A time zone of the account, and the Flowhub ids of the stores in it."""

    name: str
    store_ids: tuple[str, ...] = ()


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
    ask = _Ask(tx, account, [one.segment for one in active], zones)
    entered: Counter[str] = Counter()
    left: Counter[str] = Counter()
    for asof, here in ask.places(now):
        earlier = Asof(before, asof.zone)
        found = [one for segment in ask.segments for one in crossings(segment.tree, earlier, asof)]
        looks = [customers.c.fh_id.in_(some) for some in _chunks(changed, MOST_NAMED)]
        if found:
            looks.append(or_(*(within(one.field, one.span) for one in dict.fromkeys(found))))
        for look in looks:
            for some in _chunks(await ask.who_differs(asof, and_(here, look)), MOST_NAMED):
                moved = await ask.write(some, asof, why)
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
    ask = _Ask(tx, account, [one.segment for one in known if _is_active(one.segment)], zones)
    next_ones = (
        select(customers.c.fh_id)
        .where(customers.c.account == account, customers.c.fh_id > so_far.after)
        .order_by(customers.c.fh_id)
        .limit(most)
        .subquery()
    )
    count, last = (await tx.connection.execute(select(func.count(), func.max(next_ones.c.fh_id)))).one()
    if count:
        chunk = and_(customers.c.fh_id > so_far.after, customers.c.fh_id <= last)
        for asof, here in ask.places(now):
            differ = await ask.who_differs(asof, and_(here, chunk))
            await put_bits(tx, account, [(one.fh_id, ask.kept_bits(one) | one.new) for one in differ])
            for segment, one in ask.each_move(differ):
                (so_far.entered if ask.enters(segment, one) else so_far.left)[segment.key] += 1
        so_far.after = last
    so_far.ended = count < most
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
            await add_run(tx, account, key, made[key], now, recounted=True)
    return made


def _is_active(segment: Segment) -> bool:
    return segment.state is State.ACTIVE and segment.bit is not None


@dataclass(frozen=True)
class _Differs:
    fh_id: str
    old: int
    new: int
    """Of the segments that are asked for; `old` is of all."""


class _Ask:
    def __init__(self, tx: Tx, account: str, segments: Sequence[Segment], zones: Sequence[Zone]) -> None:
        self._tx = tx
        self._account = account
        self.segments = segments
        self._zones = zones
        self._mask = sum(_flag(segment) for segment in segments)

    def places(self, now: datetime) -> Iterator[tuple[Asof, ColumnElement[bool]]]:
        """Each zone with the condition that a customer's days are of it; every customer is in exactly one."""
        home = func.coalesce(profiles.c.home_store_id, "")
        elsewhere = [store_id for zone in self._zones[1:] for store_id in zone.store_ids]
        for number, zone in enumerate(self._zones):
            yield Asof(now, zone.name), home.not_in(elsewhere) if number == 0 else home.in_(zone.store_ids)

    async def who_differs(self, asof: Asof, where: ColumnElement[bool]) -> list[_Differs]:
        if not self.segments:
            return []
        is_sqlite = self._tx.is_sqlite
        flags = (
            case((members(one.tree, asof, is_sqlite=is_sqlite), _big(_flag(one))), else_=_big(0))
            for one in self.segments
        )
        new = case((customers.c.vanished_at.is_(None), sum(flags, start=_big(0))), else_=_big(0))
        old = func.coalesce(memberships.c.bits, _big(0))
        theirs = and_(memberships.c.account == customers.c.account, memberships.c.fh_id == customers.c.fh_id)
        query = (
            select(customers.c.fh_id, old.label("old"), new.label("new"))
            .select_from(WITH_PROFILES.outerjoin(memberships, theirs))
            .where(customers.c.account == self._account, where, new != old.bitwise_and(_big(self._mask)))
        )
        return [_Differs(*row) for row in (await self._tx.connection.execute(query)).all()]

    async def write(self, some: Sequence[_Differs], asof: Asof, why: Why) -> list[Moved]:
        facts = await self._facts([one.fh_id for one in some])
        moved = [
            Moved(segment.key, one.fh_id, asof.now, self.enters(segment, one), why(segment, facts[one.fh_id], asof))
            for segment, one in self.each_move(some)
        ]
        await put_bits(self._tx, self._account, [(one.fh_id, self.kept_bits(one) | one.new) for one in some])
        await add_moves(self._tx, self._account, moved)
        return moved

    def each_move(self, some: Sequence[_Differs]) -> Iterator[tuple[Segment, _Differs]]:
        for one in some:
            yield from ((segment, one) for segment in self.segments if (one.old ^ one.new) & _flag(segment))

    def enters(self, segment: Segment, one: _Differs) -> bool:
        return bool(one.new & _flag(segment))

    def kept_bits(self, one: _Differs) -> int:
        """Those of segments that are not asked for: a paused one keeps its members."""
        return one.old & ~self._mask

    async def _facts(self, fh_ids: Sequence[str]) -> dict[str, Facts | None]:
        query = (
            select(
                customers, *(column for column in profiles.c if column.name in Facts._fields and column.name != "fh_id")
            )
            .select_from(WITH_PROFILES)
            .where(customers.c.account == self._account, customers.c.fh_id.in_(fh_ids))
        )
        rows = (await self._tx.connection.execute(query)).mappings()
        return {row["fh_id"]: facts_of_row(row) if row["vanished_at"] is None else None for row in rows}


def facts_of_row(row: Any) -> Facts:
    """Out of the columns of a customer and of a profile, which are all NULL for one who never bought."""
    found = {name: row[name] for name in Facts._fields if name in row and row[name] is not None}
    lists = {name: tuple(json.loads(found[name])) for name in ("groups", "products", "categories") if found.get(name)}
    known = {"has_email": row["email_print"] is not None, "has_mobile": row["mobile_print"] is not None}
    return Facts(**found | lists | known)


def _flag(segment: Segment) -> int:
    return 1 << segment.bit if segment.bit is not None else 0


def _big(number: int) -> ColumnElement[int]:
    return literal(number, BigInteger)


def _chunks(items: Sequence[Any], most: int) -> Iterator[list[Any]]:
    rest = iter(items)
    while some := list(islice(rest, most)):
        yield some
