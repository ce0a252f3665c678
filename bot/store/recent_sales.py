"""Who reached a number by what they bought lately: what they have now, less what they bought since."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, select

from bot.rules.automations import Measure
from bot.rules.occasions import Crossing
from bot.store.customer_rows import ProfileRow, SaleRow
from bot.store.transaction import Tx

sales: Any = SaleRow.__table__  # type: ignore[attr-defined]
profiles: Any = ProfileRow.__table__  # type: ignore[attr-defined]


async def reached_lately(
    tx: Tx, account: str, store_ids: Sequence[str], measure: Measure, threshold: int, *, since: datetime, most: int
) -> list[Crossing]:
    """For orders and money spent. Near enough for a try: refunds count for the day on which they were made. `store_ids` are
    those that sales name."""
    is_spent = measure is Measure.SPENT
    bought = func.sum(sales.c.total_cents) if is_spent else func.count()
    lately = (
        select(sales.c.customer_id, bought.label("bought"), func.max(sales.c.created_at).label("at"))
        .where(
            sales.c.account == account,
            sales.c.store_id.in_(list(store_ids)),
            sales.c.created_at >= since,
            sales.c.customer_id != "",
            sales.c.original_id == "",
            sales.c.is_voided.is_(False),
            sales.c.vanished_at.is_(None),
            sales.c.completed_at.is_not(None),
        )
        .group_by(sales.c.customer_id)
        .subquery()
    )
    now = profiles.c.total_spent_cents if is_spent else profiles.c.total_orders
    theirs = and_(profiles.c.account == account, profiles.c.fh_id == lately.c.customer_id)
    query = (
        select(profiles.c.fh_id, now.label("now"), lately.c.bought, lately.c.at)
        .join(lately, theirs)
        .where(now >= threshold, now - lately.c.bought < threshold)
        .order_by(lately.c.at)
        .limit(most)
    )
    rows = (await tx.connection.execute(query)).mappings()
    return [
        Crossing(row["fh_id"], measure, int(row["now"] - row["bought"]), int(row["now"]), row["at"]) for row in rows
    ]
