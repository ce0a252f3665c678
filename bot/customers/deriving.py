"""Profiles of customers whose sales were changed, derived from all of their sales."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence

from bot.customers.progress import Progress, Told
from bot.rules.customers import CustomerSale
from bot.rules.profiles import profile_of
from bot.store.bulk import Bulk
from bot.store.customers import sale_of
from bot.store.packing import Packed, Packer

AT_ONCE = 500
"""Customers."""


async def derive(bulk: Bulk, packer: Packer, tell: Told) -> int:
    """Derive every profile that is stale; returns how many read differently than before.

    Which ones are stale rests in the database, so that a run that is killed here leaves the rest to the next.
    """
    changed = done = 0
    while customers := await bulk.stale_customers(AT_ONCE):
        sales = await bulk.sales_of(customers)
        rows = await asyncio.to_thread(_profiles, bulk, packer, customers, sales)
        changed += await bulk.put_profiles(rows, of=customers)
        done += len(customers)
        tell(Progress(bulk.account, "profiles", done))
    return changed


def _profiles(bulk: Bulk, packer: Packer, customers: Sequence[str], rows: Sequence[Packed]) -> list[Packed]:
    found = by_customer(bulk, rows)
    return [packer.profile(customer, profile_of(found.get(customer, []))) for customer in customers]


def by_customer(bulk: Bulk, rows: Sequence[Packed]) -> dict[str, list[CustomerSale]]:
    """Sales, and each refund with the customer whose sale is given back."""
    sales = {sale.sale_id: sale for sale in (sale_of(row, bulk.as_read) for row in rows)}.values()
    owner: dict[str, str] = {}
    for sale in sales:
        if not sale.original_id:
            owner |= dict.fromkeys((sale.sale_id, sale.order_id), sale.customer_id)
    found: dict[str, list[CustomerSale]] = defaultdict(list)
    for sale in sales:
        # A refund is of whoever bought it, whoever's name is on it.
        found[owner.get(sale.original_id, "") if sale.original_id else sale.customer_id].append(sale)
    return dict(found)
