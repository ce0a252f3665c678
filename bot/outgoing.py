"""The HTTP client of all edges but Slack's: httpx in front, aiohttp's connections behind.

httpx's own connections take about a millisecond of computing for each request, aiohttp's an eighth of that, and every
postback costs a request. What a caller sees are httpx's answers and httpx's errors, which say whether a request can have
left.
"""

import urllib.request
from collections.abc import AsyncIterator
from typing import Any

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
    return httpx.AsyncClient(timeout=timeout, transport=AiohttpTransport(), trust_env=False)


class AiohttpTransport(httpx.AsyncBaseTransport):
    def __init__(self) -> None:
        self._ssl = httpx.create_ssl_context()
        self._session: aiohttp.ClientSession | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Raises httpx's ConnectError and ConnectTimeout only when nothing was sent."""
        extensions = request.extensions
        waits = extensions.get("timeout", {})
        try:
            answer = await self._opened().request(
                request.method,
                URL(str(request.url), encoded=True),
                headers=request.headers.multi_items(),
                skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
                data=await request.aread() or None,
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(
                    total=None,
                    connect=waits.get("pool"),
                    sock_connect=waits.get("connect"),
                    sock_read=waits.get("read"),
                ),
                server_hostname=extensions.get("sni_hostname"),
            )
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as problem:
            raise _named(problem, request) from problem
        return httpx.Response(answer.status, headers=answer.raw_headers, stream=_Body(answer, request))

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
    def __init__(self, answer: aiohttp.ClientResponse, request: httpx.Request) -> None:
        self._answer = answer
        self._request = request

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for part in self._answer.content.iter_any():
                yield part
        except (aiohttp.ClientError, TimeoutError, OSError) as problem:
            raise _named(problem, self._request) from problem

    async def aclose(self) -> None:
        """A connection whose answer was read to its end is kept for the next request."""
        if self._answer.content.at_eof():
            self._answer.release()
        else:
            self._answer.close()


def _named(problem: Exception, request: httpx.Request) -> httpx.RequestError | httpx.InvalidURL:
    words: Any = str(problem) or type(problem).__name__
    match problem:
        case aiohttp.ConnectionTimeoutError():
            return httpx.ConnectTimeout(words, request=request)
        case aiohttp.ClientConnectorError():
            return httpx.ConnectError(words, request=request)
        case aiohttp.InvalidURL():
            return httpx.InvalidURL(words)
        case TimeoutError():
            return httpx.ReadTimeout(words, request=request)
        case _:
            return httpx.ReadError(words, request=request)
