"""Collecting what /flowhub status tells of each store of a workspace."""

from datetime import timedelta

from bot.deliveries.resting import PAUSED
from bot.desk import Desk
from bot.rules.status import StoreStatus
from bot.rules.stores import StoreState
from bot.store import orders, rows_of_a_store, stores, sync_runs


async def statuses(desk: Desk, workspace: str) -> list[StoreStatus]:
    """The stores that work or are paused, by name."""
    async with desk.database.read() as tx:
        known = [
            one
            for one in await stores.known(tx)
            if one.store.workspace == workspace and one.state is not StoreState.REMOVED
        ]
        counts = {one.store.key: len(await orders.open_orders(tx, one.store.key)) for one in known}
        synced = {one.store.account: (await sync_runs.account(tx, one.store.account)).good_at for one in known}
        problems = {one.store.key: await rows_of_a_store.problems(tx, one.store.key) for one in known}
    found = []
    for one in known:
        key, store = one.store.key, one.store
        age = desk.order_ahead(key).token_age_seconds if key in desk.stores else None
        trouble = [problem for problem in problems[key] if problem != PAUSED]
        if key in desk.closed_since:
            trouble.append("The channel can't be written to.")
        found.append(
            StoreStatus(
                store=store,
                origin=one.origin,
                state=one.state,
                connected_at=one.since,
                state_since=one.state_since,
                open_orders=counts[key],
                data_as_of=desk.answered_at.get(key),
                polled_at=desk.polled_at.get(key),
                told_at=desk.heard_at.get(key),
                synced_at=synced[store.account],
                token_age=timedelta(seconds=age) if age is not None else None,
                problems=tuple(dict.fromkeys(trouble)),
                postbacks_reach_us=bool(desk.public_url),
            )
        )
    return sorted(found, key=lambda status: status.store.name)
