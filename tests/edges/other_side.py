"""A server on loopback that answers what a test tells it to, for answers that no stand-in would give."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

from bot.sandbox.wire import serve

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class OtherSide:
    """`asked` are the requests so far, by path. `answer` is what the next ones get."""

    url: str = ""
    asked: list[str] = field(default_factory=list)
    answer: Answer | None = None


@asynccontextmanager
async def other_side(answer: Answer) -> AsyncIterator[OtherSide]:
    side = OtherSide(answer=answer)

    async def handle(request: web.Request) -> web.StreamResponse:
        side.asked.append(request.path)
        assert side.answer is not None
        return await side.answer(request)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handle)
    server = await serve(app)
    side.url = server.url
    try:
        yield side
    finally:
        await server.close()


def saying(
    body: bytes | str,
    *,
    status: int = 200,
    content_type: str = "application/json",
    headers: dict[str, str] | None = None,
) -> Answer:
    content = body.encode() if isinstance(body, str) else body

    async def answer(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=status, body=content, headers={"Content-Type": content_type, **(headers or {})})

    return answer


def dripping(seconds: float) -> Answer:
    """A byte every few milliseconds, for so long: no single wait is long, the whole is."""

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        await response.prepare(request)
        ends = asyncio.get_running_loop().time() + seconds
        try:
            while asyncio.get_running_loop().time() < ends:
                await response.write(b" ")
                await asyncio.sleep(0.02)
        except ConnectionError:
            pass
        return response

    return answer


def truncated(body: bytes) -> Answer:
    """Promises more than it sends, then hangs up."""

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(
            headers={"Content-Type": "application/json", "Content-Length": str(len(body) + 50)}
        )
        await response.prepare(request)
        await response.write(body)
        assert request.transport is not None
        request.transport.close()
        return response

    return answer
