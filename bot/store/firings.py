"""What automations did: once for each customer and occasion, whoever tries."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, delete, exists, func, or_, select, true, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from bot.rules.automations import Action, Happened
from bot.store.automation_rows import AutomationRow, CrossingRow, FiringRow
from bot.store.rows import OrderRow
from bot.store.transaction import Tx

table: Any = FiringRow.__table__  # type: ignore[attr-defined]
automations: Any = AutomationRow.__table__  # type: ignore[attr-defined]
crossings: Any = CrossingRow.__table__  # type: ignore[attr-defined]
orders: Any = OrderRow.__table__  # type: ignore[attr-defined]

AT_ONCE = 500


@dataclass(frozen=True)
class Firing:
    """`text` is "" in a dry run, and after the customer was forgotten or the text's time was over; `fh_id` once forgotten."""

    key: str
    automation_id: int
    account: str
    fh_id: str
    happened: Happened
    action: Action
    at: datetime
    day: date
    is_dry: bool = False
    store_key: str = ""
    order_key: str = ""
    channel: str = ""
    ts: str = ""
    text: str = ""

    def __repr__(self) -> str:
        return f"Firing({self.key!r})"


async def add(tx: Tx, one: Firing, occasion: str) -> bool:
    """False when it was done before: then nothing may follow."""
    row = (sqlite_insert if tx.is_sqlite else postgresql_insert)(table)
    values = {
        "key": one.key,
        "automation_id": one.automation_id,
        "account": one.account,
        "fh_id": one.fh_id,
        "occasion": occasion,
        "happened": one.happened.value,
        "action": one.action.value,
        "at": one.at,
        "day": one.day.isoformat(),
        "is_dry": one.is_dry,
        "store_key": one.store_key,
        "order_key": one.order_key,
        "channel": "",
        "ts": "",
        "sealed": tx.vault.seal(one.text) if one.text else "",
    }
    done = await tx.connection.execute(row.values(**values).on_conflict_do_nothing(index_elements=_ONCE))
    return bool(done.rowcount)


_ONCE = ["automation_id", "occasion"]


async def is_recorded(tx: Tx, automation_id: int, occasion: str) -> bool:
    query = select(table.c.key).where(table.c.automation_id == automation_id, table.c.occasion == occasion)
    return (await tx.connection.execute(query)).first() is not None


async def count_on_day(tx: Tx, automation_id: int, day: date, *, is_dry: bool) -> int:
    query = select(func.count()).where(
        table.c.automation_id == automation_id, table.c.day == day.isoformat(), table.c.is_dry.is_(is_dry)
    )
    return int((await tx.connection.execute(query)).scalar_one())


async def counts_since(tx: Tx, automation_ids: Collection[int], since: datetime) -> Mapping[tuple[int, bool], int]:
    """How often each fired since then, dry runs by themselves."""
    query = (
        select(table.c.automation_id, table.c.is_dry, func.count())
        .where(table.c.automation_id.in_(list(automation_ids)), table.c.at >= since)
        .group_by(table.c.automation_id, table.c.is_dry)
    )
    return {(int(number), bool(dry)): int(count) for number, dry, count in await tx.connection.execute(query)}


async def get(tx: Tx, key: str) -> Firing | None:
    row = (await tx.connection.execute(select(table).where(table.c.key == key))).mappings().first()
    return _firing(tx, row) if row is not None else None


async def posted(tx: Tx, key: str, channel: str, ts: str) -> None:
    """Where it was said, so that it can be said otherwise."""
    await tx.connection.execute(update(table).where(table.c.key == key).values(channel=channel, ts=ts))


async def lines_of(tx: Tx, order_key: str) -> list[str]:
    """What automations say on an order's card, the oldest first."""
    rows = await tx.rows(_lines, {"of_order": order_key, "as_line": Action.CARD_LINE.value})
    return [tx.vault.open(row["sealed"]) for row in rows]


_lines = (
    select(table.c.sealed)
    .where(table.c.order_key == bindparam("of_order"), table.c.action == bindparam("as_line"), table.c.sealed != "")
    .order_by(table.c.at, table.c.key)
)


async def of_customer(tx: Tx, account: str, fh_id: str) -> list[tuple[Firing, str]]:
    """With the automation's key, the oldest first."""
    query = (
        select(table, automations.c.key.label("automation"))
        .join(automations, automations.c.id == table.c.automation_id)
        .where(table.c.account == account, table.c.fh_id == fh_id)
        .order_by(table.c.at, table.c.key)
    )
    return [(_firing(tx, row), row["automation"]) for row in (await tx.connection.execute(query)).mappings()]


async def unname(tx: Tx, account: str, fh_ids: Sequence[str]) -> None:
    """That it was done stays counted; for whom, and what was said, is gone."""
    theirs = (table.c.account == account, table.c.fh_id.in_(list(fh_ids)))
    nobody = {"fh_id": "", "sealed": "", "occasion": "forgotten " + table.c.key}
    await tx.connection.execute(update(table).where(*theirs).values(**nobody))
    waiting = (crossings.c.account == account, crossings.c.fh_id.in_(list(fh_ids)))
    await tx.connection.execute(delete(crossings).where(*waiting))


async def everybody(tx: Tx, account: str) -> set[str]:
    found = [select(one.c.fh_id).where(one.c.account == account) for one in (table, crossings)]
    return {str(fh_id) for query in found for (fh_id,) in await tx.connection.execute(query) if fh_id}


async def erase_store(tx: Tx, store_key: str) -> None:
    await tx.connection.execute(delete(table).where(table.c.store_key == store_key))


async def erase_automations(tx: Tx, workspace: str, account: str) -> None:
    """A workspace's automations in an account, with their secrets and what they did."""
    theirs = (automations.c.workspace == workspace, automations.c.account == account)
    mine = select(automations.c.id).where(*theirs)
    await tx.connection.execute(delete(table).where(table.c.automation_id.in_(mine)))
    await tx.connection.execute(delete(automations).where(*theirs))


async def forget_texts(tx: Tx, *, before: datetime) -> int:
    """What was said before then; on the card of an open order it stays as long as the order is."""
    is_open = exists().where(orders.c.key == table.c.order_key, orders.c.is_open == true())
    query = update(table).where(table.c.at < before, table.c.sealed != "", or_(table.c.order_key == "", ~is_open))
    return int((await tx.connection.execute(query.values(sealed=""))).rowcount)


async def sweep(tx: Tx, *, before: datetime, dry_before: datetime) -> int:
    """Records of old occasions that can't come again. What somebody reached once in their life stays as long as they do."""
    again = table.c.happened != Happened.REACHED.value
    old = or_(table.c.at < before, table.c.is_dry.is_(True) & (table.c.at < dry_before))
    done = await tx.connection.execute(
        delete(table).where(old, or_(again, table.c.is_dry.is_(True), table.c.fh_id == ""))
    )
    return int(done.rowcount)


def _firing(tx: Tx, row: Any) -> Firing:
    return Firing(
        key=row["key"],
        automation_id=row["automation_id"],
        account=row["account"],
        fh_id=row["fh_id"],
        happened=Happened(row["happened"]),
        action=Action(row["action"]),
        at=row["at"],
        day=date.fromisoformat(row["day"]),
        is_dry=row["is_dry"],
        store_key=row["store_key"],
        order_key=row["order_key"],
        channel=row["channel"],
        ts=row["ts"],
        text=tx.vault.open(row["sealed"]) if row["sealed"] else "",
    )
