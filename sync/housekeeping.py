"""Once an hour: forget what need not be kept. Retention is the product's privacy (field.md, P5)."""

from datetime import datetime, timedelta

import structlog

from bot.customers.settling import keep_within_limits
from bot.desk import Desk
from bot.rules.retention import BY_DEFAULT, Retention
from bot.store import (
    automations,
    deliveries,
    digests,
    drafts,
    erasing,
    erasing_accounts,
    firings,
    forgetting,
    history,
    orders,
    segment_past,
    summaries,
    sync_runs,
)

log = structlog.get_logger("orderahead.sync")

DELIVERIES_KEPT = timedelta(days=14)
"""Longer than an order stays open: done rows are what keeps a step from being made twice."""
DIGESTS_KEPT = timedelta(days=60)
"""What they said; the messages stay in Slack."""
REMOVED_KEPT = timedelta(hours=48)
"""After a store was removed, or its workspace uninstalled the app (field.md, P8)."""
MOST_AT_ONCE = 2000
"""Customers in one go; the rest goes in the next hours."""


async def forget(desk: Desk, keep: Retention = BY_DEFAULT, *, removed_kept: timedelta = REMOVED_KEPT) -> None:
    now = desk.now()
    async with desk.database.write() as tx:
        contacts = await orders.forget_contacts(
            tx, closed_before=now - keep.contacts, arrived_before=now - keep.open_contacts
        )
        parked = await history.forget_parked(tx, before=now - keep.unread)
        await sync_runs.forget_runs(tx, before=now - keep.runs)
        swept = await deliveries.sweep(tx, now=now, keep=DELIVERIES_KEPT, keep_sealed=keep.contacts)
        await drafts.sweep(tx, now=now)
        await digests.sweep(tx, before=(now - DIGESTS_KEPT).date())
        await summaries.sweep(tx, before=(now - DIGESTS_KEPT).date())
        await firings.forget_texts(tx, before=now - keep.contacts)
        await firings.sweep(tx, before=now - keep.occasions, dry_before=now - keep.rehearsals)
        await automations.sweep(tx, before=now - DELIVERIES_KEPT)
        for store in await erasing.removed_before(tx, now - removed_kept):
            if erased := await erasing.erase(tx, store):
                log.info("what was left of a removed store is erased", store=store.key, orders=erased)
    customers = await _forget_customers(desk, keep)
    moves = await _forget_moves(desk, keep)
    await _erase_accounts(desk, before=now - removed_kept)
    log.info(
        "housekeeping",
        contacts_forgotten=contacts,
        parked_forgotten=parked,
        deliveries_swept=swept,
        customers_forgotten=customers,
        moves_forgotten=moves,
    )


async def _forget_moves(desk: Desk, keep: Retention) -> int:
    """In small steps: a busy account has many, and others write between two of them."""
    gone, before = 0, desk.now() - keep.moves
    while True:
        async with desk.database.write() as tx:
            some = await segment_past.sweep(tx, before=before, most=MOST_AT_ONCE)
        gone += some
        if some < MOST_AT_ONCE:
            return gone


async def _erase_accounts(desk: Desk, *, before: datetime) -> None:
    """Customers belong to an account, and go when the last of its stores has gone."""
    async with desk.database.read() as tx:
        left = await erasing_accounts.left_before(tx, before, now=desk.now())
    for account in left:
        rows, erased = 0, 1
        while erased:
            async with desk.database.write() as tx:
                erased = await erasing_accounts.erase_some(tx, account, most=MOST_AT_ONCE)
            rows += erased
        if rows:
            log.info("what was left of an account is erased", account=account, rows=rows)


async def _forget_customers(desk: Desk, keep: Retention) -> int:
    """Those whom Flowhub has no more, and those whom a state's profile does not let a store keep."""
    before = desk.now() - keep.customers
    async with desk.database.write() as tx:
        vanished = await forgetting.vanished(tx, before=before, most=MOST_AT_ONCE)
        for account, fh_ids in vanished.items():
            await forgetting.erase_customers(tx, account, fh_ids, at=desk.now())
        await forgetting.erase_vanished_sales(tx, before=before)
    return sum(map(len, vanished.values())) + await keep_within_limits(desk)
