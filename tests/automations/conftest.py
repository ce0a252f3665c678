"""A shop whose customers were read, and automations that are switched on there."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from sqlalchemy import text

from bot.rules.automations import Automation
from bot.rules.profiles import Profile
from bot.sandbox import Sandbox
from bot.sandbox.shop import Customer
from bot.store import Database, automations, customers
from sync.automations import look_for_occasions
from tests.customers.shop_floor import ACCOUNT, ShopFloor

FIRINGS = "SELECT fh_id, is_dry, action FROM firings ORDER BY at, key"
WANTED = "SELECT kind FROM deliveries WHERE kind LIKE 'automation%' ORDER BY id"
NOTED = "SELECT action, what, reason FROM audit ORDER BY id"


@dataclass
class Shop:
    """`floor` is what Flowhub has and the desk that reads it."""

    floor: ShopFloor

    async def switch_on(self, automation: Automation, **more: Any) -> Automation:
        made = replace(automation, is_on=True, **more)
        async with self.floor.desk.database.write() as tx:
            await automations.put(tx, "", ACCOUNT, made, now=self.floor.desk.now(), made_by="U0ROSA")
        return made

    def named(self, name: str) -> Customer:
        return next(one for one in self.floor.customers.values() if one.name.startswith(name))

    async def profile(self, name: str) -> Profile:
        async with self.floor.desk.database.read() as tx:
            return await customers.profile(tx, ACCOUNT, self.named(name).customer_id) or Profile()

    async def buys(self, *shoppers: str) -> None:
        for shopper in shoppers:
            self.floor.sandbox.flowhub.operator.walk_in_sale("downtown", [("Yuzu Seltzer", 1)], shopper=shopper)
        await self.floor.run()

    async def look(self) -> None:
        await look_for_occasions(self.floor.desk)

    async def rows(self, query: str) -> list[tuple[Any, ...]]:
        async with self.floor.desk.database.read() as tx:
            return [tuple(row) for row in await tx.connection.execute(text(query))]


@pytest.fixture
async def shop(sandbox: Sandbox, database: Database) -> AsyncIterator[Shop]:
    """On both databases, after the first load."""
    made = Shop(await ShopFloor.open(sandbox, database))
    await made.floor.run()
    yield made
    await made.floor.close()


@pytest.fixture
async def new_shop(sandbox: Sandbox, database: Database) -> AsyncIterator[Shop]:
    """Before its first load."""
    made = Shop(await ShopFloor.open(sandbox, database))
    yield made
    await made.floor.close()
