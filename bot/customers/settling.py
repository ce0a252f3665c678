"""What may be kept, out of the database and back into it: whoever may not be kept is gone when a run has written."""

from collections.abc import Iterable

from bot.customers.keeping import Keeping, ways_to_know
from bot.desk import Desk
from bot.rules.state_profiles import Limits, limits_of
from bot.rules.stores import Store
from bot.store import Tx, forgetting
from bot.vault import DataKey


def limits_for(stores: Iterable[Store]) -> Limits:
    return limits_of(store.state_profile for store in stores)


async def keeping_for(tx: Tx, account: str, stores: Iterable[Store], key: DataKey) -> Keeping:
    return Keeping(key, limits_for(stores), set(await forgetting.prints(tx, account)))


async def settle(desk: Desk, account: str, keeping: Keeping) -> None:
    """After a run has written, and before profiles are derived: whoever may not be kept is gone.

    Somebody may have been forgotten while the run had them laid aside, so those who are forgotten now are looked for again.
    """
    async with desk.database.write() as tx:
        if keeping.came_back:
            await forgetting.remember(tx, account, keeping.came_back, at=desk.now())
        gone = set(keeping.no_longer)
        meanwhile = await forgetting.prints(tx, account) - keeping.forgotten
        if meanwhile:
            printed = {one: ways_to_know(keeping.key, fh_id=one) for one in await forgetting.everybody(tx, account)}
            gone |= {one for one, ways in printed.items() if ways & meanwhile}
        if gone:
            await forgetting.erase_customers(tx, account, sorted(gone), at=desk.now())
        if keeping.limits.only_consenting:
            await forgetting.unname_strangers(tx, account)


async def keep_within_limits(desk: Desk) -> int:
    """Where a profile was chosen for a store that had customers already: whoever did not agree goes now. What else it
    limits goes with the next nightly run, which reads every record anew. Returns how many went."""
    accounts: dict[str, list[Store]] = {}
    for store in desk.stores.values():
        accounts.setdefault(store.account, []).append(store)
    gone = 0
    for account, stores in accounts.items():
        if limits_for(stores).only_consenting:
            async with desk.database.write() as tx:
                some = await forgetting.without_consent(tx, account)
                await forgetting.erase_customers(tx, account, some, at=desk.now())
            gone += len(some)
    return gone
