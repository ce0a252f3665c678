"""A database with Green Mesa's customers in it, read once and copied for each story."""

import shutil
from pathlib import Path

import pytest

from tests.stories.customers import synced
from tests.world import World


@pytest.fixture(scope="session")
def first_loads() -> list[Path]:
    """Where the database with the first load is, once a story has needed it."""
    return []


@pytest.fixture
async def loaded(world: World, first_loads: list[Path], tmp_path_factory: pytest.TempPathFactory) -> World:
    """A world whose customers were read a moment ago; the bot is still to be started."""
    if not first_loads:
        path = tmp_path_factory.mktemp("first-load") / "orders.db"
        made = World(world.sandbox, f"sqlite:///{path}")
        try:
            await made.start_bot()
            await synced(made)
        finally:
            await made.close()
        first_loads.append(path)
    shutil.copy(first_loads[0], world.database_url.removeprefix("sqlite:///"))
    return world
