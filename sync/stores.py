"""Every few seconds: learn of stores that another replica connected, paused, removed, or gave new credentials."""

from bot.desk import Desk


async def follow_stores(desk: Desk) -> None:
    await desk.follow_stores()
