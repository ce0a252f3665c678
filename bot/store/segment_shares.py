"""The segments of an account by the stores of their members: sizes, who can be reached, and who moved. Off the loop.

A customer belongs to their home store; whoever never bought belongs to none, and is in the account's figures alone.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, and_, case, func, literal, select
from sqlalchemy.sql import Select

from bot.rules.segments.catalogue import Segment, State
from bot.store.apart import read_apart
from bot.store.database import Database
from bot.store.segment_rows import MembershipRow, MovementRow
from bot.store.segment_sql import customers, profiles

memberships: Any = MembershipRow.__table__  # type: ignore[attr-defined]
movements: Any = MovementRow.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Share:
    """Of one segment, at one store. Cents."""

    size: int = 0
    by_sms: int = 0
    by_email: int = 0
    spent_cents: int = 0
    entered: int = 0
    left: int = 0


NOBODY = Share()


@dataclass(frozen=True)
class Shares:
    """By the id of the home store and the segment's key."""

    by_store: Mapping[tuple[str, str], Share]

    def at(self, store_id: str, key: str) -> Share:
        return self.by_store.get((store_id, key), NOBODY)

    def of_all(self, key: str) -> Share:
        mine = [share for (_, segment), share in self.by_store.items() if segment == key]
        return Share(*(sum(getattr(share, name) for share in mine) for name in Share.__dataclass_fields__))


def told_of(segments: Sequence[Segment]) -> list[Segment]:
    """Of a paused segment nothing is told, and an archived one has nobody."""
    return [one for one in segments if one.state is State.ACTIVE and one.bit is not None]


async def shares(
    database: Database, account: str, segments: Sequence[Segment], since: Mapping[str, datetime]
) -> Shares:
    """`since` is from when on moves are counted, by the id of the home store; "" for whoever has none, and those forgotten.

    Raises Unavailable, and on PostgreSQL what `Database.read` raises.
    """
    if not segments:
        return Shares({})
    queries: dict[str, Any] = {"sizes": _sizes(account, segments)}
    earliest = min(since.values())
    for moment in sorted(set(since.values())):
        queries[f"moves {moment}"] = _moves(account, segments, moment)
    found = await read_apart(database, queries)
    made: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for row in found["sizes"]:
        for segment in segments:
            made[row["home"], segment.key] |= {
                name: int(row[f"{name} {segment.key}"] or 0) for name in ("size", "by_sms", "by_email", "spent_cents")
            }
    for moment in set(since.values()):
        for row in found[f"moves {moment}"]:
            if since.get(row["home"], earliest) == moment:
                made[row["home"], row["segment_key"]]["entered" if row["entered"] else "left"] = int(row["number"])
    return Shares({key: Share(**counts) for key, counts in made.items()})


async def reasons(database: Database, account: str, key: str, since: datetime, store_id: str | None) -> dict[str, int]:
    """The words of those who moved, at a store or (None) in the account, and how many each is said of."""
    home = func.coalesce(profiles.c.home_store_id, "")
    query = (
        select(movements.c.why, func.count().label("number"))
        .select_from(movements.outerjoin(profiles, _theirs(movements)))
        .where(movements.c.account == account, movements.c.segment_key == key, movements.c.at > since)
        .where(*(() if store_id is None else (home == store_id,)))
        .group_by(movements.c.why)
    )
    found = await read_apart(database, {"why": query})
    return {str(row["why"]): int(row["number"]) for row in found["why"] if row["why"]}


def _sizes(account: str, segments: Sequence[Segment]) -> "Select[Any]":
    home = func.coalesce(profiles.c.home_store_id, "").label("home")
    has_mobile = and_(customers.c.consents_sms.is_(True), customers.c.mobile_print.is_not(None))
    has_email = and_(customers.c.consents_email.is_(True), customers.c.email_print.is_not(None))
    columns: list[Any] = [home]
    for segment in segments:
        is_in = memberships.c.bits.bitwise_and(literal(1 << (segment.bit or 0), BigInteger)) != 0
        columns += [
            func.sum(case((is_in, 1), else_=0)).label(f"size {segment.key}"),
            func.sum(case((and_(is_in, has_mobile), 1), else_=0)).label(f"by_sms {segment.key}"),
            func.sum(case((and_(is_in, has_email), 1), else_=0)).label(f"by_email {segment.key}"),
            func.sum(case((is_in, func.coalesce(profiles.c.total_spent_cents, 0)), else_=0)).label(
                f"spent_cents {segment.key}"
            ),
        ]
    theirs = and_(customers.c.account == memberships.c.account, customers.c.fh_id == memberships.c.fh_id)
    return (
        select(*columns)
        .select_from(memberships.join(customers, theirs).outerjoin(profiles, _theirs(memberships)))
        .where(memberships.c.account == account, memberships.c.bits != 0, customers.c.vanished_at.is_(None))
        .group_by("home")
    )


def _moves(account: str, segments: Sequence[Segment], since: datetime) -> "Select[Any]":
    return (
        select(
            func.coalesce(profiles.c.home_store_id, "").label("home"),
            movements.c.segment_key,
            movements.c.entered,
            func.count().label("number"),
        )
        .select_from(movements.outerjoin(profiles, _theirs(movements)))
        .where(movements.c.account == account, movements.c.at > since)
        .where(movements.c.segment_key.in_([one.key for one in segments]))
        .group_by("home", movements.c.segment_key, movements.c.entered)
    )


def _theirs(table: Any) -> Any:
    return and_(profiles.c.account == table.c.account, profiles.c.fh_id == table.c.fh_id)
