"""Automations as they are set up, and what they are still to look at: numbers that passed a threshold, and who moved."""

import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, select, true, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from bot.rules.automations import READY_MADE, Action, Automation, Happened, Measure, Trigger
from bot.rules.occasions import Crossing, Watched
from bot.store.automation_rows import AutomationCursorRow, AutomationRow, CrossingRow
from bot.store.segments import Moved, movements
from bot.store.transaction import Tx

table: Any = AutomationRow.__table__  # type: ignore[attr-defined]
crossings: Any = CrossingRow.__table__  # type: ignore[attr-defined]
cursors: Any = AutomationCursorRow.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Kept:
    """An automation as it is kept. `id` is 0 for a ready-made one that nobody has touched; it counts from `since` on."""

    id: int
    workspace: str
    account: str
    automation: Automation
    since: datetime | None = None
    is_archived: bool = False
    has_secret: bool = False


async def all_of(tx: Tx, workspace: str, account: str) -> list[Kept]:
    """Of a workspace in an account: the ready-made ones, touched or not, then the others by name; no archived ones."""
    query = select(table).where(table.c.workspace == workspace, table.c.account == account)
    known = {row["key"]: _kept(row) for row in (await tx.connection.execute(query)).mappings()}
    ready = [known.pop(one.key, Kept(0, workspace, account, one)) for one in READY_MADE]
    others = sorted(known.values(), key=lambda one: (one.automation.name.casefold(), one.automation.key))
    return [one for one in [*ready, *others] if not one.is_archived]


async def get(tx: Tx, workspace: str, account: str, key: str) -> Kept | None:
    """Also a ready-made one that nobody has touched. None when there is no such one, or it is archived."""
    return next((one for one in await all_of(tx, workspace, account) if one.automation.key == key), None)


async def by_id(tx: Tx, number: int) -> tuple[Kept, str] | None:
    """With the secret that its webhooks are signed with, "" when it has none."""
    row = (await tx.connection.execute(select(table).where(table.c.id == number))).mappings().first()
    return (_kept(row), tx.vault.open(row["sealed_secret"]) if row["sealed_secret"] else "") if row else None


async def put(
    tx: Tx,
    workspace: str,
    account: str,
    automation: Automation,
    *,
    now: datetime,
    made_by: str,
    secret: str = "",
) -> None:
    """A new automation, or what became of one; without a `secret` it keeps the one it has.

    What it sees counts from the moment it is switched on, or comes to wait for something else.
    """
    where = (table.c.workspace == workspace, table.c.account == account, table.c.key == automation.key)
    row = (await tx.connection.execute(tx.locked(select(table).where(*where)))).mappings().first()
    before = _kept(row) if row is not None else None
    goes_on = before is not None and before.automation.is_on and before.automation.trigger == automation.trigger
    values: dict[str, Any] = {
        "happened": automation.trigger.happened.value,
        "is_on": automation.is_on,
        "since": (before.since if before and goes_on else now) if automation.is_on else None,
        "doc": _doc(automation),
        "changed_at": now,
    }
    if secret:
        values["sealed_secret"] = tx.vault.seal(secret)
    if before is not None:
        await tx.connection.execute(update(table).where(*where).values(**values))
        return
    owned = {"workspace": workspace, "account": account, "key": automation.key, "made_by": made_by}
    await tx.connection.execute(insert(table).values(**{"sealed_secret": "", **owned, **values}))


async def archive(tx: Tx, kept: Kept, *, now: datetime) -> None:
    """It is shown to nobody and does nothing; what it did stays recorded. Its secret is gone."""
    gone = {"is_on": False, "since": None, "archived_at": now, "changed_at": now, "sealed_secret": ""}
    await tx.connection.execute(update(table).where(table.c.id == kept.id).values(**gone))


async def working(tx: Tx, account: str, waiting_for: Collection[Happened] = (), *, lock: bool = False) -> list[Kept]:
    """Those that are switched on, of all workspaces; some kinds only, when they are named.

    With `lock` nobody else fires any of them until this transaction ends: so a day's cap is counted right.
    """
    query = select(table).where(table.c.account == account, table.c.is_on == true())
    if waiting_for:
        query = query.where(table.c.happened.in_(sorted(waiting_for)))
    query = query.order_by(table.c.id)
    rows = (await tx.connection.execute(tx.locked(query) if lock else query)).mappings()
    return [_kept(row) for row in rows]


