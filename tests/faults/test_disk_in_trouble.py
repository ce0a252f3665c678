"""The disk is full, or can't be written to any more: senders are asked to come again, nothing that was accepted is lost, and
the bot goes on by itself when there is room."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox.sandbox import VAULT_KEY
from bot.store import Database
from bot.store.sqlite import raw
from bot.vault import Vault
from tests.faults.acts import ITEMS, order
from tests.faults.record import cards_by_order
from tests.faults.test_stopping import started
from tests.faults.victim import victim
from tests.faults.waiting import all_is_told
from tests.world import World

TOO_LARGE_FOR_ANYTHING = 4096
"""Bytes that a file of the process may have at most: not even one page of SQLite's log can be added."""


class FullDisk:
    """A disk on which a process can't make a file longer, as its operating system tells it."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._before = resource.prlimit(pid, resource.RLIMIT_FSIZE)

    def is_full(self) -> None:
        resource.prlimit(self._pid, resource.RLIMIT_FSIZE, (TOO_LARGE_FOR_ANYTHING, self._before[1]))

    def has_room(self) -> None:
        resource.prlimit(self._pid, resource.RLIMIT_FSIZE, self._before)


async def test_a_full_disk_takes_nothing_in_and_loses_nothing(world: World, tmp_path: Path) -> None:
    world.leafly.switches.retry_wait_scale = 0.05
    settings = world.sandbox.environment(database_url=world.database_url, order_poll_seconds=0.3)
    async with victim(settings, tmp_path) as bot:
        await bot.run()
        await bot.is_running()
        disk = FullDisk(bot.pid)
        first = await world.webshop.place_order("downtown", shopper="maya", items=ITEMS)
        in_pos = await world.in_pos("Maya")
        await world.card("Maya A.", "Claim")
        disk.is_full()
        refused = [await world.webshop.place_order("downtown", shopper=who, items=ITEMS) for who in ("jonah", "walt")]
        order(world, "dana")
        world.flowhub.operator.ready(in_pos.order_id)
        await world.leafly.until(lambda: bool(world.leafly.webhooks.attempts), timeout=10)
        await world.flowhub.until(lambda: bool(world.flowhub.postbacks.sent), timeout=10)
        assert [first.status, *(one.status for one in refused)] == [200, 503, 503]
        assert world.leafly.webhooks.attempts[-1].answered == 503
        assert world.flowhub.postbacks.sent[-1].answered == 503
        disk.has_room()
        for one in refused:
            assert (await world.webshop.send(one)).status == 200
        await world.card("Maya A.", "Ready")
        await world.card("Dana W.", "Claim")
        database = Database(world.database_url, Vault([VAULT_KEY]))
        try:
            await all_is_told(world.slack, database)
        finally:
            await database.close()
        assert len(cards_by_order(world.slack)) == 4
        assert world.flowhub.created_count == 4


@contextmanager
def read_only(database: Database) -> Iterator[None]:
    """SQLite refuses every change, as it does on a file system that was mounted anew without writing."""
    connection: Any = database._commits._connection
    below = raw(connection)  # it goes back to the pool when a commit fails, and is used again
    below.execute("PRAGMA query_only=ON")
    try:
        yield
    finally:
        below.execute("PRAGMA query_only=OFF")


async def test_a_read_only_database_takes_nothing_in_and_loses_nothing(world: World) -> None:
    bot = await world.start_bot()
    await world.webshop.place_order("downtown", shopper="maya", items=ITEMS)
    in_pos = await world.in_pos("Maya")
    await world.card("Maya A.", "Claim")
    await all_is_told(world.slack, bot.database)
    with read_only(bot.database):
        refused = await world.webshop.place_order("downtown", shopper="jonah", items=ITEMS)
        world.flowhub.operator.ready(in_pos.order_id)
        await world.flowhub.until(lambda: bool(world.flowhub.postbacks.sent), timeout=10)
        await world.press(world.budtender, await world.card("Maya A."), "claim_order")
        await world.told_privately(world.budtender, "database is not answering")
    assert refused.status == 503
    assert world.flowhub.postbacks.sent[-1].answered == 503
    assert (await world.webshop.send(refused)).status == 200
    await world.card("Jonah R.", "Claim")
    await world.card("Maya A.", "Ready")
    await all_is_told(world.slack, bot.database)
    assert world.flowhub.created_count == 2


async def test_a_database_that_can_not_be_written_is_refused_at_the_start(world: World, tmp_path: Path) -> None:
    await world.start_bot()
    await world.stop_bot()
    url = f"sqlite:///file:{tmp_path}/orders.db?mode=ro&uri=true"
    process = await started(world.sandbox.environment(database_url=url), tmp_path)
    _, said = await process.communicate()
    assert process.returncode == 2, said.decode()
    assert said.decode().strip().startswith("ORDERAHEAD_DATABASE_URL")
    assert "Traceback" not in said.decode()


@pytest.fixture(autouse=True)
def _seldom_swept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what is done in a test writes while it looks."""
    monkeypatch.setattr("bot.deliveries.courier.SWEEP_SECONDS", 1.0)
