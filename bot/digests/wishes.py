"""What a store wants to be told: what somebody chose in Slack, else what the settings say."""

from bot.desk import Desk
from bot.desk.recording import note_deed
from bot.rules.audit import Deed
from bot.rules.permissions import Person
from bot.rules.stores import Store
from bot.rules.telling import Rollup, Telling
from bot.store import digests


async def telling_of(desk: Desk, store: Store) -> Telling:
    async with desk.database.read() as tx:
        return await digests.telling(tx, store.key) or desk.telling


async def rollup_of(desk: Desk, account: str) -> Rollup:
    async with desk.database.read() as tx:
        return await digests.rollup(tx, account)


async def choose(desk: Desk, store: Store, person: Person, chosen: Telling, rollup: Rollup | None = None) -> None:
    """With a `rollup`, also where all stores of the account are told of together."""
    async with desk.database.write() as tx:
        await digests.put_telling(tx, store.key, chosen)
        if rollup is not None:
            await digests.put_rollup(tx, store.account, rollup)
        await note_deed(tx, store, person, Deed.DIGEST_SETTINGS, store.key, now=desk.now())
