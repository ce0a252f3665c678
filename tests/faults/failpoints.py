"""Named moments inside the bot at which it can be killed.

Nothing of this is in the bot: the process that forks bots for these tests (`tests.faults.cradle`) wraps one function in
the child, before the child starts. What is installed at a dispensary has no failpoint that could be switched on.
"""

import importlib
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import wraps
from typing import Any

OURS = {"bot", "handlers", "sync"}


@dataclass(frozen=True)
class Failpoint:
    """The process dies where a coroutine function, `module:name.of.it`, begins or has `ended`, at one of its first
    `often` calls. `in_doubt`: it is only called when something is in doubt; at `start`: only while the bot starts."""

    at: str
    ended: bool = True
    often: int = 2
    in_doubt: bool = False
    start: bool = False


WRITE = "bot.store.database:Database.write"
FAILPOINTS: dict[str, Failpoint] = {
    "a transaction is written and not committed": Failpoint(WRITE, ended=False, often=40),
    "a transaction is committed and nobody woken": Failpoint(WRITE, often=40),
    "the schema is not looked at yet": Failpoint("bot.store.schema:upgrade", ended=False, often=1, start=True),
    "the schema is there": Failpoint("bot.store.schema:upgrade", often=1, start=True),
    "what was under way is found": Failpoint("bot.store.leases:recover", often=1, start=True),
    "the courier runs and the doors are shut": Failpoint("bot.deliveries.courier:Courier.start", often=1, start=True),
    "a request is read and not durable": Failpoint("bot.desk.intake:Intake.accept", ended=False),
    "a request is durable and not answered": Failpoint("bot.desk.intake:Intake.accept"),
    "an order is about to be taken in": Failpoint("bot.desk.taking_in:take_in", ended=False),
    "an order was taken in and its row is not done": Failpoint("bot.desk.taking_in:take_in"),
    "a change is recorded and not committed": Failpoint("bot.desk.recording:record", often=10),
    "a wish is written": Failpoint("bot.store.deliveries:want", often=10),
    "a lease is committed and no call made": Failpoint("bot.deliveries.courier:Courier.lease", often=6),
    "a lease is written and not committed": Failpoint("bot.store.leases:lease", often=6),
    "a call ended and its row says so in an open transaction": Failpoint("bot.store.deliveries:finish", often=10),
    "a call ended and its row says nothing": Failpoint("bot.deliveries.courier:Courier._attempt", often=10),
    "a delivery is made": Failpoint("bot.deliveries.courier:Courier.make", often=10),
    "a create is about to be sent": Failpoint("bot.flowhub.client:OrderAhead.create", ended=False, often=1),
    "a create is answered and its number not written": Failpoint("bot.flowhub.client:OrderAhead.create", often=1),
    "a status is read and not written": Failpoint("bot.flowhub.client:OrderAhead.status", often=4),
    "a post is about to be sent": Failpoint("bot.slack:Slack.post", ended=False, often=4),
    "a post is answered and its place not written": Failpoint("bot.slack:Slack.post", often=4),
    "an edit is made and not written": Failpoint("bot.slack:Slack.update", often=2),
    "a digest is wanted and not committed": Failpoint("bot.store.digests:add", often=1),
    "a digest is counted and not written": Failpoint("bot.digests.making:make", often=1),
    "a digest's picture is uploaded and not written": Failpoint("bot.slack:Slack.keep_picture", often=1),
    "a message in doubt is found and not written": Failpoint("bot.slack:Slack.find", often=1, in_doubt=True),
    "a Leafly order is read and not written": Failpoint("bot.leafly:Leafly.order", often=1),
    "Leafly heard the acknowledgement and it is not written": Failpoint("bot.leafly:Leafly.acknowledge", often=1),
    "Leafly heard a status and it is not written": Failpoint("bot.leafly:Leafly.set_status", often=1),
    "the web shop heard of it and it is not written": Failpoint("bot.webhooks:Webhooks.send", often=2),
    "a poll is about to ask": Failpoint("sync.orders:OrderPoll.__call__", ended=False, often=1),
}


def original(point: Failpoint) -> tuple[Any, str, Any]:
    """Who holds the function, its name there, and the function."""
    module, _, path = point.at.partition(":")
    holder: Any = importlib.import_module(module)
    *way, name = path.split(".")
    for step in way:
        holder = getattr(holder, step)
    return holder, name, getattr(holder, name)


def arm(name: str, call: int) -> None:
    """Let this process die at that call of the failpoint's function."""
    point = FAILPOINTS[name]
    holder, attribute, function = original(point)
    left = call

    def die_in_turn() -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    deadly = (_around_a_block if point.at == WRITE else _around_a_call)(function, point, die_in_turn)
    setattr(holder, attribute, deadly)
    for module in [one for known, one in sys.modules.items() if known.partition(".")[0] in OURS]:
        for known in [known for known, value in vars(module).items() if value is function]:
            setattr(module, known, deadly)


def _around_a_call(function: Callable[..., Awaitable[Any]], point: Failpoint, die: Callable[[], None]) -> Any:
    @wraps(function)
    async def deadly(*args: Any, **named: Any) -> Any:
        if not point.ended:
            die()
        result = await function(*args, **named)
        if point.ended:
            die()
        return result

    return deadly


def _around_a_block(function: Callable[..., Any], point: Failpoint, die: Callable[[], None]) -> Any:
    """A transaction: before its commit, or after it and before what follows from it."""

    @wraps(function)
    @asynccontextmanager
    async def deadly(*args: Any, **named: Any) -> AsyncIterator[Any]:
        async with function(*args, **named) as tx:
            if point.ended:
                tx.wakes = _Deadly(tx.wakes, die)
            yield tx
            if not point.ended:
                die()

    return deadly


class _Deadly(dict[str, Any]):
    """The lanes that a commit wakes: asked for when it is done."""

    def __init__(self, wakes: dict[str, Any], die: Callable[[], None]) -> None:
        super().__init__(wakes)
        self._die = die

    def items(self) -> Any:
        self._die()
        return super().items()
