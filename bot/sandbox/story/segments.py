"""The scene in which somebody makes a segment."""

import asyncio
from typing import Any

from bot.sandbox.sandbox import MANAGER
from bot.sandbox.story.teller import Day

NAME = "Regulars we may write to"
LOOK_AGAIN_SECONDS, PATIENCE_TURNS = 1.0, 60


async def a_segment_is_made(day: Day) -> None:
    """Theo builds it condition by condition, sees who it would be, saves it, and finds it in the list."""
    desk, theo = day.channel("downtown"), day.sandbox.people[MANAGER]
    await _customers_are_read(day, theo, desk)
    await day.slack.command(theo, desk, "/segments", "new")
    await _shows(day, theo, "Add a condition")
    await _add(day, theo, "fh_total_orders", "at_least", "3")
    await _shows(day, theo, "Over the past 90 days")
    await day.pause()
    await _add(day, theo, "consents_email", "is", "yes")
    view = await _shows(day, theo, "Agreed to e-mail: yes", "Over the past 90 days")
    await day.pause()
    sent = await day.slack.submit(theo, str(view["id"]), {"name": NAME})
    assert sent.ok, sent.errors or sent.failure
    await _shows(day, theo, "is saved")
    await day.close_modal(theo)
    await day.slack.command(theo, desk, "/segments")
    await day.told_privately(theo, NAME)


async def _customers_are_read(day: Day, person: str, desk: str) -> None:
    """The first load of customers takes a moment, and segments are there after it."""
    for _ in range(PATIENCE_TURNS):
        before = len(day.slack.ephemerals(person))
        await day.slack.command(person, desk, "/segments")
        await day.until(lambda: len(day.slack.ephemerals(person)) > before, "an answer")  # noqa: B023  (awaited here)
        if "segments." in day.slack.ephemerals(person)[-1].text:
            return
        await asyncio.sleep(LOOK_AGAIN_SECONDS)
    raise TimeoutError("customers are not read completely")


async def _add(day: Day, person: str, field: str, operator: str, value: str) -> None:
    below = _top(day, person)
    await day.slack.press_in_view(person, str(below["id"]), "segment_field", field)
    await day.fill(person, {"operator": operator, "value": value})


async def _shows(day: Day, person: str, *words: str) -> dict[str, Any]:
    await day.until(lambda: all(word in str(_top(day, person)) for word in words), f"a modal that says {words}")
    return _top(day, person)


def _top(day: Day, person: str) -> dict[str, Any]:
    views = day.slack.open_views(person)
    return dict(views[-1]) if views else {}
