"""`orderahead sync`: one run for every account, now, with its progress in the terminal."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from bot.customers import Progress as Told
from bot.customers import accounts_of, sync
from bot.customers.syncs import AT_ONCE
from bot.desk import Desk
from bot.flowhub import Flowhubs
from bot.keyring import keys_of
from bot.outgoing import http_client
from bot.reaching import Reach
from bot.rules.customer_sync import Count, Report, RunKind, RunState
from bot.segments.turns import Evaluations
from bot.settings import Settings
from bot.store import Database, stores, sync_runs
from bot.store.schema import upgrade
from bot.vault import Vault
from bot.webhooks import Webhooks


async def sync_now(
    settings: Settings, *, wide: bool, anyway: bool, account: str, as_json: bool, say: Callable[[str], object]
) -> int:
    """Returns the exit code: 0 when every account was synced. Raises Misconfigured, and Refused for an unknown account.

    `anyway` is an owner's word that a run which the guard stopped is right.
    """
    book = settings.store_book().values()
    database = Database(settings.database_url, Vault(keys_of(settings)))
    http = http_client(timeout=10)
    try:
        await upgrade(database)
        desk = Desk(
            database=database,
            flowhubs=Flowhubs(
                http,
                url=settings.flowhub_url,
                auth_url=settings.flowhub_auth_url,
                requests_per_second=settings.flowhub_requests_per_second,
                pages_per_second=settings.sync_pages_per_second,
            ),
            leafly=None,
            webhooks=Webhooks(http, private_allowed=False),
            reach=Reach(http),
            public_url=settings.public_url,
        )
        Evaluations(desk)
        async with database.write() as tx:
            for store, credentials in book:
                await stores.put(tx, store, credentials, now=desk.now())
        await desk.load_stores()
        chosen = [account] if account else list(accounts_of(desk))
        if anyway:
            async with database.write() as tx:
                for name in chosen:
                    await sync_runs.waive(tx, name, now=desk.now())
        kind = RunKind.NIGHTLY if wide else RunKind.HOURLY
        with _Terminal(quiet=as_json) as terminal:
            turns = asyncio.Semaphore(AT_ONCE)

            async def one(name: str) -> Report | None:
                async with turns:
                    return await sync(desk, name, settings.sync_plan(), kind=kind, asked_for=True, tell=terminal.told)

            reports = dict(zip(chosen, await asyncio.gather(*map(one, chosen)), strict=True))
    finally:
        await http.aclose()
        await database.close()
    if as_json:
        say(json.dumps({"accounts": [_as_json(name, report) for name, report in reports.items()]}))
    else:
        for name, report in reports.items():
            say(_in_words(name, report))
    return 0 if all(report and report.state is RunState.DONE for report in reports.values()) else 1


class _Terminal:
    """A line for each list that is read, on the error stream: what is printed as the result stays by itself."""

    def __init__(self, *, quiet: bool) -> None:
        console = Console(stderr=True)
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=console,
            disable=quiet or not console.is_terminal,
        )
        self._tasks: dict[tuple[str, str, str], TaskID] = {}

    def __enter__(self) -> "_Terminal":
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def told(self, told: Told) -> None:
        name = (told.account, told.what, told.store)
        if name not in self._tasks:
            self._tasks[name] = self._progress.add_task(" · ".join(part for part in name if part), total=told.total)
        self._progress.update(self._tasks[name], completed=told.done)


def _as_json(account: str, report: Report | None) -> dict[str, Any]:
    if report is None:
        return {"account": account, "state": "busy", "problem": BUSY}
    return asdict(report) | {"started_at": report.started_at.isoformat()}


BUSY = "Another process syncs this account now."


def _in_words(account: str, report: Report | None) -> str:
    if report is None:
        return f"{account}: {BUSY}"
    if report.state is not RunState.DONE:
        return f"{account}: {report.state.value}. {report.problem}"
    return (
        f"{account}: {_counted('customers', report.customers)}; {_counted('sales', report.sales)}; "
        f"{report.profiles:,} profiles changed, in {report.seconds:.1f} s."
    )


def _counted(what: str, count: Count) -> str:
    some = {name: number for name, number in asdict(count).items() if number and name != "read"}
    rest = ", ".join(f"{number:,} {name}" for name, number in some.items())
    return f"{count.read:,} {what} read" + (f" ({rest})" if rest else "")
