"""The HTTP client of all edges but Slack's: httpx in front, aiohttp's connections behind.

httpx takes about a millisecond of computing for each request, aiohttp an eighth of that, and every postback costs requests.
What a caller sees are httpx's answers and httpx's errors, which say whether a request can have left.
"""

import json as jsons
import ssl
import urllib.request
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import cache
from typing import Any
from urllib.parse import urlencode

import aiohttp
import httpx
from yarl import URL

MOST_CONNECTIONS = 200
IDLE_SECONDS = 5.0
"""A connection that was idle for longer is not used again: the other side may be closing it at this moment."""


def http_client(*, timeout: float) -> httpx.AsyncClient:
    """A client for many hosts. It follows no redirects; close it with `aclose`."""
    if urllib.request.getproxies():
        # How to talk through which proxy is httpx's knowledge.
        return httpx.AsyncClient(timeout=timeout, limits=httpx.Limits(max_connections=MOST_CONNECTIONS))
    return LeanClient(timeout=timeout)


class LeanClient(httpx.AsyncClient):
    """`stream` takes the short way; all else is httpx's, over the same connections."""

    def __init__(self, *, timeout: float) -> None:
        self._connections = AiohttpTransport()
        super().__init__(timeout=timeout, transport=self._connections, trust_env=False)

    @asynccontextmanager
    async def stream(  # type: ignore[override]
        self,
        method: str,
        url: httpx.URL | str,
        *,
        content: bytes | None = None,
        data: Mapping[str, str] | None = None,
        json: Any = None,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: httpx.Timeout | float | None = None,
        follow_redirects: bool = False,
        extensions: Mapping[str, Any] | None = None,
    ) -> AsyncIterator[httpx.Response]:
        assert not follow_redirects
        sent = {"Accept": "*/*", "Accept-Encoding": "gzip, deflate", "User-Agent": self.headers["User-Agent"]}
        if json is not None:
            content = jsons.dumps(json, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
            sent["Content-Type"] = "application/json"
        elif data is not None:
            content = urlencode(data).encode()
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        waits = (self.timeout if timeout is None else httpx.Timeout(timeout)).as_dict()
        asked = httpx.URL(url, params=params) if params else url
        server_name = (extensions or {}).get("sni_hostname")
        answer = await self._connections.ask(method, asked, {**sent, **(headers or {})}, content, waits, server_name)
        try:
            yield answer
        finally:
            await answer.aclose()


@cache
def tls() -> ssl.SSLContext:
    """One for all clients of this process: reading the certificates takes longer than anything else at start."""
    return httpx.create_ssl_context()


class AiohttpTransport(httpx.AsyncBaseTransport):
    def __init__(self) -> None:
        self._ssl = tls()
        self._session: aiohttp.ClientSession | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        waits, server_name = request.extensions.get("timeout", {}), request.extensions.get("sni_hostname")
        content = await request.aread()
        return await self.ask(request.method, request.url, request.headers, content, waits, server_name)

    async def ask(
        self,
        method: str,
        url: httpx.URL | str,
        headers: Mapping[str, str],
        content: bytes | None,
        waits: Mapping[str, float | None],
        server_name: str | None,
    ) -> httpx.Response:
        """Raises httpx's ConnectError and ConnectTimeout only when nothing was sent."""
        try:
            answer = await self._opened().request(
                method,
                URL(url) if isinstance(url, str) else URL(str(url), encoded=True),
                headers=headers,
                skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
                data=content or None,
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(
                    total=None,
                    connect=waits.get("pool"),
                    sock_connect=waits.get("connect"),
                    sock_read=waits.get("read"),
                ),
                server_hostname=server_name,
            )
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as problem:
            raise _named(problem) from problem
        return httpx.Response(answer.status, headers=answer.raw_headers, stream=_Body(answer))

    async def aclose(self) -> None:
        if self._session is not None:
            await self._session.close()

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=MOST_CONNECTIONS, keepalive_timeout=IDLE_SECONDS, ssl=self._ssl),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,  # httpx does that, by the answer's headers
            )
        return self._session


class _Body(httpx.AsyncByteStream):
    def __init__(self, answer: aiohttp.ClientResponse) -> None:
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for part in self._answer.content.iter_any():
                yield part
        except (aiohttp.ClientError, TimeoutError, OSError) as problem:
            raise _named(problem) from problem

    async def aclose(self) -> None:
        """A connection whose answer was read to its end is kept for the next request."""
        if self._answer.content.at_eof():
            self._answer.release()
        else:
            self._answer.close()


def _named(problem: Exception) -> httpx.RequestError | httpx.InvalidURL:
    words = str(problem) or type(problem).__name__
    match problem:
        case aiohttp.ConnectionTimeoutError():
            return httpx.ConnectTimeout(words)
        case aiohttp.ClientConnectorError():
            return httpx.ConnectError(words)
        case aiohttp.InvalidURL() | ValueError():
            return httpx.InvalidURL(words)
        case TimeoutError():
            return httpx.ReadTimeout(words)
        case _:
            return httpx.ReadError(words)
