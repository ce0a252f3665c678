"""What all stand-ins share: a real HTTP server on loopback, faults on demand, and a record of every request.

It knows nothing of Flowhub, Leafly or Slack.
"""

import asyncio
import json
import re
import ssl
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fnmatch import fnmatch
from functools import cache
from typing import Any, Literal

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

FaultKind = Literal["rate_limited", "error", "delay", "cut_before", "cut_after_accept", "garbage", "html_403", "down"]


@dataclass
class Fault:
    """One thing that goes wrong on purpose.

    `path` is a glob over the request path, `times` how many requests it hits (None: until removed), `seconds` the
    length of a delay or the Retry-After of a 429 (0: no such header), `status` the code of an error.
    """

    kind: FaultKind
    path: str = "*"
    times: int | None = 1
    seconds: float = 0.0
    status: int = 500


@dataclass(frozen=True)
class WireEntry:
    """One request as it crossed the wire. `request` and `response` are bodies with secrets masked."""

    at: datetime
    to: str
    method: str
    path: str
    status: int | None
    request: str
    response: str
    milliseconds: float
    fault: FaultKind | None = None


SECRET_KEYS = {
    "client_secret",
    "access_token",
    "refresh_token",
    "token",
    "key",
    "authorization",
    "signing_secret",
    "bot_token",
    "app_token",
    "hmac_key",
    "ticket",
}

SECRET_MARKS = [mark for key in sorted(SECRET_KEYS) for mark in (f'"{key}"', f"{key}=")]
FORM_SECRET = re.compile(rf"\b({'|'.join(sorted(SECRET_KEYS))})=[^&\s\"]+", re.IGNORECASE)
# What tells by its beginning that it is a secret, wherever it stands.
TOKEN = re.compile(r"\b(xox[a-z]-|xapp-|whsec_)[\w./+=-]+")
# An address that works for whoever knows its last part.
SECRET_ADDRESS = re.compile(r"(/)[0-9A-Za-z_]{24,}(?=[\"\s]|$)")


def masked(body: bytes) -> str:
    """A body as text of at most 4,000 characters, without secrets: values of secret keys, tokens, secret addresses."""
    return without_secrets(_without_secret_keys(body.decode("utf-8", "replace"))[:4000])


def without_secrets(text: str) -> str:
    """A piece of a form, a query or a path with its secrets replaced."""
    return SECRET_ADDRESS.sub(r"\1•••", TOKEN.sub(r"\1•••", FORM_SECRET.sub(r"\1=•••", text)))


def _without_secret_keys(text: str) -> str:
    lowered = text.lower()
    if not any(mark in lowered for mark in SECRET_MARKS):
        # Most bodies hold no secret; reading and writing them again would cost more than the request itself.
        return text
    try:
        # The whole body is read before it is shortened: a shortened one is no longer JSON, and would show its secrets.
        return json.dumps(_masked_value(json.loads(text)), ensure_ascii=False)
    except ValueError:
        return text


