"""What a block of reads or writes holds: the connection, the vault, and which lanes to wake once it is committed."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.rules.deliveries import Wanted
from bot.vault import Vault


@dataclass
class Tx:
    connection: AsyncConnection
    vault: Vault
    is_sqlite: bool
    wakes: dict[str, datetime] = field(default_factory=dict)

    def wake(self, wanted: Iterable[Wanted]) -> None:
        for one in wanted:
            self.wake_lane(one.lane, one.due_at)

    def wake_lane(self, lane: str, at: datetime) -> None:
        self.wakes[lane] = min(at, self.wakes.get(lane, at))

    def locked(self, query: Any) -> Any:
        """Lock what a query reads until commit; SQLite's one writer needs no such thing and ignores it."""
        return query if self.is_sqlite else query.with_for_update()
