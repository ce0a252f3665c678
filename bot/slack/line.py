"""The two clients of a workspace, and the token that each call is made with."""

import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import aiohttp
from slack_sdk.http_retry.builtin_async_handlers import AsyncConnectionErrorRetryHandler, AsyncServerErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import Unavailable
from bot.metrics import call_to
from bot.slack.answers import answered
from bot.slack.outage import Outage

TIMEOUT_SECONDS = 15


class Line:
    """One workspace. `token` is asked for at each call, because a workspace's token may be a new one an hour later.

    Two clients: a post must never be repeated by a library that can't know whether the first one arrived (slack.md 2.2),
    so it goes through a client without retries; reads and edits may be repeated.
    """

    def __init__(
        self, *, token: str | Callable[[], Awaitable[str]], api_url: str, session: aiohttp.ClientSession
    ) -> None:
        self._token = token
        self.address = f"{api_url.rstrip('/')}/"
        shared: dict[str, Any] = {
            "base_url": self.address,
            "session": session,
            "timeout": TIMEOUT_SECONDS,
            "logger": logging.getLogger("orderahead.slack_sdk"),
        }
        self.once = AsyncWebClient(**shared, retry_handlers=[])
        self.repeatable = AsyncWebClient(
            **shared,
            retry_handlers=[AsyncConnectionErrorRetryHandler(), AsyncServerErrorRetryHandler(max_retry_count=2)],
        )
        self.outage = Outage(self._question)

    async def _question(self) -> None:
        await self._answered(self.once.auth_test())

    async def _delivered(self, call: Coroutine[Any, Any, Any]) -> Any:
        """As `_answered`, for what the queue sends and asks: not at all while Slack is down. What a person waits for is tried
        at once, because it can't wait."""
        try:
            await self.outage.over()
        except BaseException:
            call.close()
            raise
        try:
            answer = await self._answered(call)
        except Unavailable as problem:
            if problem.retry_after is None:
                self.outage.began()
            raise
        self.outage.ended()
        return answer

    async def _answered(self, call: Coroutine[Any, Any, Any]) -> Any:
        """Slack's answer, or the error that names the reaction. What a call sends is made when it is awaited, so the token
        is in time."""
        try:
            token = self._token if isinstance(self._token, str) else await self._token()
        except BaseException:
            call.close()
            raise
        for client in (self.once, self.repeatable):
            client.token = token
        with call_to("Slack"):
            return await answered(call)
