"""Asking a database who is in other segments than is kept of them: of some customers, or of all from one id to another."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    String,
    Text,
    and_,
    any_,
    bindparam,
    case,
    exists,
    func,
    literal,
    or_,
    select,
    true,
)

from bot.rules.segments.catalogue import Segment
from bot.rules.segments.days import Asof
from bot.rules.segments.facts import Facts
from bot.rules.segments.fields import SEGMENT_FIELDS
from bot.rules.segments.holding import holds
from bot.rules.segments.trees import Tree, conditions
from bot.store.segment_facts import columns_for, facts_reader
from bot.store.segment_sql import WITH_PROFILES, customers, members, profiles
from bot.store.statements import Prepared
from bot.store.transaction import Tx

Bool = ColumnElement[bool]
SHORT_INDEX = "INDEXED BY ix_customers_vanished"
"""SQLite would rather look at the record itself than into the short index of those who vanished."""
PROFILE_FACTS = set(profiles.c.keys()) - set(customers.c.keys())
ANY_DAY = Asof(datetime(2026, 1, 1, tzinfo=UTC), "UTC")
"""Whoever has no dates is in the same segments on each."""


@dataclass(frozen=True)
class Zone:
    """A time zone of the account, and the Flowhub ids of the stores in it."""

    name: str
    store_ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class Chunk:
    """Customers whose ids come after one, up to another; None is up to the end."""

    after: str
    last: str | None

    def of(self, fh_id: Any) -> Bool:
        return and_(fh_id > self.after, *([fh_id <= self.last] if self.last is not None else []))


class Differs(NamedTuple):
    """Somebody's bits: `new` are those of the segments that were asked for, `old` of all. `facts` are there where they were
    asked for, too, and the customer has not vanished."""

    fh_id: str
    old: int
    new: int
    facts: Facts | None = None


async def next_chunk(tx: Tx, account: str, after: str, most: int) -> Chunk:
    """The next `most` customers."""
    theirs = (customers.c.account == account, customers.c.fh_id > after)
    query = select(customers.c.fh_id).where(*theirs).order_by(customers.c.fh_id).limit(1).offset(most - 1)
    return Chunk(after, (await tx.connection.execute(query)).scalar())


def asks_of_sales_alone(tree: Tree) -> bool:
    """Whether the profile alone says who is in, and whoever never bought is out.

    Then everybody is looked at by reading the profiles, which lie in the order of their ids: with the customers, which are
    much larger and lie as they came, it takes five times as long.
    """
    asked = {SEGMENT_FIELDS[one.field].fact for one in conditions(tree)}
    return asked <= PROFILE_FACTS and not holds(tree, Facts(), ANY_DAY)


class Ask:
    """Each `differ…` leaves out who is where they were."""

    def __init__(self, tx: Tx, account: str, segments: Sequence[Segment], zones: Sequence[Zone]) -> None:
        self._tx = tx
        self._account = account
        self.segments = segments
        self._zones = zones
        self._mask = bits_of(segments)

    def places(self, now: datetime) -> Iterator[tuple[Asof, Bool]]:
        """Each zone with the condition that a customer's days are of it; every customer is in exactly one."""
        home = func.coalesce(profiles.c.home_store_id, "")
        elsewhere = [store_id for zone in self._zones[1:] for store_id in zone.store_ids]
        for number, zone in enumerate(self._zones):
            first = home.not_in(elsewhere) if elsewhere else true()
            yield Asof(now, zone.name), first if number == 0 else home.in_(zone.store_ids)

    def among(self, asof: Asof, here: Bool) -> "Among":
        """To ask several times."""
        columns = columns_for(self.segments)
        names = [one.name for one in columns]
        if all(asks_of_sales_alone(one.tree) for one in self.segments):
            query = self._differ_of_profiles(asof, and_(here, self._is_one(profiles.c.fh_id)), columns)
            return Among(self._tx, query, names, self._of_the_vanished())
        return Among(self._tx, self._differ(asof, and_(here, self._is_one(customers.c.fh_id)), columns), names)

    def _is_one(self, fh_id: Any) -> Any:
        if not self._tx.is_sqlite:
            return fh_id == any_(bindparam("fh_ids", type_=ARRAY(String)))
        some = func.json_each(bindparam("fh_ids", type_=Text)).table_valued("value")
        return fh_id.in_(select(some.c.value))

    async def differ(self, chunk: Chunk, now: datetime) -> list[Differs]:
        found: list[Differs] = []
        for asof, here in self.places(now) if self.segments else ():
            found += await self._found(self._differ(asof, and_(here, chunk.of(customers.c.fh_id))))
        return found

    async def differ_by_sales(self, chunk: Chunk, now: datetime) -> list[Differs]:
        """The same, when all segments ask of sales alone."""
        if not self.segments:
            return []
        found = await self._vanished(chunk)
        for asof, here in self.places(now):
            found += await self._differ_by_profile(asof, and_(here, chunk.of(profiles.c.fh_id)))
        return list({one.fh_id: one for one in found}.values())

    def _differ(self, asof: Asof, where: Bool, columns: Sequence[Any] = ()) -> Any:
        old = func.coalesce(profiles.c.bits, _big(0))
        is_there = customers.c.vanished_at.is_(None)
        new = case((is_there, self._new(asof)), else_=_big(0))
        return (
            select(customers.c.fh_id, old.label("old"), new.label("new"), is_there.label("is_there"), *columns)
            .select_from(WITH_PROFILES)
            .where(customers.c.account == self._account, where, new != self._asked(old))
        )

    def _differ_of_profiles(self, asof: Asof, where: Bool, columns: Sequence[Any]) -> Any:
        """The same, when all segments ask of sales alone: nobody's record is read, and those who vanished must be left out.

        Whoever is in a segment is a customer.
        """
        they = (customers.c.account == profiles.c.account, customers.c.fh_id == profiles.c.fh_id)
        is_there = or_(profiles.c.bits != 0, exists(select(literal(1)).where(*they)))
        old, new = profiles.c.bits, self._new(asof, has_bought=True)
        return select(profiles.c.fh_id, old.label("old"), new.label("new"), true().label("is_there"), *columns).where(
            profiles.c.account == self._account, where, new != self._asked(old), is_there
        )

    def _of_the_vanished(self) -> Any:
        """Asked by itself, for many at once: as a part of the other question it would take longer than all the rest of it."""
        gone = (
            select(customers.c.fh_id)
            .with_hint(customers, SHORT_INDEX, "sqlite")
            .where(customers.c.account == self._account, customers.c.vanished_at.is_not(None))
            .where(self._is_one(customers.c.fh_id))
        )
        return select(profiles.c.fh_id, profiles.c.bits, self._asked(profiles.c.bits)).where(
            profiles.c.account == self._account, profiles.c.fh_id.in_(gone)
        )

    async def _differ_by_profile(self, asof: Asof, where: Bool) -> list[Differs]:
        """Without those whom Flowhub has no more, whom `_vanished` finds.

        It is asked for as a column, and so of those alone who differ: as a condition, SQLite would look up everybody.
        """
        new = self._new(asof, has_bought=True)
        they = and_(customers.c.account == profiles.c.account, customers.c.fh_id == profiles.c.fh_id)
        is_there = exists(select(literal(1)).where(they, customers.c.vanished_at.is_(None)))
        query = select(profiles.c.fh_id, profiles.c.bits, new, is_there).where(
            profiles.c.account == self._account, where, new != self._asked(profiles.c.bits)
        )
        return [Differs(*row[:3]) for row in await self._tx.connection.execute(query) if row[3]]

    async def _vanished(self, chunk: Chunk) -> list[Differs]:
        query = select(customers.c.fh_id).where(
            customers.c.account == self._account, customers.c.vanished_at.is_not(None), chunk.of(customers.c.fh_id)
        )
        gone = (await self._tx.connection.execute(query)).scalars().all()
        if not gone:
            return []
        query = select(profiles.c.fh_id, profiles.c.bits, _big(0)).where(
            profiles.c.account == self._account, profiles.c.fh_id.in_(gone), self._asked(profiles.c.bits) != 0
        )
        return await self._found(query)

    def _new(self, asof: Asof, *, has_bought: bool = False) -> Any:
        def flag(one: Segment) -> Any:
            is_in = members(one.tree, asof, is_sqlite=self._tx.is_sqlite, has_bought=has_bought)
            return case((is_in, _big(bits_of([one]))), else_=_big(0))

        return sum(map(flag, self.segments), start=_big(0))

    def _asked(self, bits: Any) -> Any:
        return bits.bitwise_and(_big(self._mask))

    async def _found(self, query: Any) -> list[Differs]:
        return [Differs(*row[:3]) for row in await self._tx.connection.execute(query)]

    def moves(self, differ: Sequence[Differs]) -> Iterator[tuple[Segment, Differs, bool]]:
        """Each segment that somebody enters (True) or leaves."""
        flags = [(segment, bits_of([segment])) for segment in self.segments]
        for one in differ:
            turned = one.old ^ one.new
            for segment, flag in flags:
                if turned & flag:
                    yield segment, one, bool(one.new & flag)

    def bits(self, differ: Sequence[Differs]) -> dict[str, int]:
        """What to keep of them by id. Segments that are not asked for keep theirs: a paused one has its members."""
        return {one.fh_id: one.old & ~self._mask | one.new for one in differ}


