"""Killed while it looks, again and again: in the end each occasion was met once, with all that followed from it."""

import asyncio
import os
from dataclasses import replace
from datetime import timedelta
from random import Random

from bot.rules.automations import WIN_BACK
from bot.sandbox import Sandbox
from bot.store import Database, segments
from bot.store.schema import upgrade
from bot.vault import Vault, new_key
from sync.automations import look_for_occasions
from tests.automations.conftest import FIRINGS, WANTED, Shop
from tests.automations.victim import look_and_die
from tests.customers.shop_floor import ACCOUNT, ShopFloor

KILLS = int(os.environ.get("KILLS", "4"))


async def test_each_occasion_is_met_once_however_often_it_is_killed(sandbox: Sandbox, database_url: str) -> None:
    keys = [new_key()]
    database = Database(database_url, Vault(keys))
    await upgrade(database)
    shop = Shop(await ShopFloor.open(sandbox, database))
    await shop.floor.run()
    ids = sorted(shop.floor.customers)
    for number in range(4):
        await shop.switch_on(replace(WIN_BACK, key=f"k{number}", name=f"K {number}", daily_cap=1000))
    at = shop.floor.desk.now() + timedelta(milliseconds=1)
    async with database.write() as tx:
        await segments.add_moves(tx, ACCOUNT, at, {("lapsed_60", True, ""): ids})
    chance, killed = Random(f"{database.is_sqlite}"), 0  # noqa: S311  (which moments, not a secret)
    for _ in range(KILLS):
        wait = 0.01 + chance.random() * 0.06
        killed += await asyncio.to_thread(look_and_die, database_url, keys, sandbox.urls["flowhub"], wait)
    print(f"killed {killed} of {KILLS}")
    assert killed
    await look_for_occasions(shop.floor.desk)
    fired = await shop.rows(FIRINGS)
    assert len(fired) == 4 * len(ids)
    assert {row[0] for row in fired} == set(ids)
    assert len(await shop.rows(WANTED)) == 4 * len(ids)
    noted = await shop.rows("SELECT reason FROM audit WHERE action = 'automation_fired'")
    assert sum(int(reason.split()[0]) for (reason,) in noted) == 4 * len(ids)
    await shop.floor.close()
    await database.close()
