"""Killed at random points, again and again: what is finished in the end is what a clean full read gives."""

import asyncio
import json
import os
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import text

from bot.rules.customer_sync import RunKind, RunState
from bot.sandbox import Sandbox
from bot.store import Database
from bot.store.schema import upgrade
from bot.vault import Vault, new_key
from tests.customers.shop_floor import ACCOUNT, ShopFloor
from tests.customers.victim import Victim
from tests.segments.counted import Counted

KILLS = int(os.environ.get("KILLS", "14"))
"""On each database; KILLS=200 asks for as many as a release should survive."""


async def a_dead_process_lets_go(floor: ShopFloor) -> None:
    """Its lease lapses within a minute; here the minute has passed."""
    async with floor.desk.database.write() as tx:
        await tx.connection.execute(text("UPDATE accounts SET leased_until = NULL"))


@pytest.mark.parametrize("kind", [RunKind.FIRST, RunKind.NIGHTLY])
async def test_a_sync_that_is_killed_again_and_again_ends_as_a_clean_one_does(
    sandbox: Sandbox, database_url: str, kind: RunKind
) -> None:
    keys = [new_key()]
    database = Database(database_url, Vault(keys))
    await upgrade(database)
    floor = await ShopFloor.open(sandbox, database)
    counted = Counted(floor)
    floor.switches.max_page_size = 25
    victim = Victim(database_url, keys, sandbox.urls["flowhub"])
    chance = Random(f"{kind}{database.is_sqlite}")  # noqa: S311  (which moments, not a secret)
    if kind is RunKind.NIGHTLY:
        await floor.run()
    killed = 0
    for number in range(KILLS // 2):
        if kind is RunKind.NIGHTLY:
            _world_moves_on(floor, chance)
        wait = chance.random() ** 2 * 0.9 if number else 0.02
        killed += await asyncio.to_thread(victim.run_for, wait, kind)
        await a_dead_process_lets_go(floor)
        if kind is RunKind.FIRST and await _is_loaded(floor):
            await _forget_everything(floor)
    assert killed
    print(f"killed {killed} of {KILLS // 2}")
    ended = await floor.run(kind)
    assert ended.state is RunState.DONE
    if kind is RunKind.FIRST:
        await floor.run(RunKind.NIGHTLY)
    await floor.expect_what_flowhub_has()
    await counted.expect_true()
    async with database.read() as tx:
        assert not (await tx.connection.execute(text("SELECT count(*) FROM stale_profiles"))).scalar()
        assert not (
            await tx.connection.execute(text("SELECT count(*) FROM sync_runs WHERE state = 'running'"))
        ).scalar()
    await floor.close()
    await database.close()


async def test_a_first_load_that_another_process_writes_is_whole_whenever_either_is_killed(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    keys = [new_key()]
    database_url = f"sqlite:///{tmp_path}/orders.db"
    database = Database(database_url, Vault(keys))
    await upgrade(database)
    floor = await ShopFloor.open(sandbox, database)
    floor.switches.max_page_size = 5
    victim = Victim(database_url, keys, sandbox.urls["flowhub"], rows_in_a_batch=10)
    chance = Random("another process")  # noqa: S311  (which moments, not a secret)
    resumed = 0
    for number in range(KILLS // 2):
        # By then some batches are written, one is being written, and more is packed.
        wait, pages = chance.random() ** 2 * 0.05, chance.randint(2, 20)
        spares = bool(number % 2)
        await asyncio.to_thread(victim.run_for, wait, RunKind.FIRST, pages=pages, spares_packer=spares)
        await a_dead_process_lets_go(floor)
        if await _is_loaded(floor):
            await _forget_everything(floor)
        resumed += await _rows_are_as_many_as_it_says(floor)
    assert victim.packers
    assert resumed
    print(f"killed {victim.packers} of {KILLS // 2} while their rows were packed elsewhere; {resumed} had written some")
    assert (await floor.run(RunKind.FIRST)).state is RunState.DONE
    await floor.expect_what_flowhub_has()
    await floor.close()
    await database.close()


async def _rows_are_as_many_as_it_says(floor: ShopFloor) -> bool:
    """Whether anything was written; what was, together with its place in the list."""
    async with floor.desk.database.read() as tx:
        query = text("SELECT doc FROM sync_cursors WHERE scope = 'customers'")
        position = json.loads((await tx.connection.execute(query)).scalar() or "{}")
    kept = len(await floor.rows("customers"))
    assert kept == min(position.get("upto", 0), len(floor.customers))
    return kept > 0


def _world_moves_on(floor: ShopFloor, chance: Random) -> None:
    for one in chance.sample(list(floor.customers.values()), 3):
        one.points, one.updated_at = one.points + 1, floor.desk.now()
    if len(floor.customers) > 40:
        floor.customers.pop(chance.choice(list(floor.customers)[20:]))
    # What the night's window holds: an old sale's void is nobody's to find.
    sale = floor.sandbox.flowhub.operator.walk_in_sale("downtown", [("Yuzu Seltzer", 1)], shopper="maya")
    if chance.random() < 0.5:
        sale.voided = True
    else:
        floor.sandbox.flowhub.operator.refund(sale.sale_id)


async def _is_loaded(floor: ShopFloor) -> bool:
    async with floor.desk.database.read() as tx:
        query = text("SELECT loaded_at FROM accounts WHERE key = :key")
        return (await tx.connection.execute(query, {"key": ACCOUNT})).scalar() is not None


async def _forget_everything(floor: ShopFloor) -> None:
    """A first load that was faster than its death: the next one begins anew."""
    async with floor.desk.database.write() as tx:
        of_segments = ("segments", "segment_runs", "changed_customers")
        for table in ("customers", "sales", "profiles", "stale_profiles", "sync_cursors", *of_segments):
            await tx.connection.execute(text(f"DELETE FROM {table}"))  # noqa: S608
        await tx.connection.execute(text("UPDATE accounts SET loaded_at = NULL, good_at = NULL, wide_at = NULL"))


@pytest.mark.parametrize("kind", [RunKind.FIRST, RunKind.HOURLY, RunKind.NIGHTLY])
async def test_a_run_that_is_cancelled_after_any_page_is_made_up_for_by_the_next(
    floor: ShopFloor, kind: RunKind
) -> None:
    floor.switches.max_page_size = 20
    if kind is not RunKind.FIRST:
        await floor.run()
    pages = 0
    stop_after = 0
    running: asyncio.Task[object] | None = None

    def count(_entry: object) -> None:
        nonlocal pages
        pages += 1
        if pages == stop_after and running is not None:
            running.cancel()

    floor.sandbox.flowhub.wire.listeners.append(count)
    for stop_after in (1, 2, 3, 4, 6, 9, 14, 22):
        if kind is not RunKind.FIRST:
            one = next(iter(floor.customers.values()))
            one.points, one.updated_at = one.points + 1, floor.desk.now() + timedelta(seconds=stop_after)
        pages = 0
        running = asyncio.create_task(floor.run(kind))
        await asyncio.gather(running, return_exceptions=True)
    floor.sandbox.flowhub.wire.listeners.clear()
    assert (await floor.run(kind)).state is RunState.DONE
    await floor.expect_what_flowhub_has()