class Among:
    """The questions are put into words once. On SQLite the ids are one value, and no row passes through SQLAlchemy."""

    def __init__(self, tx: Tx, query: Any, names: Sequence[str], of_the_vanished: Any = None) -> None:
        """`of_the_vanished` is there when `query` takes no notice of whether they have vanished."""
        self._tx = tx
        self._differ = _Question(tx, query)
        self._vanished = _Question(tx, of_the_vanished) if of_the_vanished is not None else None
        self._facts = facts_reader(("fh_id", "old", "new", "is_there", *names), self._differ.readers)

    async def differ(self, fh_ids: Sequence[str]) -> list[Differs]:
        """With what the segments ask of them, to say why."""
        gone = await self._vanished.rows(self._tx, fh_ids) if self._vanished is not None else []
        left_out = {row[0] for row in gone}
        found = [Differs(fh_id, old, 0) for fh_id, old, asked in gone if asked]
        facts = self._facts
        for row in await self._differ.rows(self._tx, fh_ids):
            if row[0] not in left_out:
                found.append(Differs(row[0], row[1], row[2], facts(row) if row[3] else None))
        return found


class _Question:
    def __init__(self, tx: Tx, query: Any) -> None:
        self._query = query
        self._prepared = Prepared(query, ("fh_ids",)) if tx.is_sqlite else None
        self.readers = self._prepared.readers if self._prepared is not None else ()
        """What makes values of what stands in some places of a row."""

    async def rows(self, tx: Tx, fh_ids: Sequence[str]) -> Sequence[Sequence[Any]]:
        if self._prepared is not None and tx.raw is not None:
            return self._prepared.unread(tx.raw, {"fh_ids": json.dumps(fh_ids)})
        return (await tx.connection.execute(self._query, {"fh_ids": fh_ids})).all()


def bits_of(segments: Sequence[Segment]) -> int:
    return sum(1 << one.bit for one in segments if one.bit is not None)


def _big(number: int) -> ColumnElement[int]:
    return literal(number, BigInteger)
