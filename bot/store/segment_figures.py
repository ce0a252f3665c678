"""What a segment is worth: how many it has, whom a text or an e-mail reaches, what they spent; for each home store."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, and_, case, cast, delete, func, insert, literal_column, select

from bot.rules.segments.catalogue import Segment
from bot.store.segment_rows import SegmentFiguresRow
from bot.store.segment_sql import customers, profiles
from bot.store.sync_runs import drop_position, positions, put_position
from bot.store.transaction import Tx

OLD = "old segment figures"
table: Any = SegmentFiguresRow.__table__  # type: ignore[attr-defined]
REACHED_BY_SMS = and_(customers.c.consents_sms.is_(True), customers.c.mobile_print.is_not(None))
REACHED_BY_EMAIL = and_(customers.c.consents_email.is_(True), customers.c.email_print.is_not(None))


@dataclass(frozen=True)
class Figures:
    """Of one segment, as it was last evaluated. Money is cents."""

    size: int = 0
    by_sms: int = 0
    by_email: int = 0
    spent_cents: int = 0

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(
            self.size + other.size,
            self.by_sms + other.by_sms,
            self.by_email + other.by_email,
            self.spent_cents + other.spent_cents,
        )


async def figures_of(tx: Tx, account: str, store_ids: Collection[str] | None = None) -> dict[str, Figures]:
    """By segment key; of the customers of these stores (Flowhub's ids), or of all. Of one without members there is nothing."""
    query = select(table).where(table.c.account == account)
    if store_ids is not None:
        query = query.where(table.c.store_id.in_(list(store_ids)))
    found: dict[str, Figures] = defaultdict(Figures)
    for row in (await tx.connection.execute(query)).mappings():
        found[row["segment_key"]] += Figures(row["size"], row["by_sms"], row["by_email"], row["spent_cents"])
    return dict(found)


async def add_up(tx: Tx, account: str, segments: Sequence[Segment]) -> list[dict[str, Any]]:
    """Rows for `put_figures`. Reads every member once, and each group of those who are alike; not for the loop."""
    found: dict[tuple[str, str], Figures] = defaultdict(Figures)
    for store_id, bits, by_sms, by_email, size, spent in await tx.connection.execute(those_alike(account)):
        theirs = Figures(size, size * by_sms, size * by_email, int(spent))
        for one in segments:
            if one.bit is not None and bits >> one.bit & 1:
                found[one.key, store_id] += theirs
    return [
        {"account": account, "segment_key": key, "store_id": store_id, **asdict(figures)}
        for (key, store_id), figures in found.items()
    ]


def those_alike(account: str) -> Any:
    """How many of each kind, and what they spent. Profiles and an index of customers are read side by side, in their order.

    Whoever is in a segment is a customer: it is an outer join to have SQLite begin with the profiles.
    """
    alike = (profiles.c.home_store_id, profiles.c.bits, _flag(REACHED_BY_SMS), _flag(REACHED_BY_EMAIL))
    they = and_(profiles.c.account == customers.c.account, profiles.c.fh_id == customers.c.fh_id)
    return (
        select(*alike, func.count(), cast(func.sum(profiles.c.total_spent_cents), BigInteger))
        .select_from(profiles.outerjoin(customers, they))
        .with_hint(customers, "INDEXED BY ix_customers_reach", "sqlite")
        .where(profiles.c.account == account, profiles.c.bits != 0)
        .group_by(*alike)
    )


def _flag(condition: ColumnElement[bool]) -> ColumnElement[int]:
    """Without values of its own: PostgreSQL would not know the two places for the same expression."""
    return case((condition, literal_column("1")), else_=literal_column("0"))


async def get_old(tx: Tx, account: str) -> None:
    """Somebody moved, or their data changed: figures must be added up anew. In the transaction that does it."""
    await put_position(tx, account, OLD, True)


async def are_old(tx: Tx, account: str) -> bool:
    return OLD in await positions(tx, account)


async def put_figures(tx: Tx, account: str, rows: Sequence[dict[str, Any]]) -> None:
    """In place of those that were there."""
    await drop_position(tx, account, OLD)
    await tx.connection.execute(delete(table).where(table.c.account == account))
    if rows:
        await tx.connection.execute(insert(table), list(rows))
