"""Every few seconds: is a store's digest due? What keeps it to one is its morning in the row's key, not this clock."""

from bot.desk import Desk
from bot.digests.posting import want_if_due


async def post_digests(desk: Desk) -> None:
    for store in list(desk.stores.values()):
        await want_if_due(desk, store)
