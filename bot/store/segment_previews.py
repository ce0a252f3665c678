"""Who a segment would have, before it is one: counted, not kept. None of it is for the loop."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, and_, cast, func, literal, or_, select

from bot.rules.segments.catalogue import Segment
from bot.rules.segments.days import Asof
from bot.rules.segments.facts import Facts
from bot.rules.segments.trees import Tree
from bot.store.customers import Kept, data_key_of, kept_of
from bot.store.segment_figures import REACHED_BY_EMAIL, REACHED_BY_SMS, Figures
from bot.store.segment_members import Zone, facts_of_row
from bot.store.segment_sql import WITH_PROFILES, customers, members, profiles
from bot.store.transaction import Tx


@dataclass(frozen=True)
class Counted:
    """`shared` is how many are in other segments too, by their keys."""

    figures: Figures
    shared: dict[str, int] = field(default_factory=dict)


async def count_now(
    tx: Tx, account: str, tree: Tree, zones: Sequence[Zone], now: datetime, others: Sequence[Segment]
) -> Counted:
    with_bits = [one for one in others if one.bit is not None]
    flags = [profiles.c.bits.bitwise_and(literal(1 << (one.bit or 0), BigInteger)) != 0 for one in with_bits]
    sums = [
        func.count(),
        func.count().filter(REACHED_BY_SMS),
        func.count().filter(REACHED_BY_EMAIL),
        cast(func.coalesce(func.sum(profiles.c.total_spent_cents), 0), BigInteger),
        *(func.count().filter(flag) for flag in flags),
    ]
    query = (
        select(*(one.label(f"sum_{number}") for number, one in enumerate(sums)))
        .select_from(WITH_PROFILES)
        .where(*_fitting(tx, account, tree, zones, now))
    )
    numbers = [int(number) for number in (await tx.connection.execute(query)).one()]
    shared = dict(zip([one.key for one in with_bits], numbers[4:], strict=True))
    return Counted(Figures(*numbers[:4]), shared)


async def some_fitting(
    tx: Tx, account: str, tree: Tree, zones: Sequence[Zone], now: datetime, *, most: int
) -> Sequence[Kept]:
    """A few of them, without their profiles; the same ones each time."""
    key = await data_key_of(tx, account)
    if key is None:
        return []
    query = select(customers).select_from(WITH_PROFILES).where(*_fitting(tx, account, tree, zones, now)).limit(most)
    return [kept_of(row, key, None) for row in (await tx.connection.execute(query)).mappings().all()]


@dataclass(frozen=True)
class Sampled:
    """`people` are facts as of now and since when Flowhub has somebody; drawn without regard to who they are, of `of`."""

    people: Sequence[tuple[Facts, datetime | None]]
    of: int


async def sampled(tx: Tx, account: str, *, most: int) -> Sampled:
    """At most so many of those who are there. Records' prints are as good as dice, and the same tomorrow."""
    here = (customers.c.account == account, customers.c.vanished_at.is_(None))
    count = int((await tx.connection.execute(select(func.count()).select_from(customers).where(*here))).scalar_one())
    own = [column for column in profiles.c if column.name in Facts._fields and column.name != "fh_id"]
    query = select(customers, *own).select_from(WITH_PROFILES).where(*here).order_by(customers.c.print).limit(most)
    rows = (await tx.connection.execute(query)).mappings()
    return Sampled([(facts_of_row(row), row["created_at"]) for row in rows], count)


def _fitting(tx: Tx, account: str, tree: Tree, zones: Sequence[Zone], now: datetime) -> tuple[ColumnElement[Any], ...]:
    """Those who are there and of whom the tree holds, each in the zone of their home store."""
    home = func.coalesce(profiles.c.home_store_id, "")
    elsewhere = [store_id for zone in zones[1:] for store_id in zone.store_ids]
    places = [
        and_(
            home.not_in(elsewhere) if number == 0 else home.in_(zone.store_ids),
            members(tree, Asof(now, zone.name), is_sqlite=tx.is_sqlite),
        )
        for number, zone in enumerate(zones)
    ]
    return customers.c.account == account, customers.c.vanished_at.is_(None), or_(*places)
