"""Who came to the segments of an account and who left them, at each store. A customer belongs to their home store."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, select

from bot.store.segment_sql import profiles
from bot.store.segments import movements
from bot.store.transaction import Tx


@dataclass(frozen=True)
class Change:
    entered: int = 0
    left: int = 0


def _theirs(store_ids: Collection[str] | None) -> Any:
    """Moves with the profiles of who moved; those of these stores (Flowhub's ids), or all, those of the forgotten too."""
    mine = and_(profiles.c.account == movements.c.account, profiles.c.fh_id == movements.c.fh_id)
    if store_ids is None:
        return movements
    return movements.join(profiles, and_(mine, profiles.c.home_store_id.in_(list(store_ids))))


async def changes(
    tx: Tx, account: str, *, since: datetime, store_ids: Collection[str] | None = None
) -> dict[str, Change]:
    """By segment key, from that moment on; nothing where nobody moved. Reads every move, so not for the loop."""
    query = (
        select(movements.c.segment_key, movements.c.entered, func.count())
        .select_from(_theirs(store_ids))
        .where(movements.c.account == account, movements.c.at >= since)
        .group_by(movements.c.segment_key, movements.c.entered)
    )
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for key, entered, number in await tx.connection.execute(query):
        found[key]["entered" if entered else "left"] = int(number)
    return {key: Change(**counts) for key, counts in found.items()}


async def reasons(
    tx: Tx, account: str, key: str, *, since: datetime, store_ids: Collection[str] | None = None
) -> dict[str, int]:
    """The words for which somebody moved, and for how many."""
    query = (
        select(movements.c.why, func.count())
        .select_from(_theirs(store_ids))
        .where(movements.c.account == account, movements.c.segment_key == key, movements.c.at >= since)
        .group_by(movements.c.why)
    )
    return {str(why): int(number) for why, number in await tx.connection.execute(query) if why}
