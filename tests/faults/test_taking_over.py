"""Two processes on one PostgreSQL: whoever works is killed, and the other one goes on. `make faults` does it 500 times."""

from pathlib import Path
from random import Random

from bot.deliveries import courier
from bot.rules import deliveries
from bot.sandbox import Sandbox
from tests.conftest import new_postgres_database
from tests.faults.taking_over import taken_over

TIMES = 8
AT_A_DISPENSARY = (courier.LEASE.total_seconds(), courier.SWEEP_SECONDS, deliveries.LOOK_AFTER.total_seconds())
"""Read before the waits are shortened."""


async def test_nothing_is_lost_or_doubled_over_many_take_overs(sandbox: Sandbox, postgres: str, tmp_path: Path) -> None:
    tally = await taken_over(sandbox, new_postgres_database(postgres), TIMES, Random(1), tmp_path)  # noqa: S311
    assert tally.wrong == []
    assert tally.orders >= TIMES


def test_what_a_dead_process_had_begun_is_taken_over_within_half_a_minute() -> None:
    """Its lease lapses, the sweep finds it, and a moment later somebody looks."""
    assert sum(AT_A_DISPENSARY) <= 30
