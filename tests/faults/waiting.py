"""Waiting for what the bot comes to, where Slack alone can't tell that it has come to it."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from bot.sandbox.slack import SlackStandIn
from bot.store import Database
from bot.store.rows import DeliveryRow
from tests.faults.record import what_is_wrong

PATIENCE_SECONDS = 40.0
LOOK_AGAIN_SECONDS = 0.03
SOON = timedelta(seconds=30)
"""Deliveries that are due later than that (escalations, a late acknowledgement) are not waited for."""


async def eventually(true: Callable[[], Awaitable[bool]], waiting_for: Callable[[], str]) -> None:
    """Until `true()` holds, looked at again and again; fails with the sentence that `waiting_for` makes."""
    deadline = asyncio.get_running_loop().time() + PATIENCE_SECONDS
    while not await true():
        if asyncio.get_running_loop().time() > deadline:
            raise AssertionError(f"it did not come to this: {waiting_for()}")
        await asyncio.sleep(LOOK_AGAIN_SECONDS)


async def all_is_told(slack: SlackStandIn, database: Database) -> None:
    """Until the bot has nothing left to say, and then Slack must show all of it, once."""
    left: list[str] = []

    async def at_rest() -> bool:
        nonlocal left
        left = await unfinished(database)
        return not left

    await eventually(at_rest, lambda: f"nothing left to do; there is {left}")
    assert await what_is_wrong(slack, database) == []


async def unfinished(database: Database, *, within: timedelta = SOON) -> list[str]:
    """What is on its way, in doubt, or due before long."""
    columns = DeliveryRow.__table__.c  # type: ignore[attr-defined]
    query = select(columns.kind, columns.state, columns.due_at, columns.problem).where(
        columns.state.in_(("due", "sending", "unknown"))
    )
    async with database.read() as tx:
        found = list(await tx.connection.execute(query))
    now = datetime.now(UTC)
    return [f"{kind} {state} {problem}".strip() for kind, state, at, problem in found if at - now < within]
