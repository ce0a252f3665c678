"""Waiting for what the bot comes to, where Slack alone can't tell that it has come to it."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

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
    wrong: list[str] = []

    async def at_rest() -> bool:
        """What is wrong counts when nothing was asked for and nothing ended while it was looked at."""
        nonlocal left, wrong
        before = await _asked_and_ended(database)
        left, wrong = await unfinished(database), []
        if left:
            return False
        wrong = await what_is_wrong(slack, database)
        return not wrong or await _asked_and_ended(database) == before

    await eventually(at_rest, lambda: f"nothing left to do; there is {left or wrong}")
    assert not wrong, "\n".join(wrong)


async def _asked_and_ended(database: Database) -> tuple[int, int]:
    columns = DeliveryRow.__table__.c  # type: ignore[attr-defined]
    async with database.read() as tx:
        asked, ended = (await tx.connection.execute(select(func.sum(columns.wanted), func.sum(columns.done)))).one()
    return int(asked or 0), int(ended or 0)


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