def _masked_value(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: "•••" if k.lower() in SECRET_KEYS else _masked_value(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_masked_value(item) for item in value]
    return value


class Wire:
    """The faults and the record of one stand-in; `middleware` puts both in front of its routes.

    `mask` makes of a body what may be written down.
    """

    def __init__(self, to: str, *, keep: int = 2000) -> None:
        self.to = to
        self.mask: Callable[[bytes], str] = masked
        self.faults: list[Fault] = []
        self.entries: deque[WireEntry] = deque(maxlen=keep)
        self.listeners: list[Callable[[WireEntry], None]] = []

    def add(self, fault: Fault) -> Fault:
        self.faults.append(fault)
        return fault

    def clear(self) -> None:
        self.faults.clear()

    def reset(self) -> None:
        self.faults.clear()
        self.entries.clear()

    def _next_fault(self, path: str) -> Fault | None:
        for fault in self.faults:
            if fnmatch(path, fault.path):
                if fault.times is not None:
                    fault.times -= 1
                    if fault.times <= 0:
                        self.faults.remove(fault)
                return fault
        return None

    def note(self, entry: WireEntry) -> None:
        self.entries.append(entry)
        for listener in self.listeners:
            listener(entry)

    def middleware(self, *, only: tuple[str, ...] = ("/",)) -> Middleware:
        """An aiohttp middleware for the paths that begin with one of `only`."""

        @web.middleware
        async def crossing(request: web.Request, handler: Handler) -> web.StreamResponse:
            if not request.path.startswith(only):
                return await handler(request)
            loop = asyncio.get_running_loop()
            began, at = loop.time(), datetime.now(UTC)
            sent = await request.read()
            fault = self._next_fault(request.path)
            response = await _faulty(request, handler, fault)
            body = response.body if response is not None and isinstance(response, web.Response) else b""
            self.note(
                WireEntry(
                    at=at,
                    to=self.to,
                    method=request.method,
                    path=without_secrets(request.path_qs),
                    status=response.status if response is not None else None,
                    request=self.mask(sent),
                    response=self.mask(body if isinstance(body, bytes) else b""),
                    milliseconds=(loop.time() - began) * 1000,
                    fault=fault.kind if fault else None,
                )
            )
            if response is None:
                return _hang_up(request)
            return response

        return crossing


FORBIDDEN_PAGE = (
    "<html><head><title>403 Forbidden</title></head><body>"
    "<center><h1>403 Forbidden</h1></center><hr><center>nginx</center></body></html>"
)


async def _faulty(request: web.Request, handler: Handler, fault: Fault | None) -> web.StreamResponse | None:
    """The answer, or None where the connection is to be cut without one."""
    match fault:
        case None:
            return await _handled(request, handler)
        case Fault(kind="rate_limited"):
            headers = {"Retry-After": str(int(fault.seconds))} if fault.seconds else {}
            return web.Response(status=429, headers=headers)
        case Fault(kind="error"):
            return web.json_response(
                {"ok": False, "error": "internal_error", "message": "Internal error"}, status=fault.status
            )
        case Fault(kind="html_403"):
            return web.Response(status=403, text=FORBIDDEN_PAGE, content_type="text/html")
        case Fault(kind="garbage"):
            return web.Response(status=200, body=b'{"data": [{"id": 17, "na', content_type="application/json")
        case Fault(kind="delay"):
            await asyncio.sleep(fault.seconds)
            return await _handled(request, handler)
        case Fault(kind="cut_after_accept"):
            await _handled(request, handler)
            return None
        case _:  # cut_before, down
            return None


async def _handled(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except web.HTTPException as answer:
        # aiohttp wants such an answer raised; to be recorded like any other it becomes an ordinary one.
        headers = {name: value for name, value in answer.headers.items() if name.lower() != "content-length"}
        return web.Response(status=answer.status, reason=answer.reason, headers=headers, body=answer.body)


def _hang_up(request: web.Request) -> web.Response:
    """Close the connection so that the caller sees no byte of an answer."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=499)


class Changes:
    """Wakes whoever waits for something to become true inside a stand-in: nobody has to sleep and look again."""

    def __init__(self) -> None:
        self._next = asyncio.Event()

    def announce(self) -> None:
        self._next.set()
        self._next = asyncio.Event()

    async def until(self, true: Callable[[], bool], *, timeout: float = 5.0) -> None:
        """Return as soon as `true()` holds. Raises TimeoutError after `timeout` seconds."""
        async with asyncio.timeout(timeout):
            while True:
                changed = self._next
                if true():
                    return
                await changed.wait()


@cache
def tls() -> ssl.SSLContext:
    """One for all clients in this process: reading the certificates anew for each costs more than most requests."""
    return ssl.create_default_context()


@dataclass
class Server:
    """A running stand-in. `url` has no trailing slash."""

    url: str
    runner: web.AppRunner = field(repr=False)

    async def close(self) -> None:
        await self.runner.cleanup()


async def serve(app: web.Application, *, host: str = "127.0.0.1", port: int = 0) -> Server:
    """Serve `app` on loopback; port 0 takes a free one. Raises OSError when the port is taken."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    site = web.TCPSite(runner, host, port)
    try:
        await site.start()
    except OSError:
        await runner.cleanup()
        raise
    taken = runner.addresses[0][1]
    return Server(url=f"http://{host}:{taken}", runner=runner)
