"""Questions that are asked many times in one evaluation, put into words once."""

import sqlite3
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from functools import cached_property
from itertools import islice
from typing import Any, NamedTuple, TypeVar

import msgspec
from sqlalchemy import func, select

from bot.rules.segments.facts import Facts
from bot.store.segment_facts import facts_reader
from bot.store.statements import Prepared, Values, readers_of
from bot.store.transaction import Tx

T = TypeVar("T")
Rows = Sequence[Sequence[Any]]
QUESTIONS_KEPT = 16
"""An evaluation asks the same ones in each of its steps, and putting them into words takes some milliseconds."""
MOST_READ = 500
LINE = "\n"
"""Between two rows of JSON, which has none in it."""
_written = msgspec.json.Encoder().encode
_rows = msgspec.json.Decoder(list[list[Any]]).decode


class Differs(NamedTuple):
    """Somebody's bits: `new` are those of the segments that were asked for, `old` of all. `facts` are there where they were
    asked for, too, and the customer has not vanished."""

    fh_id: str
    old: int
    new: int
    facts: Facts | None = None


class Question:
    """On SQLite no row passes through SQLAlchemy, and a list of values is one value, of JSON."""

    def __init__(self, query: Any, names: Sequence[str], *, is_sqlite: bool) -> None:
        self._query = query
        self._names = names
        self.readers = readers_of(query) if is_sqlite else ()

    async def rows(self, tx: Tx, named: Values) -> Rows:
        if tx.raw is not None:
            return self._prepared.unread(tx.raw, _each_one(named))
        return (await tx.connection.execute(self._query, named)).all()

    @cached_property
    def _prepared(self) -> Prepared:
        """Not before it is asked: `AtOnce` may be asked instead, and putting it into words takes some milliseconds."""
        return Prepared(self._query, self._names)


class AtOnce:
    """Questions of SQLite as one statement with one row. What they ask for are texts and whole numbers.

    SQLite makes the row without Python's lock. Row by row, the lock would change hands as often, and each time the loop and
    whoever else computes would wait for it.
    """

    def __init__(self, queries: Sequence[Any], names: Sequence[str]) -> None:
        self._prepared = Prepared(select(*map(_all_rows, queries)), names)

    def found(self, named: Values, connection: sqlite3.Connection) -> Sequence[str | None]:
        """What each of them finds, for `rows_of`."""
        values = self._prepared.unread(connection, _each_one(named))
        return values[0]


def rows_of(found: str | None) -> Rows:
    """A piece at a time, between which the loop may have a turn: there may be tens of thousands."""
    lines = iter(found.split(LINE) if found else ())
    rows: list[list[Any]] = []
    while some := list(islice(lines, MOST_READ)):
        rows += _rows(f"[{','.join(some)}]")
    return rows


def _all_rows(query: Any) -> Any:
    asked = query.subquery()
    return select(func.group_concat(func.json_array(*asked.c), LINE)).scalar_subquery()


def _each_one(named: Values) -> Values:
    return {name: _written(value).decode() if isinstance(value, list) else value for name, value in named.items()}


class Among:
    """To ask of some customers after the others who of them differs, with what the segments ask of them, to say why."""

    def __init__(self, differ: Question, names: Sequence[str], gone: Question | None, at_once: AtOnce | None) -> None:
        """`gone` is there when `differ` takes no notice of whether they have vanished. `at_once` asks both, `gone` first."""
        self._differ = differ
        self._gone = gone
        self._at_once = at_once
        self._facts = facts_reader(("fh_id", "old", "new", "is_there", *names), differ.readers)

    async def each(self, tx: Tx, many: Iterable[list[str]], make: Callable[[list[Differs]], T]) -> AsyncIterator[T]:
        """What is made of those who differ among some ids, and then among others.

        Where a thread can look at them, it does so and makes it while somebody works on what was made before. It does not see
        what `tx` has written.
        """
        if tx.beside is not None and self._at_once is not None:
            at_once = self._at_once

            def look(fh_ids: list[str], connection: sqlite3.Connection) -> T:
                gone, differ = map(rows_of, at_once.found({"fh_ids": fh_ids}, connection))
                return make(self._found(gone, differ))

            async for made in tx.beside.ahead(look, many):
                yield made
            return
        for fh_ids in many:
            named = {"fh_ids": fh_ids}
            gone = await self._gone.rows(tx, named) if self._gone is not None else ()
            yield make(self._found(gone, await self._differ.rows(tx, named)))

    def _found(self, gone: Rows, rows: Rows) -> list[Differs]:
        left_out = {row[0] for row in gone}
        found = [Differs(fh_id, old, new) for fh_id, old, new, is_in in gone if is_in]
        facts = self._facts
        for row in rows:
            if row[0] not in left_out:
                found.append(Differs(row[0], row[1], row[2], facts(row) if row[3] else None))
        return found
