"""Whether an address answers at all, and what time it is there. Nothing is sent that says who asks."""

import asyncio
from datetime import datetime
from email.utils import parsedate_to_datetime

import httpx

from bot.errors import Unavailable

PATIENCE_SECONDS = 5.0


class Reach:
    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def status(self, url: str) -> int:
        """The HTTP status of a GET. Raises Unavailable when nothing answers."""
        return (await self._ask(url)).status_code

    async def time_at(self, url: str) -> datetime | None:
        """What the answer's Date header says, None when it has none. Raises Unavailable."""
        try:
            return parsedate_to_datetime((await self._ask(url)).headers["Date"])
        except (KeyError, ValueError):
            return None

    async def _ask(self, url: str) -> httpx.Response:
        try:
            async with (
                asyncio.timeout(PATIENCE_SECONDS),
                self._client.stream("GET", url, timeout=PATIENCE_SECONDS) as answer,
            ):
                return answer
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError):
            raise Unavailable("Nothing answers there.") from None
