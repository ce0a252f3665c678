"""What an operator sees: the numbers that docs/operations.md promises, and the reasons why it can't work."""

import re
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot import metrics
from tests.faults.waiting import all_is_told
from tests.world import World

PAGE = Path(__file__).parents[2] / "docs" / "operations.md"


def test_the_page_lists_each_number_with_its_meaning() -> None:
    listed = PAGE.read_text().split("<!-- metrics -->")[1]
    told = dict(re.findall(r"^\| `(orderahead_\w+)` \| (.+) \|$", listed, re.MULTILINE))
    assert told == {_name(one): one._documentation for one in vars(metrics).values() if hasattr(one, "_documentation")}


def _name(metric: object) -> str:
    family = next(iter(metric.describe()))  # type: ignore[attr-defined]
    return f"{family.name}_total" if family.type == "counter" else str(family.name)


async def scraped(world: World) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    assert world.bot is not None
    async with httpx.AsyncClient(base_url=world.bot.address) as web:
        text = (await web.get("/metrics")).text
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name.startswith("orderahead_")
    }


async def test_orders_calls_jobs_and_what_waits_are_counted(world: World) -> None:
    bot = await world.start_bot()
    before = await scraped(world)
    world.leafly.place_order("downtown", shopper="maya", items=[("Mesa Sunrise Pre-Roll", 1)])
    await world.card("Maya A.", "Claim")
    await all_is_told(world.slack, bot.database)
    after = await scraped(world)

    def grew(name: str, **labels: str) -> float:
        key = (name, tuple(sorted(labels.items())))
        return after.get(key, 0) - before.get(key, 0)

    assert grew("orderahead_orders_total", source="leafly") == 1
    assert grew("orderahead_call_seconds_count", to="Slack", ended="answered") >= 1
    assert grew("orderahead_deliveries_total", kind="card", ended="done") >= 1
    assert after["orderahead_open_orders", ()] == 1
    assert after["orderahead_database_up", ()] == 1
    assert after["orderahead_job_ended_timestamp_seconds", (("job", "follow open orders"),)] > 0
    # Due later: the two rungs of its first clock.
    assert after["orderahead_deliveries_waiting", (("kind", "escalate"), ("state", "due"))] == 2
    labels = {value for _, pairs in after for _, value in pairs}
    assert not labels & {"downtown", "Downtown", "Maya A.", world.channel}


@pytest.mark.parametrize(
    ("ahead", "why"), [(timedelta(minutes=2), "the clock has stopped"), (timedelta(seconds=30), "")], ids=str
)
async def test_a_clock_that_stopped_is_no_readiness(world: World, ahead: timedelta, why: str) -> None:
    bot = await world.start_bot()
    bot._scheduler.pause()
    now = bot.desk.now()
    bot.desk.now = lambda: now + ahead
    async with httpx.AsyncClient(base_url=bot.address) as web:
        answer = await web.get("/readyz")
    assert answer.json().get("why", "") == why
    assert answer.status_code == (503 if why else 200)
