"""Leafly's calls to its integrator: signed, answered within nine seconds or tried again, without a delivery id."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx

from bot.sandbox.leafly.orders import JsonObject
from bot.sandbox.leafly.switches import Switches
from bot.sandbox.wire import Changes, tls

# Seconds before the second, third and fourth try: the middle of the documented spans.
RETRY_WAITS = (20.0, 25.0, 45.0)
TRIED_AGAIN = ("order_submit", "order_cancel", "order_status")


@dataclass(frozen=True)
class Attempt:
    """One request that was tried. Exactly one of `answered` and `failed` is there."""

    at: datetime
    url: str
    event: str
    number: int
    body: JsonObject
    answered: int | None = None
    failed: str | None = None

    @property
    def accepted(self) -> bool:
        return self.answered in (200, 201)


class Webhooks:
    def __init__(
        self, hmac_key: str, url: str | None, switches: Switches, now: Callable[[], datetime], changes: Changes
    ) -> None:
        self.url = url
        self._key = hmac_key.encode()
        self._switches = switches
        self._now = now
        self._changes = changes
        self._tasks: set[asyncio.Task[None]] = set()
        self._client: httpx.AsyncClient | None = None
        self.attempts: list[Attempt] = []

    def send(self, body: JsonObject) -> None:
        """In the background, with the retries that its kind of event gets."""
        for _ in range(2 if self._switches.webhooks_twice else 1):
            self._start(self._deliver(body))

    async def ask(self, body: JsonObject) -> httpx.Response | None:
        """Once, and wait for the answer. None where there was none, or no address to send it to."""
        return await self._try(body, 1)

    async def settled(self) -> None:
        """Wait until nothing is on its way any more."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def clear(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self.attempts.clear()

    async def close(self) -> None:
        await self.clear()
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    def _start(self, sending: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(sending, name="leafly webhook")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self, body: JsonObject) -> None:
        waits = (0.0, *RETRY_WAITS) if body["eventType"] in TRIED_AGAIN else (0.0,)
        for number, wait in enumerate(waits, start=1):
            await asyncio.sleep(wait * self._switches.retry_wait_scale)
            response = await self._try(body, number)
            if response is not None and response.status_code in (200, 201):
                return

    async def _try(self, body: JsonObject, number: int) -> httpx.Response | None:
        if self.url is None:
            return None
        if self._client is None:
            self._client = httpx.AsyncClient(trust_env=False, verify=tls())
        raw = json.dumps(body).encode()
        signature = hmac.new(self._key, raw, hashlib.sha256).hexdigest()
        headers = {"Content-Type": "application/json", "X-Leafly-Signature": signature}
        response, failed = None, None
        try:
            async with asyncio.timeout(self._switches.webhook_timeout_seconds):
                response = await self._client.post(self.url, content=raw, headers=headers, timeout=None)
        except TimeoutError:
            failed = f"no answer within {self._switches.webhook_timeout_seconds:g} s"
        except (httpx.HTTPError, httpx.InvalidURL) as problem:
            failed = f"{type(problem).__name__}: {problem}"
        answered = response.status_code if response is not None else None
        self.attempts.append(Attempt(self._now(), self.url, body["eventType"], number, body, answered, failed))
        self._changes.announce()
        return response
