"""Every quarter of a minute: numbers that passed a threshold, who moved, whose birthday is in this week. What follows from it
is written once, whoever looks."""

from bot.automations import look
from bot.desk import Desk


async def look_for_occasions(desk: Desk) -> None:
    await look(desk)
