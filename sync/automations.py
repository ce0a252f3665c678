"""Every quarter of a minute, and when segments were evaluated: numbers that passed a threshold, who moved, whose birthday is in
this week. What follows from it is written once, whoever looks."""

from bot.automations.looking import look_at
from bot.customers import accounts_of
from bot.desk import Desk
from bot.giving_way import giving_way


async def look_for_occasions(desk: Desk, account: str = "") -> None:
    """In one account, or in all."""
    async for name, stores in giving_way(accounts_of(desk).items()):
        if account in ("", name):
            await look_at(desk, name, stores)