async def wait_for_orders(tx: Tx, account: str) -> bool:
    """Whether an order that comes in may be an occasion; asked for every order."""
    return await tx.value(_waits, {"of_account": account, "for_what": Happened.ORDER_RECEIVED.value}) is not None


_waits = (
    select(table.c.id)
    .where(
        table.c.account == bindparam("of_account"),
        table.c.is_on == true(),
        table.c.happened == bindparam("for_what"),
    )
    .limit(1)
)


async def watched(tx: Tx, account: str, *, at: datetime) -> Watched | None:
    """The thresholds that somebody waits for; None when nobody does."""
    found: dict[Measure, set[int]] = {}
    for one in await working(tx, account, [Happened.REACHED]):
        if (measure := one.automation.trigger.measure) is not None:
            found.setdefault(measure, set()).add(one.automation.trigger.threshold)
    return Watched({measure: frozenset(some) for measure, some in found.items()}, at) if found else None


async def crossings_of(tx: Tx, account: str, *, most: int) -> list[tuple[int, Crossing]]:
    """By number, the oldest first."""
    query = select(crossings).where(crossings.c.account == account).order_by(crossings.c.id).limit(most)
    return [
        (
            row["id"],
            Crossing(row["fh_id"], Measure(row["measure"]), row["number_before"], row["number_after"], row["at"]),
        )
        for row in (await tx.connection.execute(query)).mappings()
    ]


async def looked_at(tx: Tx, numbers: Collection[int]) -> None:
    if numbers:
        await tx.connection.execute(delete(crossings).where(crossings.c.id.in_(list(numbers))))


async def moves_after(
    tx: Tx, account: str, number: int, *, of: Collection[str], since: datetime, most: int
) -> list[Moved]:
    """Who moved into or out of these segments since then, from behind this number on. An account's moves are written one
    after the other, so that none can turn up behind a number that was read."""
    query = select(movements).where(
        movements.c.account == account,
        movements.c.segment_key.in_(sorted(of)),
        movements.c.at >= since,
        movements.c.id > number,
    )
    rows = (await tx.connection.execute(query.order_by(movements.c.id).limit(most))).mappings()
    return [Moved(row["segment_key"], row["fh_id"], row["at"], row["entered"], row["why"], row["id"]) for row in rows]


async def position(tx: Tx, account: str, scope: str) -> str:
    query = select(cursors.c.position).where(cursors.c.account == account, cursors.c.scope == scope)
    return str((await tx.connection.execute(query)).scalar() or "")


async def put_position(tx: Tx, account: str, scope: str, where: str) -> None:
    row = (sqlite_insert if tx.is_sqlite else postgresql_insert)(cursors)
    values = row.values(account=account, scope=scope, position=where)
    await tx.connection.execute(
        values.on_conflict_do_update(index_elements=["account", "scope"], set_={"position": where})
    )


async def sweep(tx: Tx, *, before: datetime) -> None:
    """Crossings of accounts that nobody works for any more."""
    await tx.connection.execute(delete(crossings).where(crossings.c.at < before))


async def count_on(tx: Tx) -> int:
    query = select(func.count()).where(table.c.is_on == true())
    return int((await tx.connection.execute(query)).scalar() or 0)


def _doc(automation: Automation) -> str:
    values = asdict(automation)
    del values["is_on"]
    return json.dumps(values, ensure_ascii=False)


def _kept(row: Any) -> Kept:
    values = json.loads(row["doc"])
    trigger = values.pop("trigger")
    measure = trigger.pop("measure")
    automation = Automation(
        **values
        | {
            "trigger": Trigger(
                **trigger
                | {"happened": Happened(trigger["happened"]), "measure": Measure(measure) if measure else None}
            ),
            "action": Action(values["action"]),
            "is_on": row["is_on"],
        }
    )
    return Kept(
        id=row["id"],
        workspace=row["workspace"],
        account=row["account"],
        automation=automation,
        since=row["since"],
        is_archived=row["archived_at"] is not None,
        has_secret=bool(row["sealed_secret"]),
    )


def segment_keys(kept: Sequence[Kept]) -> frozenset[str]:
    return frozenset(one.automation.trigger.segment_key for one in kept if one.automation.trigger.segment_key)
