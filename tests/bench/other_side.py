"""The stand-ins, with a watch at Slack's door: when each call arrived, and what it said."""

import asyncio
import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.sandbox import Sandbox
from bot.sandbox.shop import Shop

ORDER_ID = re.compile(r"bench (B-\d+)")


@dataclass(frozen=True)
class Call:
    """A call to Slack. `at` is when its head was read, in seconds of CLOCK_MONOTONIC; `status` is Slack's answer.

    It is read once, though it be asked again and again: what a load waits for must not hold up what it measures.
    """

    at: float
    method: str
    body: bytes
    status: int

    @property
    def said(self) -> dict[str, Any]:
        said: dict[str, Any] = json.loads(self.body)
        return said

    @cached_property
    def order_key(self) -> str:
        return str(self._marked("order_key"))

    @cached_property
    def part(self) -> str:
        return str(self._marked("part"))

    @cached_property
    def order_id(self) -> str:
        """The web shop's number, from the note on the card."""
        found = ORDER_ID.search(self.text)
        return found[1] if found else ""

    @property
    def text(self) -> str:
        return self.body.decode()

    def _marked(self, name: str) -> Any:
        return self.said["metadata"]["event_payload"][name]


class OtherSide(Sandbox):
    """A sandbox that notes every call to `chat.postMessage` and `chat.update`."""

    def __init__(self, shop: Shop | None = None) -> None:
        super().__init__(shop)
        self.calls: list[Call] = []
        self.slack.app.middlewares.insert(0, self._watch)

    @web.middleware
    async def _watch(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        at = time.monotonic()
        response = await handler(request)
        if request.path.startswith("/api/chat."):
            self.calls.append(Call(at, request.path.rpartition("/")[2], await request.read(), response.status))
        return response

    async def until(self, true: Callable[[], bool], *, seconds: float) -> None:
        """Until something holds, or the time is up. What is asked reads every call there was: too much for every change."""
        ends_at = time.monotonic() + seconds
        while not true() and time.monotonic() < ends_at:  # noqa: ASYNC110
            await asyncio.sleep(0.25)

    def posts(self) -> list[Call]:
        return [call for call in self.calls if call.method == "chat.postMessage" and call.status == 200]

    def edits(self) -> list[Call]:
        return [call for call in self.calls if call.method == "chat.update" and call.status == 200]
