"""One run: the lists it reads, what it lays aside, when it must stop, and when it may write."""

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any

from bot.customers.deriving import derive
from bot.customers.intake import Intake
from bot.customers.keeping import Keeping
from bot.customers.packing import Packing
from bot.customers.progress import Progress, Told
from bot.customers.workbench import Workbench
from bot.errors import OutOfStep, Refused
from bot.flowhub import FlowhubAccount
from bot.flowhub.pages import PAGE_SIZE, Stretch
from bot.rules.customer_sync import (
    EMPTY_WINDOWS,
    Count,
    Days,
    Plan,
    Report,
    RunKind,
    RunState,
    guard,
    history_windows,
    lookback,
    trailing,
)
from bot.rules.occasions import Watched
from bot.rules.stores import Store
from bot.store.bulk import CUSTOMERS, SALES, Bulk, BulkTable
from bot.store.bulk.way_in import Within
from bot.store.packing import Packer
from bot.vault import DataKey

MOST_ASKED_FOR = 500
"""Profiles that a run asks for one by one, because they were on no page. What is left is asked for the next night."""


class GuardTripped(Exception):
    """The run would change more than is likely; its argument says what."""


@dataclass
class Run:
    """The state of a run. `report` grows with it; `is_ours` says whether the lease is still held."""

    flowhub: FlowhubAccount
    stores: list[Store]
    bulk: Bulk
    key: DataKey
    plan: Plan
    tell: Told
    report: Report
    positions: dict[str, Any]
    good_at: datetime | None
    is_waived: bool
    keeping: Keeping
    settle: Callable[[Keeping], Awaitable[None]]
    watch: Callable[[], Awaitable[Watched | None]]
    is_ours: bool = True

    def __post_init__(self) -> None:
        self.packer = Packer(self.bulk.account, self.key, self.bulk.as_stored)
        pen = self.bulk.pen if self.report.kind is RunKind.FIRST else None
        self.workbench = Workbench(Packing(self.packer, self.keeping), pen)
        self.unread: dict[str, list[tuple[str, Any]]] = {"customers": [], "sales": []}
        self.intakes: list[Intake] = []
        self.today = self.report.started_at.date()

    async def make(self) -> None:
        """Raises what Flowhub's edge raises, Unavailable for the database, OutOfStep when the lease was lost, GuardTripped.

        Whatever it raises, figures that were shown before stay as they were.
        """
        try:
            if self.report.kind is RunKind.FIRST:
                await self._load_customers()
                for store in self.stores:
                    await self._load_sales(store)
            else:
                await self._bring_up_to_date(is_wide=self.report.kind is RunKind.NIGHTLY)
        finally:
            await asyncio.gather(*[intake.settled() for intake in self.intakes], return_exceptions=True)
            await self.workbench.close()
        self._must_be_ours()
        await self.settle(self.keeping)
        derived = await derive(self.bulk, self.packer, self.tell)
        self.report = self.report.changed(profiles=derived, state=RunState.DONE)

    # The first load ---------------------------------------------------------------------------------------------------

    async def _load_customers(self) -> None:
        at = self.positions.get("customers", {})
        if at.get("done"):
            return
        intake = self._intake_of_customers(scope="customers")
        upto = int(at.get("upto", 0))
        async with aclosing(self.flowhub.customer_pages(None, intake.park, offset=upto)) as pages:
            async for stretch in pages:
                if not intake.count.read and len(stretch.records) >= PAGE_SIZE:
                    self.workbench.begin()
                upto = stretch.upto
                await self._took(intake, stretch, position=json.dumps({"upto": upto}))
        await intake.flush(position=json.dumps({"upto": upto, "done": True}))
        self._count("customers", intake)

    async def _load_sales(self, store: Store) -> None:
        """All sales of a store, month by month backwards, until a year of months had none."""
        scope = f"sales {store.key}"
        at = self.positions.get(scope, {})
        if at.get("done"):
            return
        today = date.fromisoformat(at["today"]) if at else self.today
        window, upto, empty = int(at.get("window", 0)), int(at.get("upto", 0)), int(at.get("empty", 0))
        intake = self._intake_of_sales(store, scope=scope)
        position: dict[str, Any] = {"today": today.isoformat(), "window": window}
        for number, days in enumerate(islice(history_windows(today), window, None), start=window):
            read_before = intake.count.read
            async with aclosing(self._sale_pages(store, days, intake, offset=upto)) as pages:
                async for stretch in pages:
                    position = {"today": today.isoformat(), "window": number, "upto": stretch.upto, "empty": empty}
                    await self._took(intake, stretch, position=json.dumps(position), store=store.name)
            was_empty = intake.count.read == read_before and not upto
            empty, upto = empty + 1 if was_empty else 0, 0
            if empty >= EMPTY_WINDOWS:
                break
            position = {"today": today.isoformat(), "window": number + 1, "upto": 0, "empty": empty}
            if not was_empty:
                await intake.flush(position=json.dumps(position))
        await intake.flush(position=json.dumps(position | {"done": True}))
        self._count("sales", intake)

    # Every run after it -----------------------------------------------------------------------------------------------

    async def _bring_up_to_date(self, *, is_wide: bool) -> None:
        """Read and lay aside, then ask whether it may be, then write."""
        recent = lookback(self.good_at or self.report.started_at, self.today, days=self.plan.lookback_days)
        known = await self.bulk.count(CUSTOMERS), await self.bulk.count(SALES)
        customers = self._intake_of_customers()
        gone: list[str] = []
        try:
            async with aclosing(self.flowhub.customer_pages(None if is_wide else recent, customers.park)) as pages:
                async for stretch in pages:
                    await self._took(customers, stretch)
                    self._guard(known[0], inserted=customers.count.inserted)
            if is_wide:
                gone = await self._vanished_customers(customers, known[0])
            await customers.flush()
            self._guard(known[0], inserted=customers.count.inserted)
        finally:
            self._count("customers", customers, vanished=len(gone))
        days = trailing(self.today, days=self.plan.nightly_days) if is_wide else recent
        gone_sales: list[str] = []
        for store in self.stores:
            gone_sales += await self._recent_sales(store, days, known[1], is_wide=is_wide)
        self._must_be_ours()
        self.bulk.watched = await self.watch()
        for table in (CUSTOMERS, SALES):
            await self.bulk.publish(table)
        await self.bulk.vanish(CUSTOMERS, gone, at=self.report.started_at)
        await self.bulk.vanish(SALES, gone_sales, at=self.report.started_at)

    async def _vanished_customers(self, intake: Intake, known: int) -> list[str]:
        """Those that were on no page, and that Flowhub, asked for each, does not have: a page may lose a row."""
        count, ids = await self.bulk.missing(CUSTOMERS, most=MOST_ASKED_FOR)
        self._guard(known, vanished=count)
        gone: list[str] = []
        for fh_id in ids:
            self._must_be_ours()
            found = await self.flowhub.one_customer(fh_id)
            if found is None:
                gone.append(fh_id)
            else:
                await intake.take([found])
        return gone

    async def _recent_sales(self, store: Store, days: Days, known: int, *, is_wide: bool) -> list[str]:
        """Lay aside what is new in these days; returns the ids of sales that were there before, and twice were not now."""
        intake = self._intake_of_sales(store)
        gone: list[str] = []
        try:
            await self._read_sales(store, days, intake, known)
            if is_wide:
                begin = datetime.combine(days.first + timedelta(days=1), time(), UTC)
                within = Within(store.import_id or store.location_id, begin, self.report.started_at)
                count, gone = await self.bulk.missing(SALES, within=within, most=known)
                if count:
                    # Nobody can ask for one sale. A page may have lost a row, but hardly the same one twice.
                    await self._read_sales(store, days, intake, known)
                    count, gone = await self.bulk.missing(SALES, within=within, most=known)
                self._guard(known, vanished=count)
            await intake.flush()
            self._guard(known, inserted=self.report.sales.inserted + intake.count.inserted)
        finally:
            self._count("sales", intake, vanished=len(gone))
        return gone

    async def _read_sales(self, store: Store, days: Days, intake: Intake, known: int) -> None:
        async with aclosing(self._sale_pages(store, days, intake)) as pages:
            async for stretch in pages:
                await self._took(intake, stretch, store=store.name)
                self._guard(known, inserted=self.report.sales.inserted + intake.count.inserted)

    # What they share --------------------------------------------------------------------------------------------------

    async def _sale_pages(
        self, store: Store, days: Days, intake: Intake, *, offset: int = 0
    ) -> AsyncGenerator[Stretch, None]:
        """By the import id, or by the location id where that one is not known (apis.md 3.1)."""
        ids = list(dict.fromkeys((store.import_id or store.location_id, store.location_id)))
        for import_id in ids:
            try:
                async with aclosing(self.flowhub.sale_pages(import_id, days, intake.park, offset=offset)) as pages:
                    async for stretch in pages:
                        yield stretch
                return
            except Refused as problem:
                if problem.status != 404 or import_id == ids[-1]:
                    raise

    async def _took(self, intake: Intake, stretch: Stretch, *, position: str = "", store: str = "") -> None:
        self._must_be_ours()
        await intake.take(stretch.records, position=position)
        what = "sales" if store else "customers"
        self.tell(Progress(self.bulk.account, what, intake.count.read, total=stretch.total, store=store))

    def _intake_of_customers(self, *, scope: str = "") -> Intake:
        return self._intake(CUSTOMERS, scope, limits=self.keeping.limits.name)

    def _intake_of_sales(self, store: Store, *, scope: str = "") -> Intake:
        return self._intake(SALES, scope, sold_by=store.import_id or store.location_id)

    def _intake(self, table: BulkTable, scope: str, *, sold_by: str | None = None, limits: str = "") -> Intake:
        intake = Intake(self.bulk, table, self.key, self.workbench, sold_by=sold_by, scope=scope, limits=limits)
        self.intakes.append(intake)
        return intake

    def _count(self, what: str, intake: Intake, *, vanished: int = 0) -> None:
        count = getattr(self.report, what) + intake.count + Count(vanished=vanished)
        self.report = self.report.changed(**{what: count})
        self.unread[what] += intake.unread

    def _guard(self, known: int, *, inserted: int = 0, vanished: int = 0) -> None:
        why = guard(known, inserted=inserted, vanished=vanished)
        if why and not self.is_waived:
            raise GuardTripped(why)

    def _must_be_ours(self) -> None:
        if not self.is_ours:
            raise OutOfStep("Another process syncs this account now.")
