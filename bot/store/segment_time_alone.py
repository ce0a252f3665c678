"""Whom an evaluation has to look at: whose data changed, and whom time alone can have moved."""

from collections.abc import Awaitable, Sequence
from functools import cache, lru_cache, partial
from typing import Any

from sqlalchemy import String, Text, bindparam, func, select, union

from bot.rules.segments.fields import SEGMENT_FIELDS
from bot.rules.segments.time_alone import Crossing
from bot.store.segment_questions import QUESTIONS_KEPT, AtOnce, rows_of
from bot.store.segment_sql import profiles
from bot.store.transaction import Tx


def to_look_at(tx: Tx, account: str, changed: Sequence[str], crossings: Sequence[Crossing]) -> Awaitable[list[str]]:
    """The ids of those who changed, and of those whose date is in one of the crossings, in their order.

    Where a thread can look for them, it does so from now on. SQLite sorts thousands without Python's lock.
    """
    if tx.beside is None:
        return _one_by_one(tx, account, changed, crossings)
    named: dict[str, Any] = {"changed": changed, "of_account": account}
    for number, one in enumerate(crossings):
        named |= {f"since_{number}": one.span.since, f"until_{number}": one.span.until}
    at_once = _at_once(tuple(one.field for one in crossings))
    return _ids(tx.beside.start(partial(at_once.found, named)))


async def _one_by_one(tx: Tx, account: str, changed: Sequence[str], crossings: Sequence[Crossing]) -> list[str]:
    found = set(changed)
    for one in crossings:
        named = {"of_account": account, "since_0": one.span.since, "until_0": one.span.until}
        found.update(await tx.firsts(_within(one.field, 0), named))
    return sorted(found)


async def _ids(reading: Awaitable[Sequence[str | None]]) -> list[str]:
    return [fh_id for found in await reading for (fh_id,) in rows_of(found)]


@cache
def _within(field: str, number: int) -> Any:
    """The ids of profiles `of_account` whose date is within the crossing with this number."""
    at = profiles.c[SEGMENT_FIELDS[field].fact]
    since, until = (bindparam(f"{name}_{number}", type_=at.type) for name in ("since", "until"))
    account = profiles.c.account == bindparam("of_account", type_=String)
    return select(profiles.c.fh_id).where(account, at >= since, at < until)


@lru_cache(maxsize=QUESTIONS_KEPT)
def _at_once(fields: Sequence[str]) -> AtOnce:
    given = func.json_each(bindparam("changed", type_=Text)).table_valued("value")
    each = [select(given.c.value.label("fh_id")), *(_within(field, number) for number, field in enumerate(fields))]
    names = [
        "changed",
        "of_account",
        *(f"{name}_{number}" for number in range(len(fields)) for name in ("since", "until")),
    ]
    found = union(*each).subquery()
    return AtOnce([select(found.c.fh_id).order_by(found.c.fh_id)], names)
