"""Erasing what is left of a removed store once its time of grace is over. What people did stays in the audit log, which
holds nothing personal."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select

from bot.rules.stores import Store, StoreState
from bot.store import channels, digests, firings, roles, summaries
from bot.store.rows import DeliveryRow, EventRow, OrderRow, ParkedRow, StoreRow
from bot.store.transaction import Tx

stores: Any = StoreRow.__table__  # type: ignore[attr-defined]
orders: Any = OrderRow.__table__  # type: ignore[attr-defined]
events: Any = EventRow.__table__  # type: ignore[attr-defined]
deliveries: Any = DeliveryRow.__table__  # type: ignore[attr-defined]
parked: Any = ParkedRow.__table__  # type: ignore[attr-defined]


async def removed_before(tx: Tx, moment: datetime) -> Sequence[Store]:
    query = select(stores.c.doc).where(stores.c.state == StoreState.REMOVED.value, stores.c.state_since < moment)
    return [Store.model_validate_json(doc) for (doc,) in await tx.connection.execute(query.order_by(stores.c.key))]


async def erase(tx: Tx, store: Store) -> int:
    """Delete the store's orders with their history, what was on its way, what could not be read, what automations did there,
    and the roles given there; with a workspace's last store of an account, its automations. How many orders there were."""
    of_store = select(orders.c.key).where(orders.c.store_key == store.key)
    await tx.connection.execute(delete(events).where(events.c.order_key.in_(of_store)))
    await tx.connection.execute(delete(deliveries).where(deliveries.c.order_key.in_(of_store)))
    for table in (deliveries, parked):
        await tx.connection.execute(delete(table).where(table.c.store_key == store.key))
    await firings.erase_store(tx, store.key)
    erased = await tx.connection.execute(delete(orders).where(orders.c.store_key == store.key))
    await digests.forget_store(tx, store.key)
    await summaries.forget_store(tx, store.key)
    await roles.forget_store(tx, store.workspace, store.key)
    if not await _is_used(tx, store):
        await channels.forget(tx, store.workspace, store.channel)
    if not await _has_others(tx, store):
        await firings.erase_automations(tx, store.workspace, store.account)
    return int(erased.rowcount)


async def _has_others(tx: Tx, store: Store) -> bool:
    """Whether its workspace has other stores of the account, for which automations go on."""
    query = select(func.count()).where(
        stores.c.workspace == store.workspace,
        stores.c.account == store.account,
        stores.c.state != StoreState.REMOVED.value,
    )
    return bool((await tx.connection.execute(query)).scalar())


async def _is_used(tx: Tx, store: Store) -> bool:
    """Whether another store has its desk in the same channel by now."""
    query = select(func.count()).where(
        stores.c.workspace == store.workspace,
        stores.c.channel == store.channel,
        stores.c.state != StoreState.REMOVED.value,
    )
    return bool((await tx.connection.execute(query)).scalar())
