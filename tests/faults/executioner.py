"""Who kills the bot, and when: as a request crosses a wire, at a named failpoint, or at any moment."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from fnmatch import fnmatch

from bot.sandbox import Sandbox
from bot.sandbox.wire import Fault, Wire, WireEntry
from tests.faults.victim import Victim

UPLOAD = "/api/files.completeUploadExternal*"
"""What it is about stands in its address."""
LOOK = "/api/conversations.*"
PATIENCE_SECONDS = 20.0


@dataclass(frozen=True)
class Step:
    """A request of the bot, `taken` by the other side or not: it dies before the answer."""

    wire: str
    path: str
    taken: bool

    def __str__(self) -> str:
        return f"{self.wire} {self.path} {'was taken' if self.taken else 'was not taken'}"


STEPS = [
    Step(wire, path, taken)
    for wire, path in (
        ("leafly", "*/orders/*"),
        ("leafly", "*/acknowledge"),
        ("leafly", "*/status"),
        ("flowhub", "*/inventoryNonZero"),
        ("flowhub", "/order-ahead/v0/create"),
        ("flowhub", "/order-ahead/v0/orderStatus/*"),
        ("slack", "/api/chat.postMessage"),
        ("slack", "/api/chat.update"),
        ("slack", UPLOAD),
        ("slack", LOOK),
        ("webshop", "/hooks/orders"),
    )
    for taken in (True, False)
]
POST = Step("slack", "/api/chat.postMessage", taken=True)
NOT_REPEATABLE = [step for step in STEPS if step.path.endswith(("/create", "/chat.postMessage"))]


class Executioner:
    """`goes_on` is called every second while it waits, so that the day comes to where it strikes."""

    def __init__(self, sandbox: Sandbox, bot: Victim, goes_on: Callable[[], None]) -> None:
        self._wires: dict[str, Wire] = {
            name: getattr(sandbox, name).wire for name in ("leafly", "flowhub", "slack", "webshop")
        }
        self._bot = bot
        self._goes_on = goes_on
        self._step: Step | None = None
        self._struck = asyncio.Event()
        for wire in self._wires.values():
            wire.listeners.append(self._crossed)

    def leave(self) -> None:
        for wire in self._wires.values():
            wire.listeners.remove(self._crossed)

    async def at_step(self, step: Step) -> bool:
        """Whether the day came to it; when it does not, the bot is killed all the same."""
        wire, cut = self._wires[step.wire], Fault("cut_before", path=step.path)
        self._struck.clear()
        if not step.taken:
            wire.add(cut)
        self._step = step
        await self._bot.run()
        came = await self._wait(asyncio.create_task(self._struck.wait()))
        self._step = None
        if not came:
            self._bot.strike()
        await self._bot.bury()
        with suppress(ValueError):
            wire.faults.remove(cut)
        return came

    async def at_failpoint(self, name: str, *, call: int) -> bool:
        """Whether it came to it; when it does not, the bot is killed all the same."""
        await self._bot.run(name, call=call)
        buried = asyncio.create_task(self._bot.bury())
        came = await self._wait(buried)
        if not came:
            self._bot.strike()
        await buried
        return came

    async def at_any_moment(self, seconds: float) -> None:
        await self._bot.run()
        self._goes_on()
        await asyncio.sleep(seconds)
        self._bot.strike()
        await self._bot.bury()

    async def _wait(self, end: asyncio.Task[object]) -> bool:
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE_SECONDS):
                while not end.done():
                    self._goes_on()
                    await asyncio.wait({end}, timeout=1)
        return end.done()

    def _crossed(self, entry: WireEntry) -> None:
        if self._step is None or entry.to != self._step.wire or not fnmatch(entry.path, self._step.path):
            return
        if (entry.fault is None) == self._step.taken:
            self._bot.strike()
            self._step = None
            self._struck.set()
