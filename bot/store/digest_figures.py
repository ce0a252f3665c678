"""What a digest counts of sales and customers, as queries. Not for the loop. A customer belongs to their home store.

The same sales count as in `bot.rules.profiles`, but for a cart of which each line was voided, which costs nothing.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import and_, case, exists, func, or_, select
from sqlalchemy.sql import Select

from bot.rules.digests import LAPSED_AFTER
from bot.rules.profiles import COMPLETED
from bot.rules.sales import ORDER_AHEAD_TYPES
from bot.rules.segments.days import ONE_DAY, Asof
from bot.rules.segments.trees import Tree
from bot.store.customer_rows import ProfileRow, SaleRow
from bot.store.segment_sql import WITH_PROFILES, customers, members
from bot.store.segment_sql import profiles as with_profiles
from bot.store.transaction import Tx

sales: Any = SaleRow.__table__  # type: ignore[attr-defined]
profiles: Any = ProfileRow.__table__  # type: ignore[attr-defined]

LONGEST_SALE = timedelta(days=2)
"""Between a sale's beginning, which is indexed, and its end."""


@dataclass(frozen=True)
class DaySales:
    """What was bought on one day less what was given back on it, and what of it was placed ahead. Cents."""

    sales: int = 0
    cents: int = 0
    ahead: int = 0
    ahead_cents: int = 0


@dataclass(frozen=True)
class Counted:
    """`days` by local day; a day without a sale is missing. `flow` by the name of its tree."""

    days: Mapping[date, DaySales]
    flow: Mapping[str, int]
    won_back: int
    about_to_lapse: tuple[str, ...] = ()


async def count(
    tx: Tx,
    account: str,
    store_ids: Collection[str],
    *,
    month: Sequence[date],
    told: Sequence[date],
    trees: Mapping[str, Tree],
    asof: Asof,
    most_named: int = 0,
) -> Counted:
    """`store_ids` are those that sales name. `most_named` ids of those about to lapse, who spent most first."""
    queries: dict[str, Any] = {"days": _by_day(account, store_ids, month, asof)}
    for name, tree in trees.items():
        queries[f"flow {name}"] = _customers(account, store_ids, tree, asof, tx.is_sqlite).with_only_columns(
            func.count().label("number")
        )
    for day in told:
        queries[f"back {day}"] = _won_back(account, store_ids, day, asof)
    if most_named:
        here = _customers(account, store_ids, trees["about_to_lapse"], asof, tx.is_sqlite)
        spent = func.coalesce(with_profiles.c.total_spent_cents, 0)
        queries["named"] = here.order_by(spent.desc(), customers.c.fh_id).limit(most_named)
    found = {name: (await tx.connection.execute(query)).mappings().all() for name, query in queries.items()}
    days = {month[row["place"]]: DaySales(*(int(row[name] or 0) for name in _COUNTS)) for row in found["days"]}
    return Counted(
        days=days,
        flow={name: int(found[f"flow {name}"][0]["number"]) for name in trees},
        won_back=sum(int(found[f"back {day}"][0]["number"]) for day in told),
        about_to_lapse=tuple(str(row["fh_id"]) for row in found.get("named", ())),
    )


_COUNTS = ("sales", "cents", "ahead", "ahead_cents")
_not_voided = and_(sales.c.is_voided.is_(False), sales.c.vanished_at.is_(None), sales.c.status.in_(sorted(COMPLETED)))
_bought = and_(_not_voided, sales.c.original_id == "", sales.c.total_cents >= 0, sales.c.completed_at.is_not(None))
_given_back = and_(_not_voided, or_(sales.c.original_id != "", sales.c.total_cents < 0))


def _by_day(account: str, store_ids: Collection[str], days: Sequence[date], asof: Asof) -> "Select[Any]":
    when = func.coalesce(sales.c.completed_at, sales.c.created_at)
    first, end = asof.start(days[0]), asof.start(days[-1] + ONE_DAY)
    place = case(
        *((when < asof.start(day + ONE_DAY), number) for number, day in enumerate(days[:-1])), else_=len(days) - 1
    )
    one = case((_bought, 1), else_=0)
    cents = case((_bought, sales.c.total_cents), (_given_back, -func.abs(sales.c.total_cents)), else_=0)
    is_ahead = _placed_ahead()
    return (
        select(
            place.label("place"),
            func.sum(one).label("sales"),
            func.sum(cents).label("cents"),
            func.sum(case((is_ahead, one), else_=0)).label("ahead"),
            func.sum(case((is_ahead, cents), else_=0)).label("ahead_cents"),
        )
        .where(sales.c.account == account, sales.c.store_id.in_(list(store_ids)))
        .where(sales.c.created_at >= first - LONGEST_SALE, sales.c.created_at < end)
        .where(when >= first, when < end, or_(_bought, _given_back))
        .group_by("place")
    )


def _placed_ahead() -> Any:
    """As `bot.rules.sales.placed_ahead`, which looks at the letters alone."""
    word = func.lower(sales.c.order_type)
    for between in (" ", "-", "_"):
        word = func.replace(word, between, "")
    return word.in_(sorted(ORDER_AHEAD_TYPES))


def _customers(account: str, store_ids: Collection[str], tree: Tree, asof: Asof, is_sqlite: bool) -> "Select[Any]":
    return (
        select(customers.c.fh_id)
        .select_from(WITH_PROFILES)
        .where(
            customers.c.account == account,
            customers.c.vanished_at.is_(None),
            with_profiles.c.home_store_id.in_(list(store_ids)),
            members(tree, asof, is_sqlite=is_sqlite),
        )
    )


def _won_back(account: str, store_ids: Collection[str], day: date, asof: Asof) -> "Select[Any]":
    """Who bought on a day on whose morning they had lapsed."""
    begins, ends = asof.start(day), asof.start(day + ONE_DAY)
    lapsed_since = asof.start(day - (LAPSED_AFTER - 1) * ONE_DAY)
    earlier = sales.alias("earlier")

    def bought_before(*between: Any) -> Any:
        same = and_(earlier.c.account == account, earlier.c.customer_id == sales.c.customer_id)
        counts = and_(
            earlier.c.is_voided.is_(False),
            earlier.c.vanished_at.is_(None),
            earlier.c.status.in_(sorted(COMPLETED)),
            earlier.c.original_id == "",
            earlier.c.total_cents >= 0,
        )
        return exists().where(same, counts, *between)

    return (
        select(func.count(func.distinct(sales.c.customer_id)).label("number"))
        .select_from(
            sales.join(profiles, and_(profiles.c.account == sales.c.account, profiles.c.fh_id == sales.c.customer_id))
        )
        .where(sales.c.account == account, profiles.c.home_store_id.in_(list(store_ids)), _bought)
        .where(sales.c.created_at >= begins - LONGEST_SALE, sales.c.created_at < ends)
        .where(sales.c.completed_at >= begins, sales.c.completed_at < ends)
        .where(bought_before(earlier.c.completed_at < lapsed_since))
        .where(~bought_before(earlier.c.completed_at >= lapsed_since, earlier.c.completed_at < begins))
    )
