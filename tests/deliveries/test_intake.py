"""What arrives at the same moment shares a commit, and goes before what follows from it."""

import asyncio
from datetime import UTC, datetime

from bot.desk.intake import MANY, Intake
from bot.rules.deliveries import Kind, Wanted
from bot.store import Database

NOW = datetime(2026, 3, 6, 20, 52, tzinfo=UTC)


def arrivals(intake: Intake, count: int) -> list[asyncio.Task[None]]:
    each = [Wanted(Kind.TAKE_IN, f"downtown:{number}", "intake:downtown", NOW) for number in range(count)]
    return [asyncio.create_task(intake.accept(one, once=True)) for one in each]


async def is_made_to_wait(intake: Intake) -> bool:
    waiting = asyncio.create_task(intake.give_way())
    await asyncio.sleep(0)
    waits = not waiting.done()
    await waiting
    return waits


async def test_what_can_wait_gives_way_while_many_wait_for_their_answers(database: Database) -> None:
    intake = Intake(database)
    assert not await is_made_to_wait(intake)
    many = arrivals(intake, MANY)
    await asyncio.sleep(0)  # each is told of
    await asyncio.sleep(0)  # their commit begins
    assert await is_made_to_wait(intake)
    await asyncio.gather(*many)
    assert not await is_made_to_wait(intake)


async def test_a_few_are_no_reason_to_wait(database: Database) -> None:
    intake = Intake(database)
    few = arrivals(intake, MANY - 1)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert not await is_made_to_wait(intake)
    await asyncio.gather(*few)
