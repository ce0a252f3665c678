"""Asking a database who is in other segments than is kept of them: of some customers, or of all from one id to another."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache, partial
from itertools import chain
from types import MappingProxyType
from typing import Any

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
from bot.store.segment_facts import columns_for
from bot.store.segment_questions import QUESTIONS_KEPT, Among, AtOnce, Differs, Question, Rows, rows_of
from bot.store.segment_sql import WITH_PROFILES, customers, members, profiles
from bot.store.statements import Values
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
    """Customers whose ids come after one, up to another; None is up to the end. About half of them are up to the middle."""

    after: str
    middle: str | None
    last: str | None


async def next_chunk(tx: Tx, account: str, after: str, most: int) -> Chunk:
    """The next `most` customers."""
    middle = await _so_many_later(tx, account, after, most // 2) if most > 1 else after
    last = await _so_many_later(tx, account, middle, most - most // 2) if middle is not None else None
    return Chunk(after, middle, last)


async def _so_many_later(tx: Tx, account: str, after: str, many: int) -> str | None:
    found: str | None = await tx.value(_LATER, {"of_account": account, "after": after, "many": many - 1})
    return found


_LATER = (
    select(customers.c.fh_id)
    .where(customers.c.account == bindparam("of_account"), customers.c.fh_id > bindparam("after"))
    .order_by(customers.c.fh_id)
    .limit(1)
    .offset(bindparam("many", type_=BigInteger))
)


def asks_of_sales_alone(tree: Tree) -> bool:
    """Whether the profile alone says who is in, and whoever never bought is out.

    Then everybody is looked at by reading the profiles, which lie in the order of their ids: with the customers, which are
    much larger and lie as they came, it takes five times as long.
    """
    asked = {SEGMENT_FIELDS[one.field].fact for one in conditions(tree)}
    return asked <= PROFILE_FACTS and not holds(tree, Facts(), ANY_DAY)


@dataclass(frozen=True)
class Ask:
    """What is asked of an account's customers. Whoever is where they were is left out."""

    account: str
    segments: tuple[Segment, ...]
    zones: tuple[Zone, ...]
    is_sqlite: bool

    def places(self, now: datetime) -> Iterator[tuple[Asof, Bool]]:
        """Each zone with the condition that a customer's days are of it; every customer is in exactly one."""
        home = func.coalesce(profiles.c.home_store_id, "")
        elsewhere = [store_id for zone in self.zones[1:] for store_id in zone.store_ids]
        for number, zone in enumerate(self.zones):
            first = home.not_in(elsewhere) if elsewhere else true()
            yield Asof(now, zone.name), first if number == 0 else home.in_(zone.store_ids)

    async def differ(self, tx: Tx, chunk: Chunk, now: datetime) -> list[Differs]:
        """Of all between two ids."""
        found: dict[str, Differs] = {}
        for fh_id, old, new, is_one in await self._rows(tx, chunk, now) if self.segments else ():
            if is_one:
                found.setdefault(fh_id, Differs(fh_id, old, new))
        return list(found.values())

    async def _rows(self, tx: Tx, chunk: Chunk, now: datetime) -> Rows:
        """A thread looks at one half of them, where that is possible."""
        questions, at_once = _of_a_chunk(self, now, chunk.last is None)
        if tx.beside is None or at_once is None or chunk.middle is None:
            return await _all(tx, questions, {"after": chunk.after, "last": chunk.last})
        reading = tx.beside.start(partial(at_once.found, {"after": chunk.middle, "last": chunk.last}))
        questions, _ = _of_a_chunk(self, now, False)
        first = await _all(tx, questions, {"after": chunk.after, "last": chunk.middle})
        return [*first, *chain.from_iterable(map(rows_of, await reading))]

    @property
    def mask(self) -> int:
        return bits_of(self.segments)

    @property
    def are_of_sales_alone(self) -> bool:
        return all(asks_of_sales_alone(one.tree) for one in self.segments)

    def of_records(self, asof: Asof, where: Bool, columns: Sequence[Any] = ()) -> Any:
        old = func.coalesce(profiles.c.bits, _big(0))
        is_there = customers.c.vanished_at.is_(None)
        new = case((is_there, self._new(asof)), else_=_big(0))
        return (
            select(customers.c.fh_id, old.label("old"), new.label("new"), is_there.label("is_there"), *columns)
            .select_from(WITH_PROFILES)
            .where(customers.c.account == self.account, where, new != self._asked(old))
        )

    def of_profiles(self, asof: Asof, where: Bool, columns: Sequence[Any]) -> Any:
        """The same, when all segments ask of sales alone: nobody's record is read, and those who vanished must be left out.

        Whoever is in a segment is a customer.
        """
        they = (customers.c.account == profiles.c.account, customers.c.fh_id == profiles.c.fh_id)
        is_there = or_(profiles.c.bits != 0, exists(select(literal(1)).where(*they)))
        old, new = profiles.c.bits, self._new(asof, has_bought=True)
        return select(profiles.c.fh_id, old.label("old"), new.label("new"), true().label("is_there"), *columns).where(
            profiles.c.account == self.account, where, new != self._asked(old), is_there
        )

    def of_all_profiles(self, asof: Asof, where: Bool) -> Any:
        """The same without columns, of all between two ids.

        Whether they are customers is asked for as a column, and so of those alone who differ: as a condition, SQLite would
        look up everybody.
        """
        old, new = profiles.c.bits, self._new(asof, has_bought=True)
        they = and_(customers.c.account == profiles.c.account, customers.c.fh_id == profiles.c.fh_id)
        is_there = exists(select(literal(1)).where(they, customers.c.vanished_at.is_(None)))
        return select(profiles.c.fh_id, old.label("old"), new.label("new"), is_there.label("is_there")).where(
            profiles.c.account == self.account, where, new != self._asked(old)
        )

    def of_the_vanished(self, where: Bool, here: Bool) -> Any:
        """Asked by itself, for many at once: as a part of the other question it would take longer than all the rest of it."""
        gone = (
            select(customers.c.fh_id)
            .with_hint(customers, SHORT_INDEX, "sqlite")
            .where(customers.c.account == self.account, customers.c.vanished_at.is_not(None), where)
        )
        is_asked_for = self._asked(profiles.c.bits) != 0
        return select(
            profiles.c.fh_id, profiles.c.bits.label("old"), _big(0).label("new"), is_asked_for.label("is_in")
        ).where(profiles.c.account == self.account, here, profiles.c.fh_id.in_(gone))

    def _new(self, asof: Asof, *, has_bought: bool = False) -> Any:
        def flag(one: Segment) -> Any:
            is_in = members(one.tree, asof, is_sqlite=self.is_sqlite, has_bought=has_bought)
            return case((is_in, _big(bits_of([one]))), else_=_big(0))

        return sum(map(flag, self.segments), start=_big(0))

    def _asked(self, bits: Any) -> Any:
        return bits.bitwise_and(_big(self.mask))

    def moves(self, differ: Sequence[Differs]) -> Iterator[tuple[Segment, bool, Sequence[Differs]]]:
        """Each segment with those who enter it (True), and with those who leave it. It may be told in several parts."""
        alike: dict[tuple[int, int], list[Differs]] = defaultdict(list)
        for one in differ:
            alike[one.old ^ one.new, one.new].append(one)
        for (turned, new), they in alike.items():
            for segment in self.segments:
                flag = bits_of([segment])
                if turned & flag:
                    yield segment, bool(new & flag), they

    def bits(self, differ: Sequence[Differs], known: Mapping[str, int] = MappingProxyType({})) -> dict[str, int]:
        """What to keep of them by id. Segments that are not asked for keep theirs: a paused one has its members. `known` are
        the bits that some are about to have by what was asked of other segments."""
        others = ~self.mask
        return {one.fh_id: known.get(one.fh_id, one.old) & others | one.new for one in differ}


