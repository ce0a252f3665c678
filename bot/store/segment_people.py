"""Who is in a segment, with what is kept of them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, func, literal, select

from bot.rules.segments.catalogue import Segment
from bot.store.customers import Kept, data_key_of, kept_of, profile
from bot.store.segment_sql import customers, profiles
from bot.store.transaction import Tx


async def how_many(tx: Tx, account: str, segment: Segment) -> int:
    """Who vanished since the last evaluation is not among them."""
    query = select(func.count()).select_from(_members()).where(*_in(account, segment))
    return int((await tx.connection.execute(query)).scalar_one())


async def some_members(tx: Tx, account: str, segment: Segment, *, after: str, most: int) -> Sequence[Kept]:
    """In the order of their ids, those after this one."""
    key = await data_key_of(tx, account)
    if key is None or segment.bit is None:
        return []
    query = select(customers).select_from(_members()).where(*_in(account, segment), customers.c.fh_id > after)
    rows = (await tx.connection.execute(query.order_by(customers.c.fh_id).limit(most))).mappings().all()
    return [kept_of(row, key, await profile(tx, account, row["fh_id"])) for row in rows]


def _members() -> Any:
    return customers.join(
        profiles, (profiles.c.account == customers.c.account) & (profiles.c.fh_id == customers.c.fh_id)
    )


def _in(account: str, segment: Segment) -> tuple[Any, ...]:
    flag = literal(1 << segment.bit if segment.bit is not None else 0, BigInteger)
    has_it = profiles.c.bits.bitwise_and(flag) != 0
    return customers.c.account == account, customers.c.vanished_at.is_(None), has_it
