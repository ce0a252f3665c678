"""Whether Flowhub answers for a store, and whether its channel can be written to. It is said once when one of them goes
and once when it is back."""

from datetime import timedelta

import structlog

from bot.desk.desk import Desk, Door
from bot.desk.recording import in_private, notice
from bot.errors import OrderAheadError, Unauthorised
from bot.rules.stores import Store
from bot.store import deliveries, stores

log = structlog.get_logger("orderahead.desk")

DOWN_AFTER = timedelta(seconds=30)
"""One failed call is no outage: a store is told when Flowhub has been failing for this long."""
FAILURE_COUNTS_FOR = timedelta(minutes=10)
"""A door that failed keeps Flowhub down, whatever another one answers, until it answers itself or has not been tried for
this long: an order that was withdrawn meanwhile needs it no more."""


async def flowhub_failed(desk: Desk, store: Store, door: Door, problem: OrderAheadError) -> None:
    """Note a failed call; wrong credentials are told at once, because waiting does not mend them."""
    now = desk.now()
    desk.failed_at.setdefault(store.key, {})[door] = now
    since = desk.failing_since.setdefault(store.key, now)
    if now - since < DOWN_AFTER and not isinstance(problem, Unauthorised):
        return
    async with desk.database.write() as tx:
        if await stores.flowhub_went_down(tx, store.key, since):
            subject = f"down:{store.key}:{int(since.timestamp())}"
            told = notice(store, subject, now, about="flowhub_down", since=since.isoformat(), why=problem.sentence)
            await deliveries.want_once(tx, told)


async def flowhub_answered(desk: Desk, store: Store, door: Door) -> None:
    """Note a call that worked. Costs nothing while all is well.

    Flowhub is back when none of its doors fails: the point of sale may answer while Order Ahead's credentials are refused.
    """
    now = desk.now()
    desk.answered_at[store.key] = now
    if store.key not in desk.failing_since:
        return
    failed = desk.failed_at.get(store.key, {})
    failed.pop(door, None)
    if any(now - at < FAILURE_COUNTS_FOR for at in failed.values()):
        return
    del desk.failing_since[store.key]
    async with desk.database.write() as tx:
        since = await stores.flowhub_came_back(tx, store.key)
        if since is not None:
            subject = f"back:{store.key}:{int(since.timestamp())}"
            await deliveries.want_once(tx, notice(store, subject, now, about="flowhub_back", since=since.isoformat()))


async def channel_closed(desk: Desk, store: Store, problem: OrderAheadError) -> None:
    """The bot was taken out of the store's channel, or the channel was archived. It can't be said there, so the store's
    managers are told in private; with none named, the log has to do."""
    now = desk.now()
    if store.key in desk.closed_since:
        return
    desk.closed_since[store.key] = now
    async with desk.database.write() as tx:
        if await stores.channel_closed(tx, store.key, now):
            log.error("a store's channel can't be written to", store=store.key, why=problem.sentence)
            told = {"about": "channel_closed", "since": now.isoformat(), "why": problem.sentence}
            subject = f"closed:{store.key}:{int(now.timestamp())}"
            await deliveries.want_once(
                tx, *[in_private(store, manager, subject, now, **told) for manager in store.managers]
            )


async def channel_answered(desk: Desk, store: Store) -> None:
    """Something could be written there. Costs nothing while all is well."""
    if desk.closed_since.pop(store.key, None) is None:
        return
    now = desk.now()
    async with desk.database.write() as tx:
        since = await stores.channel_opened(tx, store.key)
        if since is not None:
            told = {"about": "channel_opened", "since": since.isoformat()}
            subject = f"opened:{store.key}:{int(since.timestamp())}"
            await deliveries.want_once(
                tx, *[in_private(store, manager, subject, now, **told) for manager in store.managers]
            )
