"""Databases with Green Mesa's customers in them, read once and copied for each story."""

import shutil

import pytest

from tests.conftest import DATABASES, new_postgres_database
from tests.stories.customers import synced
from tests.world import World


@pytest.fixture(scope="session")
def first_loads() -> dict[str, str]:
    """The address of the database with the first load, of each kind that a story has needed."""
    return {}


@pytest.fixture(params=DATABASES)
async def loaded(
    request: pytest.FixtureRequest,
    world: World,
    first_loads: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> World:
    """A world on either database whose customers were read a moment ago; the bot is still to be started."""
    on_sqlite = request.param == "sqlite"
    server = "" if on_sqlite else request.getfixturevalue("postgres")
    if request.param not in first_loads:
        path = tmp_path_factory.mktemp("first-load") / "orders.db"
        made = World(world.sandbox, f"sqlite:///{path}" if on_sqlite else new_postgres_database(server))
        try:
            await made.start_bot()
            await synced(made)
        finally:
            await made.close()
        first_loads[request.param] = made.database_url
    first = first_loads[request.param]
    if on_sqlite:
        shutil.copy(first.removeprefix("sqlite:///"), world.database_url.removeprefix("sqlite:///"))
    else:
        name = first.partition("?")[0].rpartition("/")[2]
        world.database_url = new_postgres_database(server, like=name)
    return world
