"""Sync an account: who may, which run it is, and what becomes of it. Flowhub is the truth; nothing is written back."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.customers.progress import Told, to_nobody
from bot.customers.run import GuardTripped, Run
from bot.customers.settling import keeping_for, settle
from bot.customers.sharing import sharing_well
from bot.desk import Desk
from bot.errors import OrderAheadError, Refused
from bot.rules.customer_sync import Plan, Report, RunKind, RunState, kind_due, period_of
from bot.rules.occasions import Watched
from bot.rules.stores import Store
from bot.store import automations, sync_runs
from bot.store.bulk import open_bulk
from bot.store.customers import data_key
from bot.store.sync_runs import Account

log = structlog.get_logger("orderahead.customers")

LEASE = timedelta(seconds=60)
RENEW_SECONDS = 15.0
LOOK_AGAIN_SECONDS = 0.1
TRY_AGAIN_AFTER = timedelta(minutes=5)
"""How long after a run that failed the clock tries again; a person may at once."""


def accounts_of(desk: Desk) -> dict[str, list[Store]]:
    """Every account by its name, with its stores."""
    found: dict[str, list[Store]] = {}
    for store in sorted(desk.stores.values(), key=lambda store: store.key):
        found.setdefault(store.account, []).append(store)
    return found


async def sync(
    desk: Desk,
    account: str,
    plan: Plan,
    *,
    kind: RunKind | None = None,
    asked_for: bool = False,
    tell: Told = to_nobody,
) -> Report | None:
    """Make the run that is due, or the one of `kind`; a first load that has not ended goes before both.

    With `asked_for` somebody wants it now. None when it is not due, or another process is at it. What went wrong is in the
    report: its `state` and a sentence in `problem`. Raises Refused for an unknown account.
    """
    stores = accounts_of(desk).get(account)
    if not stores:
        raise Refused(f"There is no account “{account}” here.", code="unknown_account")
    if asked_for:
        await _moment_is_over(desk, account)
    now = desk.now()
    async with desk.database.write() as tx:
        await sync_runs.add_account(tx, account)
        known = await sync_runs.account(tx, account)
        due = kind_due(
            loaded_at=known.loaded_at,
            last_wide_at=known.wide_at,
            local_now=stores[0].hours.local(now),
            nightly_hour=plan.nightly_hour,
        )
        chosen = due if kind is None or due is RunKind.FIRST else kind
        if not asked_for and _just_failed(known, now=now):
            return None
        period = f"asked for at {now.isoformat()}" if asked_for else period_of(now, plan.every)
        run_id = await sync_runs.begin(tx, account, period=period, kind=chosen, now=now, until=now + LEASE)
        if run_id is None:
            return None
        key = await data_key(tx, account)
        positions = await sync_runs.positions(tx, account)
        keeping = await keeping_for(tx, account, stores, key)
    since = now
    if chosen is RunKind.FIRST:
        since = await _first_began(desk, account, positions, now)
    report = Report(account, chosen, RunState.RUNNING, now, published=known.loaded_at is not None)
    began = time.monotonic()
    async with open_bulk(desk.database, account) as bulk:
        bulk.notes_changes = chosen is not RunKind.FIRST
        run = Run(
            flowhub=desk.account(stores[0].key),
            stores=stores,
            bulk=bulk,
            key=key,
            plan=plan,
            tell=tell,
            report=report,
            positions=positions,
            good_at=known.good_at,
            is_waived=known.waived_at is not None,
            keeping=keeping,
            settle=partial(settle, desk, account),
            watch=partial(_watched, desk, account),
        )
        try:
            async with _leased(desk, account, run_id, run):
                with sharing_well():
                    await run.make()
                await desk.evaluate_segments(account, run_id)
            report = run.report
        except GuardTripped as tripped:
            report = run.report.changed(state=RunState.STOPPED, problem=str(tripped))
        except OrderAheadError as problem:
            report = run.report.changed(state=RunState.FAILED, problem=problem.sentence)
        except (SQLAlchemyError, OSError):
            report = run.report.changed(state=RunState.FAILED, problem="The database is not answering.")
        except BaseException:
            ending = run.report.changed(state=RunState.FAILED, problem="The program was stopped.")
            await asyncio.shield(_end(desk, run_id, ending.changed(seconds=time.monotonic() - began), since))
            raise
    is_loaded = known.loaded_at is not None or (chosen is RunKind.FIRST and report.state is RunState.DONE)
    report = report.changed(seconds=round(time.monotonic() - began, 3), published=is_loaded)
    for what, unread in run.unread.items():
        await desk.park(account, f"flowhub {what}", unread)
    _log(report)
    # A run that nobody saw end would hold its account for a minute, and its message would say for ever that it goes on.
    await desk.database.outlast(lambda tx: sync_runs.finish(tx, run_id, report, since=since, now=desk.now()))
    if report.state is RunState.DONE:
        await desk.segments_evaluated(account)
    return report


async def _moment_is_over(desk: Desk, account: str) -> None:
    """Segments that are evaluated hold the account for a moment; the clock would ask again, a person should not have to."""
    with suppress(TimeoutError):
        async with asyncio.timeout(LEASE.total_seconds()):
            while True:
                async with desk.database.read() as tx:
                    if not await sync_runs.is_held_for_a_moment(tx, account, now=desk.now()):
                        return
                await asyncio.sleep(LOOK_AGAIN_SECONDS)


async def _watched(desk: Desk, account: str) -> Watched | None:
    """Thresholds that automations wait for; a first load asks for none, because what it finds was so before."""
    async with desk.database.read() as tx:
        return await automations.watched(tx, account, at=desk.now())


async def _first_began(desk: Desk, account: str, positions: dict[str, object], now: datetime) -> datetime:
    """When the first load began, which may have been several runs ago: later runs look back to that moment."""
    if isinstance(said := positions.get("began"), str):
        return datetime.fromisoformat(said)
    async with desk.database.write() as tx:
        await sync_runs.put_position(tx, account, "began", now.isoformat())
    return now


def _just_failed(known: Account, *, now: datetime) -> bool:
    last = known.report
    if last is None or last.state is not RunState.FAILED:
        return False
    return now - last.started_at - timedelta(seconds=last.seconds) < TRY_AGAIN_AFTER


@asynccontextmanager
async def _leased(desk: Desk, account: str, run_id: int, run: Run) -> AsyncIterator[None]:
    """Hold the account while the block lasts. A run that lost it writes nothing more."""

    async def renew() -> None:
        while run.is_ours:
            await asyncio.sleep(RENEW_SECONDS)
            try:
                async with desk.database.write() as tx:
                    run.is_ours = await sync_runs.renew(tx, account, run_id, until=desk.now() + LEASE)
            except (SQLAlchemyError, OSError):
                log.warning("a lease could not be renewed", account=account)

    renewing = asyncio.create_task(renew(), name=f"lease of {account}")
    try:
        yield
    finally:
        renewing.cancel()
        await asyncio.gather(renewing, return_exceptions=True)


async def _end(desk: Desk, run_id: int, report: Report, since: datetime) -> None:
    """Of a process that stops, which can't wait for a database."""
    _log(report)
    async with desk.database.write() as tx:
        await sync_runs.finish(tx, run_id, report, since=since, now=desk.now())


def _log(report: Report) -> None:
    say = log.info if report.state is RunState.DONE else log.warning
    say(
        "customers synced" if report.state is RunState.DONE else "customers could not be synced",
        account=report.account,
        kind=report.kind.value,
        state=report.state.value,
        seconds=report.seconds,
        customers=asdict(report.customers),
        sales=asdict(report.sales),
        profiles=report.profiles,
        why=report.problem,
    )
