"""SIGKILL, again and again: at every step of an order's way, before and after the other side took it, at named moments inside
the bot, and at any moment, while orders flow in from Leafly and from the web shop and move in the point of sale.

`make faults` does the same a thousand times."""

import inspect
from pathlib import Path
from random import Random

import pytest

from bot.sandbox import Sandbox
from tests.conftest import new_postgres_database
from tests.faults.executioner import NOT_REPEATABLE, STEPS, Step
from tests.faults.failpoints import FAILPOINTS, original
from tests.faults.killing import killed_and_looked_at, plan

AT_ANY_MOMENT = 5
AT_NO_REPEATABLE = [name for name, point in FAILPOINTS.items() if "lease" in name or "create" in name or "post" in name]


async def test_no_card_is_lost_or_doubled_whenever_the_process_dies(sandbox: Sandbox, tmp_path: Path) -> None:
    await _kill_and_look(sandbox, f"sqlite:///{tmp_path}/orders.db", STEPS[::2], list(FAILPOINTS), tmp_path)


async def test_nor_is_it_on_postgresql_where_another_process_may_be_at_work(
    sandbox: Sandbox, postgres: str, tmp_path: Path
) -> None:
    """What was under way is only looked at when its lease has lapsed."""
    await _kill_and_look(sandbox, new_postgres_database(postgres), NOT_REPEATABLE, AT_NO_REPEATABLE, tmp_path)


async def _kill_and_look(
    sandbox: Sandbox, database_url: str, steps: list[Step], failpoints: list[str], tmp_path: Path
) -> None:
    chance = Random(database_url.partition(":")[0])  # noqa: S311
    kills = plan(steps, failpoints, AT_ANY_MOMENT, chance)
    tally = await killed_and_looked_at(sandbox, database_url, kills, chance, tmp_path)
    assert tally.wrong == []
    assert not tally.not_reached
    assert tally.kills.total() == len(kills)
    assert tally.orders > len(kills) // 2


@pytest.mark.parametrize("name", FAILPOINTS)
def test_every_failpoint_is_a_place_in_the_bot(name: str) -> None:
    _, _, function = original(FAILPOINTS[name])
    assert inspect.iscoroutinefunction(inspect.unwrap(function)) or inspect.isasyncgenfunction(inspect.unwrap(function))
