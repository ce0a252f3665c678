"""Telling the story: one scene after the other, at reading speed or at once, with pause and resume."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from bot.sandbox.sandbox import Sandbox
from bot.sandbox.shop import NotPossible
from bot.sandbox.slack import outcomes
from bot.sandbox.stage import Stage, says

READING_SECONDS = 4.0
SLOWEST, FASTEST = 0.25, 100.0
NOBODY = "Nobody yet"

Scene = tuple[str, Callable[["Day"], Awaitable[None]]]

OVERTAKEN = (TimeoutError, AssertionError, NotPossible, outcomes.NotPossible)
"""How an act fails when a card or an order is no longer as the scene expects it."""


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

    async def claim(self, person: str, words: str, *, channel: str) -> None:
        """Unless somebody at the page was faster."""
        card = await self.card(words, channel=channel)
        if says(card, NOBODY):
            await self.press(person, card, "claim_order")
        await self.until(lambda: not says(card, NOBODY), "a claim")

    def note(self, source: str, store: str, number: str) -> None:
        self.placed.append((source, store, number))


class Story:
    """`fast` leaves out the pauses between acts and takes no interruption. `speed` divides the time to read."""

    def __init__(self, sandbox: Sandbox, scenes: Sequence[Scene], *, fast: bool = False, speed: float = 1.0) -> None:
        self._scenes = scenes
        self._fast = fast
        self.speed = speed
        self._going = asyncio.Event()
        self._going.set()
        self.day = Day(sandbox, self._pause)
        self.step = 0
        self.caption = ""
        self.state: Literal["playing", "paused", "finished"] = "playing"

    async def tell(self) -> None:
        """Play every scene. Raises TimeoutError when something that should be seen does not come.

        Whoever sits at the page may press the buttons first: the scene then ends there, and the next one begins.
        """
        for number, (caption, scene) in enumerate(self._scenes, start=1):
            self.step, self.caption = number, caption
            await self._pause()
            try:
                await scene(self.day)
            except OVERTAKEN:
                if self._fast:
                    raise
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

    def read_at(self, factor: float) -> None:
        """Twice as fast at 2, half as fast at 0.5. The bot's own clocks stay as they are. Raises NotPossible."""
        if not SLOWEST <= factor <= FASTEST:
            raise NotPossible(f"“factor” must be from {SLOWEST:g} to {FASTEST:g}.")
        self.speed = factor

    def told(self) -> dict[str, Any]:
        """How far the story is, for the page."""
        return {
            "state": self.state,
            "step": self.step,
            "of": len(self._scenes),
            "caption": self.caption,
            "speed": self.speed,
        }

    async def _pause(self) -> None:
        """Time to read. A paused story waits here for as long as it takes."""
        if not self._fast:
            await asyncio.sleep(READING_SECONDS / self.speed)
        await self._going.wait()
