"""What the bulk path must know of a table: its columns in order, and which of them is the key."""

from dataclasses import dataclass


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
