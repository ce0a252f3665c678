"""Many accounts that are due in the same moment, as all of them are each hour, and those whose first load takes long."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import text

from bot.customers.syncs import AT_ONCE, Syncs
from bot.rules.customer_sync import RunKind, RunState
from bot.rules.stores import Credentials, Store
from bot.sandbox.wire import Fault
from bot.store import stores, sync_runs
from tests.customers.shop_floor import PLAN, ShopFloor, later

MANY = 30
LONGEST_SECONDS = 100.0


@asynccontextmanager
async def _syncs(floor: ShopFloor) -> AsyncIterator[Syncs]:
    syncs = Syncs(floor.desk, PLAN)
    async with asyncio.timeout(LONGEST_SECONDS):
        yield syncs
        await syncs.close()


async def _accounts(floor: ShopFloor, names: list[str], store: Store) -> None:
    """Accounts, each with a store of its own, that read the same from the stand-in."""
    shop = floor.sandbox.shop
    pair = Credentials(flowhub_client_id=shop.client_id, flowhub_key=shop.key)
    async with floor.desk.database.write() as tx:
        for name in names:
            own = store.model_copy(update={"key": f"store of {name}", "account": name, "channel": f"C{name}"})
            await stores.put(tx, own, pair, now=floor.desk.now())
    await floor.desk.load_stores()


async def _runs(floor: ShopFloor, account: str) -> list[tuple[RunKind, RunState]]:
    async with floor.desk.database.read() as tx:
        return [(one.kind, one.state) for one in await sync_runs.reports(tx, account)]


async def test_all_are_synced_a_few_at_once_and_nobody_else_waits_for_a_connection(floor: ShopFloor) -> None:
    names = [f"account-{number}" for number in range(MANY)]
    await _accounts(floor, names, floor.desk.stores["downtown"])
    at_once = []
    async with _syncs(floor) as syncs:
        runs = asyncio.gather(*syncs.start_due())
        while not runs.done():
            async with floor.desk.database.read() as tx:
                held = await tx.connection.execute(text("SELECT count(*) FROM accounts WHERE run_id IS NOT NULL"))
                at_once.append(held.scalar_one())
            await asyncio.wait([runs], timeout=0.02)
    assert 1 < max(at_once) <= AT_ONCE
    for name in names:
        assert await _runs(floor, name) == [(RunKind.FIRST, RunState.DONE)]


async def test_nobodys_hour_waits_for_the_first_loads_of_others(floor: ShopFloor) -> None:
    async with _syncs(floor) as syncs:
        await asyncio.gather(*syncs.start_due())
        (known,) = {store.account for store in floor.desk.stores.values()}
        slow = floor.desk.stores["downtown"].model_copy(update={"location_id": "slow", "import_id": "slow"})
        floor.sandbox.flowhub.wire.add(Fault("delay", path="*/slow*", times=None, seconds=LONGEST_SECONDS))
        names = [f"slow-{number}" for number in range(2 * AT_ONCE)]
        await _accounts(floor, names, slow)
        loading = syncs.start_due()
        _looked, slowly = await asyncio.wait(loading, return_when=asyncio.FIRST_COMPLETED)
        floor.desk.now = later(hours=1)
        (again,) = syncs.start_due()
        await again
        assert [kind for kind, _ in await _runs(floor, known)] == [RunKind.HOURLY, RunKind.FIRST]
        assert not any(task.done() for task in slowly)
    assert all(task.done() for task in loading)
    ended = [await _runs(floor, name) for name in names]
    assert sorted(ended) == [[]] * AT_ONCE + [[(RunKind.FIRST, RunState.FAILED)]] * AT_ONCE
