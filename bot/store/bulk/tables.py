"""What the bulk path must know of a table: its columns in order, and which of them is the key. Taken from SQLModel's tables."""

from dataclasses import dataclass
from typing import Any

from bot.store.customer_rows import CustomerRow, ProfileRow, SaleRow

BATCH = 5_000
"""Rows to a transaction: twice as fast as 500, and the lock is held for a few hundredths of a second."""


@dataclass(frozen=True)
class BulkTable:
    """`key` identifies a row within its account. `customer` is the column that names whose profile a row makes stale."""

    name: str
    key: str
    columns: tuple[str, ...]
    customer: str = ""

    @property
    def listed(self) -> str:
        return ", ".join(f'"{column}"' for column in self.columns)

    @property
    def replaced(self) -> str:
        """For ON CONFLICT: everything but the key."""
        kept = ("account", self.key)
        return ", ".join(f'"{one}" = excluded."{one}"' for one in self.columns if one not in kept)

    def place(self, column: str) -> int:
        return self.columns.index(column)


def _bulk_table(row: Any, key: str, customer: str = "", *, but: str = "") -> BulkTable:
    table = row.__table__
    return BulkTable(table.name, key, tuple(one.name for one in table.columns if one.name != but), customer)


CUSTOMERS = _bulk_table(CustomerRow, "fh_id")
SALES = _bulk_table(SaleRow, "sale_id", "customer_id")
PROFILES = _bulk_table(ProfileRow, "fh_id", but="bits")
"""What is derived; in which segments somebody is is not."""
