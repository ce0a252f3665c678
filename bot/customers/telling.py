"""Telling how a sync goes, in one message that edits itself."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.customers.progress import Progress
from bot.customers.syncing import sync
from bot.desk import Desk
from bot.desk.recording import edit_lane, post_lane
from bot.rules.customer_sync import Plan, Report, RunState
from bot.rules.deliveries import Kind, Wanted
from bot.rules.stores import Store
from bot.rules.sync_telling import Underway
from bot.store import deliveries, sync_runs

log = structlog.get_logger("orderahead.customers")

TOLD = "told"
"""Where the account's progress rests, so that every replica can tell it."""
EVERY_SECONDS = 5.0
"""Between edits, which also go through the workspace's lane and its budget (slack.md 3.2)."""


class Telling:
    """The message of one run. `subject` is one for all runs that should share a message: a first load that is taken up again
    goes on in the message that it began."""

    def __init__(self, desk: Desk, store: Store, subject: str, *, is_first: bool) -> None:
        self._desk, self._store, self._subject = desk, store, subject
        now = desk.now()
        self.state = Underway(began=now, since=now, told_at=now, is_first=is_first)
        self._written: Underway | None = None
        self._task: asyncio.Task[None] | None = None

    def __call__(self, progress: Progress) -> None:
        """As `bot.customers.Told`: called after each page, and quick."""
        now, before = self._desk.now(), self.state
        same_list = (before.what, before.store) == (progress.what, progress.store)
        since = before.since if same_list else now
        self.state = replace(
            before,
            what=progress.what,
            store=progress.store,
            done=progress.done,
            total=progress.total,
            since=since,
            told_at=now,
        )
        if self._task is None:
            self.begin()

    def begin(self) -> None:
        self._task = asyncio.create_task(self._tell_on(), name=f"telling {self._subject}")

    @property
    def has_begun(self) -> bool:
        return self._task is not None

    async def end(self) -> None:
        """The run is over; what became of it is in its report."""
        await self.stop()
        self.state = replace(self.state, has_ended=True, told_at=self._desk.now())
        await self._write()

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _tell_on(self) -> None:
        while True:
            with suppress(SQLAlchemyError, OSError):  # the next one tells as much
                await self._write()
            await asyncio.sleep(EVERY_SECONDS)

    async def _write(self) -> None:
        if self.state == self._written:
            return
        first, self._written = self._written is None, self.state
        now, store = self._desk.now(), self._store
        async with self._desk.database.write() as tx:
            await sync_runs.put_position(tx, store.account, TOLD, self.state.as_json())
            # A first load that is taken up again finds the message that it began, and must not forget where it stands.
            is_there = not first or await deliveries.find(tx, Kind.SYNC, self._subject) is not None
            await deliveries.want(tx, message_wanted(store, self._subject, now, is_there=is_there))


def message_wanted(store: Store, subject: str, now: datetime, *, is_there: bool) -> Wanted:
    payload = {} if is_there else {"store": store.key}
    lane = edit_lane(store) if is_there else post_lane(store)
    return Wanted(
        Kind.SYNC,
        subject,
        lane,
        now,
        store_key=store.key,
        band=store.key if is_there else "",
        priority=6,
        payload=payload,
    )


async def sync_by_the_clock(desk: Desk, account: str, store: Store, plan: Plan) -> Report | None:
    """The run that is due, if one is. A first load is told while it goes; a run that the guard stopped is told once a day."""
    async with desk.database.read() as tx:
        known = await sync_runs.account(tx, account)
    is_first = known.loaded_at is None
    telling = Telling(desk, store, f"first:{account}", is_first=True)
    try:
        report = await sync(desk, account, plan, tell=telling) if is_first else await sync(desk, account, plan)
        if report is not None and report.state is RunState.STOPPED and not is_first:
            day = store.hours.local(desk.now()).date()
            telling = Telling(desk, store, f"stopped:{account}:{day.isoformat()}", is_first=False)
            await telling.end()
        elif telling.has_begun:
            await telling.end()
    finally:
        await telling.stop()
    return report
