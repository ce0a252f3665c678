"""Every hour: bring customers and sales up to date, one way, from Flowhub. Which run is due is decided below."""

import asyncio

from bot.customers import accounts_of, sync
from bot.desk import Desk
from bot.rules.customer_sync import Plan


async def sync_customers(desk: Desk, plan: Plan) -> None:
    """All accounts at once: a first load takes its time, and nobody else's hour should wait for it.

    Asked more often than runs are due: whether one is, the period's row in the database says, for all replicas alike.
    """
    await asyncio.gather(*[sync(desk, account, plan) for account in accounts_of(desk)])
