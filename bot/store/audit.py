"""The audit log: who did what to what, why, and how it ended. Append-only, free of personal data, each row chained to the
one before it by a hash, so that a changed, missing or slipped-in row shows.

The database refuses to change or delete its rows (see the migration), and `verify` finds out where that was got round.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, text

from bot.store.rows import AuditRow
from bot.store.transaction import Tx

table: Any = AuditRow.__table__  # type: ignore[attr-defined]

CHAINING = 0x0AD17
"""PostgreSQL's advisory lock: rows are chained one after the other. SQLite has one writer anyway."""
BEFORE_THE_FIRST = "0" * 64
PAGE = 1000


@dataclass(frozen=True)
class Entry:
    """`who` is a Slack user id, `action` a verb, `what` an opaque key or a Slack id. Never personal data."""

    at: datetime
    who: str
    action: str
    what: str
    workspace: str = ""
    store_key: str = ""
    reason: str = ""
    result: str = "done"


@dataclass(frozen=True)
class Verdict:
    """`broken` says which row does not fit, "" when all do; `entries` counts those that were read before it."""

    entries: int
    last_hash: str
    broken: str = ""


async def add(tx: Tx, entry: Entry) -> None:
    """Append a row. The last thing in a transaction: on PostgreSQL other writers wait from here until it commits."""
    if not tx.is_sqlite:
        await tx.connection.execute(_lock)
    rows = await tx.rows(_last)
    number, before = (int(rows[0]["id"]), str(rows[0]["hash"])) if rows else (0, BEFORE_THE_FIRST)
    values = {
        "at": entry.at,
        "workspace": entry.workspace,
        "store_key": entry.store_key,
        "who": entry.who,
        "action": entry.action,
        "what": entry.what,
        "reason": entry.reason[:300],
        "result": entry.result,
    }
    await tx.change(_append, {"id": number + 1, "hash": hash_of(number + 1, values, before), **values})


_lock = text(f"SELECT pg_advisory_xact_lock({CHAINING})")
_last = select(table.c.id, table.c.hash).order_by(table.c.id.desc()).limit(1)
_append = insert(table)
_HASHED = ("at", "workspace", "store_key", "who", "action", "what", "reason", "result")


def hash_of(number: int, row: Any, before: str) -> str:
    """SHA-256 over the hash of the row before and the row itself, spelt in one way on both databases."""
    at: datetime = row["at"]
    spelt = [at.astimezone(UTC).isoformat(timespec="microseconds"), *(str(row[name]) for name in _HASHED[1:])]
    return hashlib.sha256(json.dumps([before, number, *spelt], ensure_ascii=True).encode()).hexdigest()


async def verify(tx: Tx) -> Verdict:
    """Read the whole log and say where its chain first breaks, in words."""
    number, before = 0, BEFORE_THE_FIRST
    while True:
        rows = await tx.rows(_following, {"after": number, "most": PAGE})
        for row in rows:
            if row["id"] != number + 1:
                first, last = number + 1, row["id"] - 1
                missing = f"entry {first} is missing" if first == last else f"entries {first} to {last} are missing"
                return Verdict(number, before, missing)
            if row["hash"] != hash_of(row["id"], row, before):
                at = row["at"].strftime("%Y-%m-%d %H:%M UTC")
                return Verdict(number, before, f"entry {row['id']} ({row['action']}, {at}) is not as it was written")
            number, before = row["id"], row["hash"]
        if len(rows) < PAGE:
            return Verdict(number, before)


_columns = (table.c.id, *(table.c[name] for name in _HASHED), table.c.hash)
_following = select(*_columns).where(table.c.id > bindparam("after")).order_by(table.c.id).limit(bindparam("most"))


async def newest(tx: Tx, workspace: str, *, most: int) -> Sequence[Entry]:
    """The last entries of a workspace, the newest first."""
    return [_entry(row) for row in await tx.rows(_newest, {"of_workspace": workspace, "most": most})]


_newest = (
    select(*_columns)
    .where(table.c.workspace == bindparam("of_workspace"))
    .order_by(table.c.id.desc())
    .limit(bindparam("most"))
)


async def about(tx: Tx, what: str) -> Sequence[Entry]:
    """All entries about one thing, the oldest first."""
    return [_entry(row) for row in await tx.rows(_about, {"of_what": what})]


_about = select(*_columns).where(table.c.what == bindparam("of_what")).order_by(table.c.id)


def _entry(row: Any) -> Entry:
    return Entry(**{name: row[name] for name in _HASHED})
