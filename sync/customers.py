"""Every hour: bring customers and sales up to date, one way, from Flowhub. Which run is due is decided below."""

from bot.customers.syncs import Syncs


async def sync_customers(syncs: Syncs) -> None:
    """Asked more often than runs are due: whether one is, the period's row in the database says, for all replicas alike."""
    syncs.start_due()
