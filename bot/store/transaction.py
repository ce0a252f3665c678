"""What a block of reads or writes holds: the connection, the vault, and which lanes to wake once it is committed."""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.rules.deliveries import Wanted
from bot.store.sqlite import Beside
from bot.store.statements import prepared
from bot.vault import Vault

NOTHING: Mapping[str, Any] = {}


@dataclass
class Tx:
    """`raw` is SQLite's own connection below `connection`, None on PostgreSQL. With `beside`, which some have on SQLite, a
    thread reads what was there before this transaction.

    `rows`, `firsts`, `value`, `change` and `change_all` are for statements that live as long as the program and are made often.
    """

    connection: AsyncConnection
    vault: Vault
    raw: sqlite3.Connection | None = None
    beside: Beside | None = None
    wakes: dict[str, datetime] = field(default_factory=dict)

    @property
    def is_sqlite(self) -> bool:
        return self.raw is not None

    async def rows(self, statement: Any, named: Mapping[str, Any] = NOTHING) -> Sequence[Mapping[Any, Any]]:
        if self.raw is not None:
            return prepared(statement, tuple(named)).rows(self.raw, named)
        return (await self.connection.execute(statement, named)).mappings().all()

    async def firsts(self, statement: Any, named: Mapping[str, Any] = NOTHING) -> Sequence[Any]:
        """The first column of each row, of which there may be thousands."""
        if self.raw is not None:
            return prepared(statement, tuple(named)).firsts(self.raw, named)
        return (await self.connection.execute(statement, named)).scalars().all()

    async def value(self, statement: Any, named: Mapping[str, Any] = NOTHING) -> Any:
        """The first column of the first row, None when there is none."""
        rows = await self.rows(statement, named)
        return next(iter(rows[0].values())) if rows else None

    async def change(self, statement: Any, named: Mapping[str, Any] = NOTHING) -> int:
        """How many rows were changed."""
        if self.raw is not None:
            return prepared(statement, tuple(named)).change(self.raw, named)
        return int((await self.connection.execute(statement, named)).rowcount)

    async def change_all(
        self, statement: Any, many: Sequence[Mapping[str, Any]], same: Mapping[str, Any] = NOTHING
    ) -> None:
        """The same statement with each of these values, which have the same names, and with `same` in all of them."""
        if self.raw is not None:
            prepared(statement, (*many[0], *same)).change_all(self.raw, many, same)
        else:
            await self.connection.execute(statement, [{**named, **same} for named in many])

    def wake(self, wanted: Iterable[Wanted]) -> None:
        for one in wanted:
            self.wake_lane(one.lane, one.due_at)

    def wake_lane(self, lane: str, at: datetime) -> None:
        self.wakes[lane] = min(at, self.wakes.get(lane, at))

    def locked(self, query: Any) -> Any:
        """Lock what a query reads until commit; SQLite's one writer needs no such thing and ignores it."""
        return query if self.is_sqlite else query.with_for_update()
