"""Whether Flowhub answers for a store. It is said once when it goes down and once when it is back."""

from datetime import timedelta

from bot.desk.desk import Desk
from bot.desk.recording import notice
from bot.errors import OrderAheadError, Unauthorised
from bot.rules.stores import Store
from bot.store import deliveries, stores

DOWN_AFTER = timedelta(seconds=30)
"""One failed call is no outage: a store is told when Flowhub has been failing for this long."""


async def flowhub_failed(desk: Desk, store: Store, problem: OrderAheadError) -> None:
    """Note a failed call; wrong credentials are told at once, because waiting does not mend them."""
    now = desk.now()
    since = desk.failing_since.setdefault(store.key, now)
    if now - since < DOWN_AFTER and not isinstance(problem, Unauthorised):
        return
    async with desk.database.write() as tx:
        if await stores.flowhub_went_down(tx, store.key, since):
            subject = f"down:{store.key}:{int(since.timestamp())}"
            told = notice(store, subject, now, about="flowhub_down", since=since.isoformat(), why=problem.sentence)
            await deliveries.want_once(tx, told)


async def flowhub_answered(desk: Desk, store: Store) -> None:
    """Note a call that worked. Costs nothing while all is well."""
    if desk.failing_since.pop(store.key, None) is None:
        return
    now = desk.now()
    async with desk.database.write() as tx:
        since = await stores.flowhub_came_back(tx, store.key)
        if since is not None:
            subject = f"back:{store.key}:{int(since.timestamp())}"
            await deliveries.want_once(tx, notice(store, subject, now, about="flowhub_back", since=since.isoformat()))
