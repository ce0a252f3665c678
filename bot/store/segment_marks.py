"""Whose data changed since segments were last evaluated: marked with the change, and taken away with the evaluation."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, insert, literal, select

from bot.store.segment_rows import ChangedCustomerRow
from bot.store.segment_sql import customers
from bot.store.transaction import Tx

changed: Any = ChangedCustomerRow.__table__  # type: ignore[attr-defined]
AT_ONCE = 500


async def some_changed(tx: Tx, account: str, most: int) -> list[str]:
    query = select(changed.c.fh_id).where(changed.c.account == account).order_by(changed.c.fh_id).limit(most)
    return [str(one) for one in (await tx.connection.execute(query)).scalars()]


async def are_looked_at(tx: Tx, account: str, fh_ids: Sequence[str]) -> None:
    for begin in range(0, len(fh_ids), AT_ONCE):
        some = changed.c.fh_id.in_(fh_ids[begin : begin + AT_ONCE])
        await tx.connection.execute(delete(changed).where(changed.c.account == account, some))


async def forget_marks(tx: Tx, account: str) -> None:
    """Everybody is going to be looked at anyway."""
    await tx.connection.execute(delete(changed).where(changed.c.account == account))


async def mark_everybody(tx: Tx, account: str) -> None:
    """Their data is as it was, and means something else now."""
    await forget_marks(tx, account)
    everybody = select(literal(account), customers.c.fh_id).where(customers.c.account == account)
    await tx.connection.execute(insert(changed).from_select(["account", "fh_id"], everybody))
