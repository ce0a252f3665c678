"""The tables that are written in bulk, as SQLModel has them."""

from typing import Any

from bot.store.bulk_table import BulkTable
from bot.store.customer_rows import CustomerRow, ProfileRow, SaleRow

BATCH = 10_000
"""Rows to a transaction. Each touches most pages of the indices, so fewer and larger ones are sooner done; but whoever wants to
write meanwhile waits for one, about half a second, and two of them are in memory."""


def _bulk_table(row: Any, key: str, customer: str = "", *, but: str = "") -> BulkTable:
    table = row.__table__
    return BulkTable(table.name, key, tuple(one.name for one in table.columns if one.name != but), customer)


CUSTOMERS = _bulk_table(CustomerRow, "fh_id")
SALES = _bulk_table(SaleRow, "sale_id", "customer_id")
PROFILES = _bulk_table(ProfileRow, "fh_id", but="bits")
"""What is derived; in which segments somebody is is not."""
