"""`orderahead demo`: the stand-ins, a story, and the unmodified bot between them."""

import asyncio
import json
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Self

from aiohttp import web

from bot.app import Bot
from bot.sandbox import Sandbox
from bot.sandbox.control.asked import Asked, JsonObject, answered
from bot.sandbox.story import SCENES, Story, tally
from bot.settings import load

QUICK_CLOCKS = {"seen_minutes": 0.4, "mention_after_minutes": 0.2}
AN_HOUR_SECONDS = 60
"""Customers are synced each minute: an hour of the demo's day."""
QUICKER_CLOCKS = {"seen_minutes": 0.03, "mention_after_minutes": 0.03}


class Demo:
    """A world that can be started over. `page` is where to look."""

    @classmethod
    async def start(cls, folder: Path, *, port: int = 0, fast: bool = False) -> Self:
        """The stand-ins and the bot between them; the story waits to be begun. Raises OSError when a port is taken."""
        made: list[Self] = []
        sandbox = await Sandbox.start(
            port=port,
            story=lambda: made[0].story.told() if made else None,
            control=answered(lambda request, asked: made[0].control(request, asked)),
        )
        made.append(cls(sandbox, folder, fast=fast))
        await made[0].start_bot()
        return made[0]

    def __init__(self, sandbox: Sandbox, folder: Path, *, fast: bool) -> None:
        self.sandbox = sandbox
        self._folder = folder
        self._fast = fast
        self._times = 0
        self._telling: asyncio.Task[None] | None = None
        self._bot: Bot | None = None
        self._restarting = asyncio.Lock()
        self.story = Story(sandbox, SCENES, fast=fast)

    @property
    def page(self) -> str:
        return f"{self.sandbox.urls['slack']}/"

    async def start_bot(self) -> None:
        """The bot with an empty database, the ordinary one: only its settings know that this is a demo."""
        self._times += 1

        def without_uptown(book: dict[str, Any]) -> None:
            """Uptown is connected from Slack, live; Riverside's clocks are quick."""
            del book["stores"]["uptown"]
            book["stores"]["riverside"]["limits"] = QUICKER_CLOCKS if self._fast else QUICK_CLOCKS

        environment = self.sandbox.environment(
            database_url=f"sqlite:///{self._folder}/demo-{self._times}.db",
            stores=without_uptown,
            order_poll_seconds=0.5 if self._fast else 3,
            pos_watch_seconds=0.5 if self._fast else 3,
            sync_every=AN_HOUR_SECONDS,
            summary="each_sync",
            digest_at="08:00",
        )
        self._bot = Bot(load(environment))
        await self._bot.start()
        await self.sandbox.slack.await_connected()

    def begin_story(self) -> None:
        self._telling = asyncio.create_task(self.story.tell(), name="story")

    async def tell_story(self) -> None:
        await self.story.tell()

    async def start_over(self) -> None:
        """Everything as it was in the morning, and the story from its first scene."""
        async with self._restarting:
            await self._stop()
            await self.sandbox.reset()
            self.story = Story(self.sandbox, SCENES, fast=self._fast, speed=self.story.speed)
            await self.start_bot()
            self.begin_story()

    async def _stop(self) -> None:
        if self._telling is not None:
            self._telling.cancel()
            await asyncio.gather(self._telling, return_exceptions=True)
        if self._bot is not None:
            await self._bot.close()
            self._bot = None

    async def close(self) -> None:
        await self._stop()
        await self.sandbox.close()

    async def control(self, _: web.Request, asked: Asked) -> JsonObject:
        """POST /control/story {"do": "pause" | "resume" | "restart"} or {"do": "speed", "factor": 2}"""
        match asked.one_of("do", ("pause", "resume", "restart", "speed"), ""):
            case "pause":
                self.story.pause()
            case "resume":
                self.story.resume()
            case "restart":
                await self.start_over()
            case _:
                self.story.read_at(asked.number("factor", 1))
        return self.story.told()


async def play(
    *, port: int, headless: bool, fast: bool, as_json: bool, until_stopped: Callable[[], Awaitable[None]]
) -> int:
    """Returns the exit code: not 0 when an order was lost or doubled."""
    with tempfile.TemporaryDirectory(prefix="orderahead-demo-") as folder:
        try:
            demo = await Demo.start(Path(folder), port=0 if headless else port, fast=fast)
        except OSError as problem:
            print(f"Ports {port} to {port + 5} can't all be listened on ({problem.strerror}). Try --port 0.")
            return 1
        try:
            if headless:
                return await _headless(demo, as_json=as_json)
            print(f"The order desk of Green Mesa is open: {demo.page}   (Ctrl-C closes it)", flush=True)
            demo.begin_story()
            await until_stopped()
            return 0
        finally:
            await demo.close()


async def _headless(demo: Demo, *, as_json: bool) -> int:
    await demo.tell_story()
    counted = tally(demo.story.day)
    if as_json:
        print(json.dumps(counted), flush=True)
    else:
        for name, value in counted.items():
            print(f"{name:12} {value}", flush=True)
    return 1 if counted["lost"] or counted["duplicated"] else 0
