"""What segments know of a customer, out of rows."""

import json
from collections.abc import Iterable
from typing import Any

from bot.rules.segments.catalogue import Segment
from bot.rules.segments.facts import Facts
from bot.rules.segments.fields import SEGMENT_FIELDS
from bot.rules.segments.trees import conditions
from bot.store.segment_sql import customers, profiles

LISTS = ("groups", "products", "categories")
HELD_IN = {"has_email": "email_print", "has_mobile": "mobile_print"}
"""Whether there is one is told by the print of it."""


def columns_for(segments: Iterable[Segment]) -> list[Any]:
    """Those of customers and of profiles that the segments ask of, to be given to `facts_of_row` by their names."""
    asked = {SEGMENT_FIELDS[one.field].fact for segment in segments for one in conditions(segment.tree)}
    named = {"fh_id", "vanished_at", *(HELD_IN.get(fact, fact) for fact in asked)}
    from_customers = [one for one in customers.c if one.name in named]
    return from_customers + [one for one in profiles.c if one.name in named and one.name not in customers.c]


def facts_of_row(row: Any) -> Facts:
    """Out of the columns of a customer and of a profile, which are all NULL for one who never bought."""
    found = {name: value for name, value in row.items() if value is not None and name in _NAMES}
    for name in LISTS:
        if name in found:
            found[name] = tuple(json.loads(found[name] or "[]"))
    for fact, column in HELD_IN.items():
        if column in row:
            found[fact] = row[column] is not None
    return Facts(**found)


_NAMES = frozenset(Facts._fields)
