"""Customers are synced while the database goes away, the disk is full, or Slack is down: what was read stays, the next run
makes up for the rest, and the message in Slack says how it went."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from bot.customers.telling import sync_by_the_clock
from bot.rules.customer_sync import Plan, RunState
from bot.sandbox import Sandbox
from bot.sandbox.slack import Message
from bot.sandbox.wire import Fault, WireEntry
from bot.store import Database
from bot.store.schema import upgrade
from bot.vault import Vault, new_key
from tests.conftest import new_postgres_database
from tests.customers.shop_floor import ACCOUNT, ShopFloor
from tests.faults.postgres_door import open_again, shut
from tests.faults.test_disk_in_trouble import FullDisk, read_only
from tests.faults.victim import victim
from tests.faults.waiting import all_is_told, eventually
from tests.world import World, says

COMPLETE = "The first sync is complete"


def of_a_sync(world: World, *words: str) -> list[Message]:
    found = world.slack.cards(world.channel)
    theirs = [one for one in found if ((one.metadata or {}).get("event_payload") or {}).get("part") == "sync"]
    return [one for one in theirs if says(one, *words)]


async def test_a_run_whose_database_goes_away_fails_in_words_and_the_next_makes_up_for_it(
    sandbox: Sandbox, postgres: str
) -> None:
    url = new_postgres_database(postgres)
    database = Database(url, Vault([new_key()]))
    await upgrade(database)
    floor = await ShopFloor.open(sandbox, database)
    floor.switches.max_page_size = 40
    pages = 0
    second = asyncio.Event()

    def count(_entry: WireEntry) -> None:
        nonlocal pages
        pages += 1
        if pages == 2:
            second.set()

    sandbox.flowhub.wire.listeners.append(count)
    running = asyncio.create_task(floor.run())
    await second.wait()
    sandbox.flowhub.wire.listeners.remove(count)
    await shut(postgres, url)
    with pytest.raises((SQLAlchemyError, OSError)):
        async with database.read() as tx:
            await tx.connection.execute(text("SELECT 1"))
    await open_again(postgres, url)
    report = await running
    assert report.state is RunState.FAILED
    assert report.problem == "The database is not answering."
    assert (await floor.run()).state is RunState.DONE
    await floor.expect_what_flowhub_has()
    await floor.close()
    await database.close()


async def test_a_first_load_goes_on_when_the_disk_has_room_again(world: World, tmp_path: Path) -> None:
    settings = world.sandbox.environment(database_url=world.database_url, sync_pages_per_second=17)
    async with victim(settings, tmp_path) as bot:
        await bot.run()
        await bot.is_running()
        await world.slack.await_connected()
        disk = FullDisk(bot.pid)
        page = world.flowhub.wire.add(Fault("delay", path="/v1/customers*", seconds=0.5))
        assert (await world.slack.command(world.manager, world.channel, "/flowhub", "sync")).ok
        await eventually(_gone(world, page), lambda: "the first page being asked for")
        disk.is_full()
        await eventually(_said(bot.last_words, "customers could not be synced"), lambda: "the run's end")
        disk.has_room()
        await world.until(lambda: bool(of_a_sync(world, "The database is not answering")), "how it went")
        assert (await world.slack.command(world.manager, world.channel, "/flowhub", "sync")).ok
        await world.until(lambda: bool(of_a_sync(world, COMPLETE, "Customers: 308 read")), "the load's end")
        assert len(of_a_sync(world)) == 1


def _gone(world: World, fault: Fault) -> Callable[[], Awaitable[bool]]:
    async def gone() -> bool:
        return fault not in world.flowhub.wire.faults

    return gone


def _said(lines: Iterable[str], words: str) -> Callable[[], Awaitable[bool]]:
    async def said() -> bool:
        return any(words in line for line in lines)

    return said


async def test_nothing_is_read_for_a_database_that_is_read_only_and_all_of_it_when_it_is_not(world: World) -> None:
    bot = await world.start_bot()
    with read_only(bot.database):
        assert (await world.slack.command(world.manager, world.channel, "/flowhub", "sync")).ok
        await world.told_privately(world.manager, "database is not answering")
    assert of_a_sync(world) == []
    assert (await world.slack.command(world.manager, world.channel, "/flowhub", "sync")).ok
    await world.until(lambda: bool(of_a_sync(world, COMPLETE, "Customers: 308 read")), "the load's end")
    assert len(of_a_sync(world)) == 1


async def test_customers_are_read_while_slack_is_down_and_it_is_told_afterwards(world: World) -> None:
    bot = await world.start_bot()
    down = world.slack.wire.add(Fault("down", times=None))
    report = await sync_by_the_clock(bot.desk, ACCOUNT, bot.desk.stores["downtown"], Plan())
    assert report is not None
    assert report.state is RunState.DONE
    assert of_a_sync(world) == []
    world.slack.wire.faults.remove(down)
    await world.until(lambda: bool(of_a_sync(world, COMPLETE)), "a message that tells of it")
    await all_is_told(world.slack, bot.database)
    assert len(of_a_sync(world)) == 1
