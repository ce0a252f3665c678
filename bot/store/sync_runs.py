"""Who syncs which account now, how far a first load has come, and what each run reported."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import String, cast, delete, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.exc import IntegrityError

from bot.rules.customer_sync import Count, Report, RunKind, RunState
from bot.store.customer_rows import AccountRow, SyncCursorRow, SyncRunRow
from bot.store.transaction import Tx

accounts: Any = AccountRow.__table__  # type: ignore[attr-defined]
runs: Any = SyncRunRow.__table__  # type: ignore[attr-defined]
cursors: Any = SyncCursorRow.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Account:
    """What the sync knows of a Flowhub organisation. `loaded_at` None: its first load has not ended, show no figures of it.

    `good_at` is when the last good run began, `wide_at` the same of the last wide one.
    """

    key: str
    loaded_at: datetime | None = None
    good_at: datetime | None = None
    wide_at: datetime | None = None
    waived_at: datetime | None = None
    report: Report | None = None


async def account(tx: Tx, key: str) -> Account:
    row = (await tx.connection.execute(select(accounts).where(accounts.c.key == key))).mappings().first()
    if row is None:
        return Account(key)
    times = {name: row[name] for name in ("loaded_at", "good_at", "wide_at", "waived_at")}
    return Account(key, **times, report=_report(row["doc"]) if row["doc"] else None)


async def add_account(tx: Tx, key: str) -> None:
    row = (sqlite_insert if tx.is_sqlite else postgresql_insert)(accounts)
    await tx.connection.execute(row.values(key=key, sealed_key="", doc="").on_conflict_do_nothing())


async def begin(tx: Tx, key: str, *, period: str, kind: RunKind, now: datetime, until: datetime) -> int | None:
    """The run's number, for the one who may make it; None when another run of the account is under way, or this period had
    its run. A run whose lease lapsed (its process died) is no longer under way, and its period may be made again."""
    free = or_(accounts.c.leased_until.is_(None), accounts.c.leased_until < now)
    held = await tx.connection.execute(
        update(accounts).where(accounts.c.key == key, free).values(leased_until=until, run_id=None)
    )
    if not held.rowcount:
        return None
    # What still says that it is running has died, or the lease would be held.
    dead = (runs.c.account == key, runs.c.state == RunState.RUNNING.value)
    await tx.connection.execute(update(runs).where(*dead).values(state=RunState.FAILED.value, period=_freed))
    row = {"account": key, "period": period, "kind": kind.value, "state": RunState.RUNNING.value, "started_at": now}
    try:
        async with tx.connection.begin_nested():
            made = await tx.connection.execute(insert(runs).values(**row, doc="").returning(runs.c.id))
            run_id = int(made.scalar_one())
    except IntegrityError:
        await tx.connection.execute(update(accounts).where(accounts.c.key == key).values(leased_until=None))
        return None
    await tx.connection.execute(update(accounts).where(accounts.c.key == key).values(run_id=run_id))
    return run_id


_freed = runs.c.period + " given up " + cast(runs.c.id, String)
"""The name of a run that did not end well: its period may be tried again."""


async def take(tx: Tx, key: str, holder: int, *, now: datetime, until: datetime) -> bool:
    """Hold the account for something that is no run: `holder` is a number below zero. False when somebody else holds it."""
    free = or_(accounts.c.leased_until.is_(None), accounts.c.leased_until < now)
    held = update(accounts).where(accounts.c.key == key, free).values(leased_until=until, run_id=holder)
    return bool((await tx.connection.execute(held)).rowcount)


async def let_go(tx: Tx, key: str, holder: int) -> None:
    ours = update(accounts).where(accounts.c.key == key, accounts.c.run_id == holder)
    await tx.connection.execute(ours.values(leased_until=None, run_id=None))


async def renew(tx: Tx, key: str, run_id: int, *, until: datetime) -> bool:
    """False when the lease was lost: somebody else syncs this account now."""
    query = update(accounts).where(accounts.c.key == key, accounts.c.run_id == run_id)
    return bool((await tx.connection.execute(query.values(leased_until=until))).rowcount)


async def finish(tx: Tx, run_id: int, report: Report, *, since: datetime, now: datetime) -> None:
    """Write what became of a run and let go of the account. Only a run that ended well moves the account's times, to `since`:
    the moment from which on a change may not have been seen. One that was taken over meanwhile moves nothing."""
    doc = _doc(report)
    ended: dict[str, Any] = {"state": report.state.value, "finished_at": now, "doc": doc}
    if report.state is RunState.FAILED:
        ended["period"] = _freed
    await tx.connection.execute(update(runs).where(runs.c.id == run_id).values(ended))
    changed: dict[str, Any] = {"leased_until": None, "run_id": None, "doc": doc}
    if report.state is RunState.DONE:
        changed |= {"good_at": since, "waived_at": None}
        if report.kind is not RunKind.HOURLY:
            changed["wide_at"] = since
        if report.kind is RunKind.FIRST:
            changed["loaded_at"] = now
    query = update(accounts).where(accounts.c.key == report.account, accounts.c.run_id == run_id).values(changed)
    is_ours = bool((await tx.connection.execute(query)).rowcount)
    if is_ours and "loaded_at" in changed:
        await tx.connection.execute(delete(cursors).where(cursors.c.account == report.account))


async def is_under_way(tx: Tx, key: str, *, now: datetime) -> bool:
    """Whether a run is. What holds the account for a moment only is none."""
    is_a_run = or_(accounts.c.run_id.is_(None), accounts.c.run_id > 0)
    query = select(accounts.c.key).where(accounts.c.key == key, accounts.c.leased_until > now, is_a_run)
    return (await tx.connection.execute(query)).first() is not None


async def is_held_for_a_moment(tx: Tx, key: str, *, now: datetime) -> bool:
    query = select(accounts.c.key).where(accounts.c.key == key, accounts.c.leased_until > now, accounts.c.run_id < 0)
    return (await tx.connection.execute(query)).first() is not None


async def waive(tx: Tx, key: str, *, now: datetime) -> None:
    """An owner says that what the guard stopped is right: the next run may do it."""
    await tx.connection.execute(update(accounts).where(accounts.c.key == key).values(waived_at=now))


async def positions(tx: Tx, key: str) -> dict[str, Any]:
    """How far a first load has come, by the name of the list."""
    query = select(cursors.c.scope, cursors.c.doc).where(cursors.c.account == key)
    return {scope: json.loads(doc) for scope, doc in await tx.connection.execute(query)}


async def put_position(tx: Tx, key: str, scope: str, position: Any) -> None:
    row = (sqlite_insert if tx.is_sqlite else postgresql_insert)(cursors)
    row = row.values(account=key, scope=scope, doc=json.dumps(position))
    await tx.connection.execute(
        row.on_conflict_do_update(index_elements=["account", "scope"], set_={"doc": row.excluded.doc})
    )


async def drop_position(tx: Tx, key: str, scope: str) -> None:
    await tx.connection.execute(delete(cursors).where(cursors.c.account == key, cursors.c.scope == scope))


async def reports(tx: Tx, key: str, *, most: int = 20) -> Sequence[Report]:
    """The last runs that ended, the newest first."""
    query = select(runs.c.doc).where(runs.c.account == key, runs.c.doc != "").order_by(runs.c.id.desc()).limit(most)
    return [_report(doc) for (doc,) in await tx.connection.execute(query)]


async def forget_runs(tx: Tx, *, before: datetime) -> int:
    query = delete(runs).where(runs.c.started_at < before, runs.c.state != RunState.RUNNING.value)
    return int((await tx.connection.execute(query)).rowcount)


def _doc(report: Report) -> str:
    return json.dumps(asdict(report) | {"started_at": report.started_at.isoformat()})


def _report(doc: str) -> Report:
    named = json.loads(doc)
    counts = {name: Count(**named[name]) for name in ("customers", "sales")}
    states = {"kind": RunKind(named["kind"]), "state": RunState(named["state"])}
    return Report(**{**named, **counts, **states, "started_at": datetime.fromisoformat(named["started_at"])})
