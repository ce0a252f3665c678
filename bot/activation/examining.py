"""The doctor: everything that can be checked, for people in Slack and on the command line alike."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable, Iterable, Sequence

from bot.activation.checking import checklist
from bot.activation.proving import why_of
from bot.deliveries import Office
from bot.desk import Desk
from bot.errors import OrderAheadError
from bot.rules.checklist import (
    Check,
    Line,
    Why,
    clock_line,
    disk_line,
    has_wal_reset_bug,
    line,
    queue_line,
    scopes_line,
)
from bot.slack import NEEDED_SCOPES, OPTIONAL_SCOPES
from bot.store import Database, deliveries, schema
from bot.store.database import sqlite_file

AT_ONCE = 4
"""Stores that are checked at the same time: the doctor must not take Flowhub's pace away from orders."""


async def examine(office: Office, workspaces: Sequence[str], *, database: Sequence[Line] | None = None) -> list[Line]:
    """What is true of the whole bot, then of each workspace and each of its stores. `database` are lines about one that
    can't be asked here."""
    desk = office.desk
    about_bot = await asyncio.gather(
        _clock(desk, "Flowhub", desk.flowhubs.url),
        _integrator(desk),
        _queue(desk),
    )
    lines = [*(database if database is not None else await database_lines(desk.database)), *about_bot]
    for workspace in workspaces:
        lines += await _slack_lines(office, workspace)
    gate = asyncio.Semaphore(AT_ONCE)
    ours = [store for workspace in workspaces for store in desk.stores_in(workspace)]

    async def of_store(key: str) -> list[Line]:
        async with gate:
            return await checklist(office, desk.store(key), desk.credentials(key))

    return [*lines, *_flat(await asyncio.gather(*(of_store(store.key) for store in ours)))]


def _flat(lists: Iterable[list[Line]]) -> list[Line]:
    return [one for lines in lists for one in lines]


async def database_lines(database: Database) -> list[Line]:
    """Raises what the database raises when it is down."""
    about = await schema.about(database)
    if about.is_current:
        found = line(Check.DATABASE, Why.WORKS, f"{about.product}, schema {about.revision}")
    elif about.revision is None:
        found = line(Check.DATABASE, Why.UNTOLD, about.product)
    else:
        found = line(Check.DATABASE, Why.OUTDATED, about.revision)
    lines = [found]
    if about.sqlite_version is not None and has_wal_reset_bug(about.sqlite_version):
        lines.append(line(Check.DATABASE, Why.FLAWED, ".".join(map(str, about.sqlite_version))))
    return [*lines, _disk(database)]


def _disk(database: Database) -> Line:
    file = sqlite_file(database.url)
    if file is None:
        return line(Check.DISK, Why.UNTOLD)
    folder = file.absolute().parent
    return disk_line(shutil.disk_usage(folder).free) if folder.exists() else line(Check.DISK, Why.UNTOLD)


async def _queue(desk: Desk) -> Line:
    async with desk.database.read() as tx:
        oldest = await deliveries.oldest_due(tx)
    return queue_line(desk.now() - oldest if oldest is not None else None)


async def _integrator(desk: Desk) -> Line:
    leafly = desk.leafly
    if leafly is None:
        return line(Check.INTEGRATOR, Why.NOT_USED)
    return await _asked(Check.INTEGRATOR, leafly.sign_in)


async def _slack_lines(office: Office, workspace: str) -> list[Line]:
    granted: list[frozenset[str]] = []

    async def ask() -> None:
        granted.append(await office.slack(workspace).granted_scopes())

    found = [await _asked(Check.SLACK, ask)]
    if granted:
        found.append(scopes_line(granted[0], NEEDED_SCOPES, OPTIONAL_SCOPES))
        found.append(await _clock(office.desk, "Slack", f"{office.slack(workspace).address}api.test"))
    return [line(one.check, one.why, one.detail, workspace) for one in found]


async def _clock(desk: Desk, whose: str, url: str) -> Line:
    try:
        theirs = await desk.reach.time_at(url)
    except OrderAheadError:
        return line(Check.CLOCK, Why.UNTOLD, whose)
    return clock_line(whose, desk.now() - theirs if theirs is not None else None)


async def _asked(check: Check, ask: Callable[[], Awaitable[None]]) -> Line:
    try:
        await ask()
    except OrderAheadError as problem:
        return line(check, why_of(problem))
    return line(check)
