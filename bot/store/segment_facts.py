"""What segments know of a customer, out of rows."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any

from bot.rules.segments.catalogue import Segment
from bot.rules.segments.facts import Facts
from bot.rules.segments.fields import SEGMENT_FIELDS
from bot.rules.segments.trees import conditions
from bot.store.segment_sql import customers, profiles
from bot.store.statements import Readers

LISTS = ("groups", "products", "categories")
HELD_IN = {"has_email": "email_print", "has_mobile": "mobile_print"}
"""Whether there is one is told by the print of it."""


def columns_for(segments: Iterable[Segment]) -> list[Any]:
    """Those of customers and of profiles that the segments ask of, to be given to `facts_reader` by their names."""
    asked = {SEGMENT_FIELDS[one.field].fact for segment in segments for one in conditions(segment.tree)}
    named = {*(HELD_IN.get(fact, fact) for fact in asked)}
    from_customers = [one for one in customers.c if one.name in named]
    return from_customers + [one for one in profiles.c if one.name in named and one.name not in customers.c]


def facts_of_row(row: Mapping[Any, Any]) -> Facts:
    """Out of the columns of a customer and of a profile, which are all NULL for one who never bought."""
    return facts_reader(tuple(row))(tuple(row.values()))


@lru_cache(maxsize=1_000)
def facts_reader(names: tuple[str, ...], readers: Readers = ()) -> Callable[[Sequence[Any]], Facts]:
    """The same out of many rows that have these columns in this order; those that are nobody's fact are left out.

    `readers` make values of what a driver has in some of the places (`Prepared.unread`).
    """
    fact_of = {column: fact for fact, column in HELD_IN.items()}
    by_place = dict(readers)
    reads = []
    for number, name in enumerate(names):
        fact = fact_of.get(name, name)
        if fact in Facts._fields:
            read = bool if name in fact_of else _names_in if name in LISTS else by_place.get(number)
            reads.append((number, Facts._fields.index(fact), read))
    unknown = list(Facts())
    made: Callable[[list[Any]], Facts] = partial(tuple.__new__, Facts)  # `_make` would count them once more

    def facts(row: Sequence[Any]) -> Facts:
        known = unknown.copy()
        for number, place, read in reads:
            value = row[number]
            if value is not None:
                known[place] = value if read is None else read(value)
        return made(known)

    return facts


def _names_in(listed: str) -> tuple[str, ...]:
    return tuple(json.loads(listed or "[]"))
