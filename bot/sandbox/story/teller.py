"""Telling the story: one scene after the other, at reading speed or at once, with pause and resume."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from bot.sandbox.sandbox import Sandbox
from bot.sandbox.stage import Stage

READING_SECONDS = 4.0

Scene = tuple[str, Callable[["Day"], Awaitable[None]]]


@dataclass
class Day(Stage):
    """The stage of the story. `placed` collects what was ordered: the source, the store, and the source's own number."""

    sandbox: Sandbox
    pause: Callable[[], Awaitable[None]]
    patience: float = 30.0
    placed: list[tuple[str, str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        Stage.__init__(self, self.sandbox, patience=self.patience)

    def channel(self, store: str) -> str:
        return self.sandbox.channels[store]

    def note(self, source: str, store: str, number: str) -> None:
        self.placed.append((source, store, number))


class Story:
    """`fast` leaves out the pauses between acts; nothing else differs."""

    def __init__(self, sandbox: Sandbox, scenes: Sequence[Scene], *, fast: bool = False) -> None:
        self._scenes = scenes
        self._fast = fast
        self._going = asyncio.Event()
        self._going.set()
        self.day = Day(sandbox, self._pause)
        self.step = 0
        self.caption = ""
        self.state: Literal["playing", "paused", "finished"] = "playing"

    async def tell(self) -> None:
        """Play every scene. Raises TimeoutError when something that should be seen does not come."""
        for number, (caption, scene) in enumerate(self._scenes, start=1):
            self.step, self.caption = number, caption
            await self._pause()
            await scene(self.day)
        self.state = "finished"
        self.caption = "That was the day. The desk is yours: order something, press the buttons, break the weather."

    def pause(self) -> None:
        if self.state == "playing":
            self._going.clear()
            self.state = "paused"

    def resume(self) -> None:
        if self.state == "paused":
            self._going.set()
            self.state = "playing"

    def told(self) -> dict[str, Any]:
        """How far the story is, for the page."""
        return {"state": self.state, "step": self.step, "of": len(self._scenes), "caption": self.caption}

    async def _pause(self) -> None:
        """Time to read. A paused story waits here for as long as it takes."""
        if not self._fast:
            await asyncio.sleep(READING_SECONDS)
        await self._going.wait()
