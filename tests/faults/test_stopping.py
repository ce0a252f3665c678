"""SIGTERM: nothing new is begun, what is under way ends, and the program says that all is well."""

import asyncio
import signal
import sys
from pathlib import Path
from typing import Any

from bot.sandbox.wire import Fault
from tests.faults.acts import ITEMS
from tests.faults.record import cards_by_order
from tests.faults.victim import environment
from tests.faults.waiting import all_is_told, eventually
from tests.world import World, all_words


async def started(settings: dict[str, Any], folder: Path) -> asyncio.subprocess.Process:
    """`python -m bot run`, as an operator starts it."""
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "run", env=environment(settings), cwd=folder, stderr=asyncio.subprocess.PIPE
    )


async def until_it_says(process: asyncio.subprocess.Process, words: bytes) -> None:
    assert process.stderr is not None
    said = b""
    async with asyncio.timeout(60):
        while words not in said:
            said = await process.stderr.readline()
            assert said, "it ended before it said so"


async def stop(process: asyncio.subprocess.Process) -> tuple[int | None, str]:
    """Its exit code, and what it said after the signal."""
    process.send_signal(signal.SIGTERM)
    async with asyncio.timeout(20):
        _, said = await process.communicate()
    return process.returncode, said.decode()


async def test_what_is_under_way_ends_and_the_rest_waits_for_the_next_start(world: World, tmp_path: Path) -> None:
    process = await started(world.sandbox.environment(database_url=world.database_url), tmp_path)
    await until_it_says(process, b"is running at")
    slow = world.slack.wire.add(Fault("delay", path="/api/chat.postMessage", seconds=0.5))
    for shopper in ("maya", "jonah", "priya"):
        await world.webshop.place_order("downtown", shopper=shopper, items=ITEMS)

    async def one_is_being_posted() -> bool:
        return slow not in world.slack.wire.faults

    await eventually(one_is_being_posted, lambda: "a card on its way")
    code, said = await stop(process)
    assert (code, "Traceback" in said) == (0, False)
    assert len(cards_by_order(world.slack)) == 1
    bot = await world.start_bot()
    await all_is_told(world.slack, bot.database)
    assert len(cards_by_order(world.slack)) == 3
    assert world.flowhub.created_count == 3


async def test_somebody_who_asked_a_moment_before_is_answered(world: World) -> None:
    await world.start_bot()
    world.flowhub.wire.add(Fault("delay", path="/v0/clientsLocations", seconds=1.0))
    before = len(world.slack.ephemerals(world.owner))
    asked = await world.slack.command(world.owner, world.channel, "/flowhub", "doctor")
    assert asked.ok
    await world.stop_bot()
    (answer,) = world.slack.ephemerals(world.owner)[before:]
    assert "*Account key*" in all_words(answer)


async def test_a_request_in_flight_is_answered_and_there_or_is_sent_again(world: World, tmp_path: Path) -> None:
    process = await started(world.sandbox.environment(database_url=world.database_url), tmp_path)
    await until_it_says(process, b"is running at")
    shoppers = ("maya", "jonah", "priya", "walt") * 4
    sending = [asyncio.create_task(world.webshop.place_order("downtown", shopper=who, items=ITEMS)) for who in shoppers]
    await asyncio.wait(sending, return_when=asyncio.FIRST_COMPLETED)
    code, said = await stop(process)
    assert (code, "Traceback" in said) == (0, False), said
    placed = await asyncio.gather(*sending)
    assert any(order.status == 200 for order in placed)
    bot = await world.start_bot()
    for order in placed:
        if order.status != 200:
            assert (await world.webshop.send(order)).status == 200
    await all_is_told(world.slack, bot.database)
    assert len(cards_by_order(world.slack)) == len(shoppers)
    assert world.flowhub.created_count == len(shoppers)


async def test_it_stops_as_well_while_it_starts(world: World, tmp_path: Path) -> None:
    """A deployment is taken back while the new version waits for a Slack that says nothing."""
    world.slack.wire.add(Fault("delay", path="/api/auth.test", seconds=5))
    process = await started(world.sandbox.environment(database_url=world.database_url), tmp_path)

    async def it_asks() -> bool:
        return not world.slack.wire.faults

    await eventually(it_asks, lambda: "a start that waits for Slack")
    code, said = await stop(process)
    assert (code, "Traceback" in said) == (0, False)


async def test_it_stops_at_once_while_slack_is_down(world: World, tmp_path: Path) -> None:
    world.slack.wire.add(Fault("down", times=None))
    process = await started(world.sandbox.environment(database_url=world.database_url), tmp_path)
    await until_it_says(process, b"is running at")
    code, said = await stop(process)
    assert (code, "Traceback" in said) == (0, False)
