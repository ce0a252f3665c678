"""How a call to Flowhub or Leafly is made: paced, retried with full jitter inside a deadline, limited in size.

Flowhub publishes no rate limit; about 59 requests a second were seen to work (A20), and its 429 carries no headers.
"""

import asyncio
import json
import random
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

import httpx
from aiolimiter import AsyncLimiter
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_delay
from tenacity.wait import wait_base

from bot.errors import Garbled, Refused, Unauthorised, Unavailable, Unreadable
from bot.metrics import call_to

T = TypeVar("T")

DEADLINE_SECONDS = 20.0
"""How long a read may take, all tries together."""
PAGE_SECONDS = 60.0
"""The same for a page of a long list, which may take its time."""
TRY_SECONDS = 10.0
FIRST_WAIT_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 8.0
LARGEST_ANSWER = 64 * 1024 * 1024
"""Bytes. A store's whole inventory comes in one answer (apis.md 5.2)."""


class _FullJitter(wait_base):
    """A random part of an exponentially growing ceiling, or what the other side asked for."""

    def __call__(self, retry_state: Any) -> float:
        problem = retry_state.outcome.exception() if retry_state.outcome else None
        asked = problem.retry_after if isinstance(problem, Unavailable) else None
        ceiling = min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2 ** (retry_state.attempt_number - 1))
        return float(asked or random.uniform(0, ceiling))  # noqa: S311  (jitter, not a secret)


FULL_JITTER = _FullJitter()

MOST_IN_ONE_SECOND = 19.0
"""What a burst and the steady pace may make together (A20): one less than the twenty that must never be reached, because
requests that left apart may arrive together."""
LARGEST_BURST = 3.0


def pace(requests_per_second: float) -> AsyncLimiter:
    """A steady pace with a small burst; the two together stay below `MOST_IN_ONE_SECOND`."""
    burst = max(1.0, min(LARGEST_BURST, MOST_IN_ONE_SECOND - 1 - requests_per_second))
    return AsyncLimiter(burst, burst / requests_per_second)


async def until_deadline(read: Callable[[], Awaitable[T]], *, what: str, seconds: float = DEADLINE_SECONDS) -> T:
    """Repeat a read while the other side is unavailable. Raises the last Unavailable.

    It is not begun again after `DEADLINE_SECONDS`, and all tries together end after `seconds`, which may be more where one
    try may take long.
    """
    try:
        async with asyncio.timeout(seconds):
            async for attempt in AsyncRetrying(
                wait=FULL_JITTER,
                stop=stop_after_delay(min(seconds, DEADLINE_SECONDS)),
                retry=retry_if_exception_type(Unavailable),
                reraise=True,
            ):
                with attempt:
                    return await read()
    except TimeoutError:
        raise Unavailable(f"{what} did not answer within {seconds:.0f} seconds.") from None
    raise AssertionError("unreachable: the last attempt raises")


async def call(
    client: httpx.AsyncClient,
    limiter: AsyncLimiter,
    method: str,
    url: str,
    *,
    what: str,
    headers: Mapping[str, str] | None = None,
    body: Any = None,
    form: Mapping[str, str] | None = None,
    params: Mapping[str, str] | None = None,
    timeout: float = TRY_SECONDS,
) -> Any:
    """One request and its JSON. Raises Unavailable, Unauthorised, Refused or Unreadable with a sentence about `what`."""
    content = await content_of(
        client, limiter, method, url, what=what, headers=headers, body=body, form=form, params=params, timeout=timeout
    )
    return parsed(content, what)


async def content_of(
    client: httpx.AsyncClient,
    limiter: AsyncLimiter,
    method: str,
    url: str,
    *,
    what: str,
    headers: Mapping[str, str] | None = None,
    body: Any = None,
    form: Mapping[str, str] | None = None,
    params: Mapping[str, str] | None = None,
    timeout: float = TRY_SECONDS,
    largest: int = LARGEST_ANSWER,
) -> bytes:
    """One request and the bytes of an answer that says yes, at most `largest`. Raises as `call` does."""
    # A connection that can't be made is found out before the whole time is up: that request provably never left.
    patience = httpx.Timeout(timeout, connect=timeout / 2, pool=timeout / 2)
    async with limiter:
        with call_to(what):
            try:
                async with (
                    asyncio.timeout(timeout),
                    client.stream(
                        method, url, headers=headers, json=body, data=form, params=params, timeout=patience
                    ) as answer,
                ):
                    content = await _read(answer, what, largest)
            except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
                raise Unavailable(f"{what} can't be reached.", may_have_arrived=False) from None
            except (httpx.TransportError, httpx.DecodingError, TimeoutError):
                raise Unavailable(f"{what} did not answer.") from None
            except httpx.InvalidURL:
                raise Refused(f"{what}: the address is not valid.") from None
            _judge(answer, content, what)
    return content


async def _read(answer: httpx.Response, what: str, largest: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    async for part in answer.aiter_bytes():
        size += len(part)
        if size > largest:
            raise Unreadable(f"{what} answered with more than {largest // 2**20} MiB.")
        parts.append(part)
    return b"".join(parts)


def _judge(answer: httpx.Response, content: bytes, what: str) -> None:
    status = answer.status_code
    if status == 429:
        raise Unavailable(f"{what} is being asked too often.", retry_after=_seconds(answer), may_have_arrived=False)
    if status >= 500 or status == 408:
        raise Unavailable(f"{what} has a problem of its own (HTTP {status}).", status=status)
    if status == 401:
        raise Unauthorised(f"{what} does not accept these credentials.", status=401)
    if status == 403:
        # An nginx page, not JSON: a blocked address or region, or bad credentials at the edge (apis.md section 6).
        raise Unauthorised(f"{what} refuses to talk to this machine with these credentials (HTTP 403).", status=403)
    if status >= 400:
        raise Refused(f"{what} said no: {_reason(content) or f'HTTP {status}'}", status=status)


def parsed(content: bytes, what: str) -> Any:
    """The JSON of an answer, None for nothing; NaN and the like, which JSON does not have, are None too.

    Raises Garbled when it is something else: what a gateway puts in front of the real answer goes away.
    """
    if not content.strip():
        return None
    try:
        return _whole(json.loads(content, parse_constant=lambda _name: None), content)
    except (ValueError, RecursionError):
        raise Garbled(f"{what} answered with something that is not data.") from None


def _whole(data: Any, content: bytes) -> Any:
    """Without halves of characters, which JSON can name and no text can hold; they are rare, so most answers stay as is."""
    if b"\\ud" not in content and b"\\uD" not in content:
        return data
    text = json.dumps(data, ensure_ascii=False)
    return json.loads(text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace"))


def _seconds(answer: httpx.Response) -> float | None:
    text = answer.headers.get("Retry-After", "")
    return min(float(text), 60.0) if text.isascii() and text.isdigit() else None


def _reason(content: bytes) -> str:
    """What an error body says, in whichever of the shapes that were seen (A7): never a page, never more than a line."""
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        text = content.decode("utf-8", "replace").strip()
        return "" if "<" in text else text[:200]
    found: list[str] = []
    for key in ("message", "errors", "error", "error_description") if isinstance(body, dict) else ():
        value = body.get(key)
        for one in value if isinstance(value, list) else [value]:
            text = one.get("message") or one.get("detail") or "" if isinstance(one, dict) else one
            if isinstance(text, str) and text:
                found.append(text)
        if found:
            break
    return "; ".join(found)[:200]