@lru_cache(maxsize=QUESTIONS_KEPT)
def among(ask: Ask, asof: Asof, number: int) -> Among:
    """To ask about some customers of the zone with this number."""
    here = [where for _, where in ask.places(asof.now)][number]
    columns = columns_for(ask.segments)
    names = [one.name for one in columns]

    def is_one(fh_id: Any) -> Any:
        if not ask.is_sqlite:
            return fh_id == any_(bindparam("fh_ids", type_=ARRAY(String)))
        some = func.json_each(bindparam("fh_ids", type_=Text)).table_valued("value")
        return fh_id.in_(select(some.c.value))

    if not ask.are_of_sales_alone:
        query = ask.of_records(asof, and_(here, is_one(customers.c.fh_id)), columns)
        return Among(Question(query, ("fh_ids",), is_sqlite=ask.is_sqlite), names, None, None)
    query = ask.of_profiles(asof, and_(here, is_one(profiles.c.fh_id)), columns)
    gone = ask.of_the_vanished(is_one(customers.c.fh_id), here)
    questions = [Question(one, ("fh_ids",), is_sqlite=ask.is_sqlite) for one in (query, gone)]
    return Among(questions[0], names, questions[1], AtOnce((gone, query), ("fh_ids",)) if ask.is_sqlite else None)


@lru_cache(maxsize=QUESTIONS_KEPT)
def _of_a_chunk(ask: Ask, now: datetime, is_last: bool) -> tuple[list[Question], AtOnce | None]:
    """First of those who vanished, where the others take no notice of it."""
    names = ("after",) if is_last else ("after", "last")

    def between(fh_id: Any) -> Bool:
        return and_(fh_id > bindparam("after"), *([] if is_last else [fh_id <= bindparam("last")]))

    queries = []
    for asof, here in ask.places(now):
        if ask.are_of_sales_alone:
            queries.append(ask.of_all_profiles(asof, and_(here, between(profiles.c.fh_id))))
        else:
            each = ask.of_records(asof, and_(here, between(customers.c.fh_id))).subquery().c
            queries.append(select(each.fh_id, each.old, each.new, true()))
    if ask.are_of_sales_alone:
        queries.insert(0, ask.of_the_vanished(between(customers.c.fh_id), true()))
    questions = [Question(one, names, is_sqlite=ask.is_sqlite) for one in queries]
    return questions, AtOnce(queries, names) if ask.is_sqlite else None


async def _all(tx: Tx, questions: Sequence[Question], named: Values) -> Rows:
    return [row for question in questions for row in await question.rows(tx, named)]


def bits_of(segments: Sequence[Segment]) -> int:
    return sum(1 << one.bit for one in segments if one.bit is not None)


def _big(number: int) -> ColumnElement[int]:
    return literal(number, BigInteger)
