"""A step of a modal that takes longer than Slack waits: three seconds for the answer to a submission (slack.md 3.3).

What is done by then answers the submission itself, so that errors stand under their own fields. What is not shows that it
is being worked on, and changes the modal when it is done.
"""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck

from bot.errors import OrderAheadError
from bot.messages import shortcuts
from bot.messages.parts import Block, Message
from handlers.errors import telling
from handlers.front import Acted, Front, Submission

log = structlog.get_logger("orderahead.handlers")

QUICK_SECONDS = 1.8


@dataclass(frozen=True)
class Step:
    """What the modal shows next. With `errors` it stays as it is where that is still possible, and `view` shows the same
    errors where it is not."""

    view: Block
    errors: dict[str, str] = field(default_factory=dict)


async def step(
    front: Front, ack: AsyncAck, submission: Submission, work: Coroutine[Any, Any, Step], *, meanwhile: Block
) -> None:
    """Answer a submission with what `work` finds, within the time or after it."""
    working = asyncio.create_task(_told(work))
    done, _ = await asyncio.wait({working}, timeout=QUICK_SECONDS)
    if not done:
        await ack(response_action="update", view=meanwhile)
        await show(front, submission, submission.view_id, (await working).view)
        return
    found = working.result()
    # A value that was kept may have stopped working: its field is not there, and comes back with the view.
    if found.errors and found.errors.keys() <= submission.values.keys():
        await ack(response_action="errors", errors=found.errors)
    else:
        await ack(response_action="update", view=found.view)


async def fill(front: Front, where: Acted, work: Coroutine[Any, Any, Step], *, meanwhile: Block) -> None:
    """Open a modal at once, and show what `work` finds in it: a trigger lives three seconds."""
    try:
        view_id = await front.slack_of(where).open_modal(where.trigger_id, meanwhile)
    except BaseException:
        work.close()
        raise
    await show(front, where, view_id, (await _told(work)).view)


async def show(front: Front, where: Acted, view_id: str, view: Block) -> None:
    """Change an open modal. When the person has closed it, what was done is in the channel and in /flowhub status."""
    try:
        await front.slack_of(where).update_modal(view_id, view)
    except OrderAheadError as problem:
        log.info("a modal could not be changed", why=problem.sentence)


async def _told(work: Coroutine[Any, Any, Step]) -> Step:
    """What the work answers; what goes wrong becomes a sentence in the modal."""
    found: list[Step] = []

    async def working() -> Message | None:
        found.append(await work)
        return None

    async def tell(message: Message) -> None:
        found.append(Step(shortcuts.told(message)))

    await telling(working(), tell)
    return found[0]
