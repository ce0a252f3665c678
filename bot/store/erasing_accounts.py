"""Erasing a Flowhub organisation's customers once the last of its stores was removed and its time of grace is over."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, or_, select, update
from sqlmodel import SQLModel

from bot.rules.stores import StoreState
from bot.store import automation_rows, digest_rows, segment_rows  # noqa: F401  (their tables are erased, too)
from bot.store.customer_rows import AccountRow, ForgottenRow
from bot.store.rows import StoreRow
from bot.store.transaction import Tx

accounts: Any = AccountRow.__table__  # type: ignore[attr-defined]
stores: Any = StoreRow.__table__  # type: ignore[attr-defined]
forgotten: Any = ForgottenRow.__table__  # type: ignore[attr-defined]

KEPT = {StoreRow.__tablename__, ForgottenRow.__tablename__}
"""Who asked to be forgotten stays so when the account is connected again: the prints are kept, and the key they were made
with."""


async def left_before(tx: Tx, moment: datetime, *, now: datetime) -> Sequence[str]:
    """Accounts whose stores were all removed before, and that no run is reading at this moment."""
    works = or_(stores.c.state != StoreState.REMOVED.value, stores.c.state_since >= moment)
    is_used = exists().where(stores.c.account == accounts.c.key, works)
    is_idle = or_(accounts.c.leased_until.is_(None), accounts.c.leased_until < now)
    query = select(accounts.c.key).where(~is_used, is_idle)
    return [str(key) for (key,) in await tx.connection.execute(query.order_by(accounts.c.key))]


async def erase_some(tx: Tx, account: str, *, most: int) -> int:
    """Delete so many rows of the account at most, for a store's desk waits meanwhile. How many there were; with the last of
    them goes the account."""
    for table in SQLModel.metadata.sorted_tables:
        if "account" not in table.c or table.name in KEPT:
            continue
        *_, key = table.primary_key.columns
        some = select(key).where(table.c.account == account).limit(most)
        erased = (await tx.connection.execute(delete(table).where(table.c.account == account, key.in_(some)))).rowcount
        if erased:
            return int(erased)
    has_prints = (await tx.connection.execute(select(forgotten.c.print).where(forgotten.c.account == account))).first()
    if has_prints is None:
        await tx.connection.execute(delete(accounts).where(accounts.c.key == account))
    else:
        gone = dict.fromkeys(("loaded_at", "good_at", "wide_at", "waived_at", "run_id", "leased_until"))
        await tx.connection.execute(update(accounts).where(accounts.c.key == account).values(**gone, doc=""))
    return 0
