"""Tells an order's status to the `postbackUrl` it came with, in one of the ways that a real system might."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx

from bot.sandbox.flowhub.pos import JsonObject, PosOrder
from bot.sandbox.flowhub.switches import Switches
from bot.sandbox.wire import Changes, tls

TIMEOUT_SECONDS = 5.0
SENDERS = 50
"""How many are under way at most, which is what any system has; its HTTP client slows down with the square of their number."""


@dataclass(frozen=True)
class Postback:
    """One request that was tried. Exactly one of `answered` and `failed` is there."""

    at: datetime
    order_id: str
    url: str
    method: str
    status_told: str
    answered: int | None = None
    failed: str | None = None


class Postbacks:
    """Sends in the background, for each order in the order of its changes unless told otherwise."""

    def __init__(self, switches: Switches, now: Callable[[], datetime], changes: Changes) -> None:
        self._switches = switches
        self._now = now
        self._changes = changes
        self._tasks: set[asyncio.Task[None]] = set()
        self._last_of: dict[str, asyncio.Task[None]] = {}
        self._held: dict[str, JsonObject] = {}
        self._senders = asyncio.Semaphore(SENDERS)
        self._client: httpx.AsyncClient | None = None
        self.sent: list[Postback] = []

    def tell(self, order: PosOrder) -> None:
        """Called at each change of status."""
        switches, wanted = self._switches, self._switches.postback_statuses
        if order.postback_url is None or (wanted is not None and order.status not in wanted):
            return
        told = order.answer()
        match switches.postback:
            case "never":
                return
            case "once":
                self._later(order, [told])
            case "twice":
                self._later(order, [told, told])
            case "late":
                self._later(order, [told], after=switches.postback_late_seconds)
            case "out_of_order":
                self._swap(order, told)

    def resend(self, order: PosOrder) -> None:
        if order.postback_url is not None and self._switches.resend_on_request:
            self._later(order, [order.answer()])

    async def settled(self) -> None:
        """Wait until nothing is on its way any more."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def clear(self) -> None:
        await self._stop()
        self.sent.clear()

    async def close(self) -> None:
        await self._stop()
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    def _swap(self, order: PosOrder, told: JsonObject) -> None:
        """Hold a change back until the next one has been told; the last one of all goes out late."""
        held = self._held.pop(order.order_id, None)
        if held is not None:
            self._later(order, [told, held])
        else:
            self._held[order.order_id] = told
            self._start(order.order_id, self._release(order, told, self._switches.postback_late_seconds))

    async def _release(self, order: PosOrder, told: JsonObject, after: float) -> None:
        await asyncio.sleep(after)
        if self._held.get(order.order_id) is told:
            del self._held[order.order_id]
            await self._send(order, told)

    def _later(self, order: PosOrder, bodies: list[JsonObject], *, after: float = 0) -> None:
        before = self._last_of.get(order.order_id)

        async def send_all() -> None:
            if after:
                await asyncio.sleep(after)
            elif before is not None:
                await asyncio.wait([before])
            for told in bodies:
                await self._send(order, told)

        self._last_of[order.order_id] = self._start(order.order_id, send_all())

    def _start(self, order_id: str, sending: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(sending, name=f"postback {order_id}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _send(self, order: PosOrder, told: JsonObject) -> None:
        url, method = order.postback_url, self._switches.postback_method
        if url is None:
            return
        for _ in range(1 + self._switches.postback_retries):
            answered, failed = await self._try(url, method, told)
            self.sent.append(
                Postback(
                    self._now(), order.order_id, url, method, str(told["status"]), answered=answered, failed=failed
                )
            )
            self._changes.announce()
            if answered is not None and answered < 300:
                return

    async def _try(self, url: str, method: str, told: JsonObject) -> tuple[int | None, str | None]:
        if self._client is None:
            self._client = httpx.AsyncClient(timeout=TIMEOUT_SECONDS, trust_env=False, verify=tls())
        try:
            async with self._senders:
                if self._switches.postback_carries_body:
                    response = await self._client.request(method, url, json=told)
                else:
                    response = await self._client.request(method, url)
        except (httpx.HTTPError, httpx.InvalidURL) as problem:
            return None, f"{type(problem).__name__}: {problem}"
        return response.status_code, None

    async def _stop(self) -> None:
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._last_of.clear()
        self._held.clear()
