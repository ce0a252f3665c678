"""Every few seconds: is a store's digest due? What keeps it to one is its morning in the row's key, not this clock."""

from bot.desk import Desk
from bot.digests.posting import want_what_is_due


async def post_digests(desk: Desk) -> None:
    await want_what_is_due(desk)
