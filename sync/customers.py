"""Every hour: bring customers and sales up to date, one way, from Flowhub. Which run is due is decided below."""

import asyncio

from bot.customers import accounts_of
from bot.customers.telling import sync_by_the_clock
from bot.desk import Desk
from bot.rules.customer_sync import Plan


async def sync_customers(desk: Desk, plan: Plan) -> None:
    """All accounts at once: a first load takes its time, and nobody else's hour should wait for it.

    Asked more often than runs are due: whether one is, the period's row in the database says, for all replicas alike.
    """
    accounts = accounts_of(desk).items()
    await asyncio.gather(*[sync_by_the_clock(desk, account, stores[0], plan) for account, stores in accounts])
