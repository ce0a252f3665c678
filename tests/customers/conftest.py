"""A desk without Slack: the store, Flowhub's edge, and the stand-in behind it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.sandbox import Sandbox
from bot.store import Database
from bot.store.schema import upgrade
from bot.vault import Vault, new_key
from tests.customers.shop_floor import ShopFloor


@pytest.fixture
async def sqlite_floor(sandbox: Sandbox, tmp_path: Path) -> AsyncIterator[ShopFloor]:
    """On SQLite alone, for what is the edge's matter and not the database's."""
    database = Database(f"sqlite:///{tmp_path}/orders.db", Vault([new_key()]))
    await upgrade(database)
    made = await ShopFloor.open(sandbox, database)
    yield made
    await made.close()
    await database.close()


@pytest.fixture
async def floor(sandbox: Sandbox, database: Database) -> AsyncIterator[ShopFloor]:
    """On both databases."""
    made = await ShopFloor.open(sandbox, database)
    yield made
    await made.close()
