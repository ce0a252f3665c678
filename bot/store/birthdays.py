"""Birth dates, for the one question whose birthday is in a week. They rest sealed, and leave this module as dates alone."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from bot.rules.customers import Personal
from bot.store.customer_rows import CustomerRow
from bot.store.customers import data_key_of
from bot.store.transaction import Tx
from bot.vault import DataKey

customers: Any = CustomerRow.__table__  # type: ignore[attr-defined]


async def page_of_customers(
    tx: Tx, account: str, *, after: str, most: int
) -> tuple[DataKey | None, Sequence[tuple[str, bytes]]]:
    """Ids behind `after` with what rests sealed of them; no key and nobody before the first sync."""
    key = await data_key_of(tx, account)
    if key is None:
        return None, []
    query = (
        select(customers.c.fh_id, customers.c.sealed)
        .where(customers.c.account == account, customers.c.vanished_at.is_(None), customers.c.fh_id > after)
        .order_by(customers.c.fh_id)
        .limit(most)
    )
    return key, [(str(fh_id), bytes(sealed)) for fh_id, sealed in await tx.connection.execute(query)]


def birth_dates(key: DataKey, account: str, page: Sequence[tuple[str, bytes]]) -> list[tuple[str, str]]:
    """Those that are known, ISO, by id. Made for a worker thread."""
    found = [
        (fh_id, Personal(*json.loads(key.open(sealed, f"{account} {fh_id}"))).birth_date) for fh_id, sealed in page
    ]
    return [(fh_id, born) for fh_id, born in found if born]
