"""Once an hour: forget what need not be kept. Retention is the product's privacy (field.md, P5)."""

from datetime import timedelta

import structlog

from bot.desk import Desk
from bot.store import deliveries, drafts, erasing, history, orders, sync_runs

log = structlog.get_logger("orderahead.sync")

CONTACTS_KEPT = timedelta(days=7)
"""After an order closed."""
OPEN_CONTACTS_KEPT = timedelta(days=60)
"""After an order arrived that never closed."""
PARKED_KEPT = timedelta(days=14)
SYNC_RUNS_KEPT = timedelta(days=90)
DELIVERIES_KEPT = timedelta(days=14)
"""Longer than an order stays open: done rows are what keeps a step from being made twice."""
REMOVED_KEPT = timedelta(hours=48)
"""After a store was removed, or its workspace uninstalled the app (field.md, P8)."""


async def forget(desk: Desk, *, removed_kept: timedelta = REMOVED_KEPT) -> None:
    now = desk.now()
    async with desk.database.write() as tx:
        contacts = await orders.forget_contacts(
            tx, closed_before=now - CONTACTS_KEPT, arrived_before=now - OPEN_CONTACTS_KEPT
        )
        parked = await history.forget_parked(tx, before=now - PARKED_KEPT)
        await sync_runs.forget_runs(tx, before=now - SYNC_RUNS_KEPT)
        swept = await deliveries.sweep(tx, now=now, keep=DELIVERIES_KEPT)
        await drafts.sweep(tx, now=now)
        for store in await erasing.removed_before(tx, now - removed_kept):
            if erased := await erasing.erase(tx, store):
                log.info("what was left of a removed store is erased", store=store.key, orders=erased)
    log.info("housekeeping", contacts_forgotten=contacts, parked_forgotten=parked, deliveries_swept=swept)
