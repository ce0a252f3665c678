"""How a system's request is read and how it is refused: with a status and, at most, the name of a field."""

import json
import re
from collections.abc import Sequence
from typing import Any

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = structlog.get_logger("orderahead.handlers")

LARGEST_BODY = 1024 * 1024
"""Bytes; the largest order payloads seen in the field pass 600 kB."""


class Turned(Exception):
    """A request that is not taken. `detail` is for the sender's eyes and never says why a signature is wrong."""

    def __init__(self, status: int, detail: str = "", *, field: str = "") -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.field = field


async def read_body(request: Request) -> bytes:
    """The body. Raises Turned 413 as soon as it is too large, whatever its headers say."""
    declared = request.headers.get("content-length", "")
    if is_number(declared) and int(declared) > LARGEST_BODY:
        raise Turned(413, "The body is larger than 1 MiB.")
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > LARGEST_BODY:
            raise Turned(413, "The body is larger than 1 MiB.")
        parts.append(part)
    return b"".join(parts)


async def read_plain_body(request: Request) -> bytes:
    """The body of a sender who signs what it sends; a packed one is named as such instead of as wrongly signed."""
    if request.headers.get("content-encoding", "identity").lower() not in {"", "identity"}:
        raise Turned(415, "Send the body as it is, without content-encoding.")
    return await read_body(request)


def is_number(text: str) -> bool:
    """Digits that `int` reads; other alphabets' digits are no number in a header."""
    return text.isascii() and text.isdigit() and len(text) < 20


def as_json(body: bytes) -> Any:
    """What the body says. Raises Turned 422; Python would also read NaN and Infinity, which are no JSON."""

    def no_number(name: str) -> None:
        raise ValueError(name)

    try:
        return json.loads(body, parse_constant=no_number)
    except (ValueError, RecursionError):
        raise wrong_field((), "not JSON") from None


def without_control(value: Any) -> Any:
    """Text without control characters and halves of characters, which no database and no message can hold."""
    if not isinstance(value, str) or value.isprintable():  # as nearly all are, and that is known much sooner
        return value
    return re.sub(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]+", " ", value)


def unreadable_field(problem: ValidationError) -> Turned:
    """422 that names the first wrong field, and not its value."""
    first = problem.errors(include_url=False, include_input=False, include_context=False)[0]
    return wrong_field(first["loc"], first["msg"])


def wrong_field(path: Sequence[str | int], message: str) -> Turned:
    field = ".".join(str(part) for part in path) or "body"
    return Turned(422, f"{field}: {message}", field=field)


def install(api: FastAPI) -> None:
    """Turn refusals into answers. A database that is down is 503, so that the sender tries again."""

    @api.exception_handler(Turned)
    async def turned(_request: Request, problem: Exception) -> Response:
        assert isinstance(problem, Turned)
        if problem.status == 401:
            return Response(status_code=401)
        body = {"error": problem.detail} | ({"field": problem.field} if problem.field else {})
        return JSONResponse(body, status_code=problem.status)

    @api.exception_handler(ClientDisconnect)
    async def gone(_request: Request, _problem: Exception) -> Response:
        return Response(status_code=400)

    @api.exception_handler(SQLAlchemyError)
    @api.exception_handler(OSError)
    async def database_down(_request: Request, _problem: Exception) -> Response:
        return JSONResponse({"error": "Not now; please try again."}, status_code=503, headers={"Retry-After": "5"})

    api.add_middleware(_Surprises)


class _Surprises:
    """A mistake of ours: its words and its trace may hold what the sender sent, so only its name is logged."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = False

        async def sending(message: Message) -> None:
            nonlocal began
            began = True
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except Exception as surprise:
            route = getattr(scope.get("route"), "path", "")
            log.error("a request failed", route=route, error=type(surprise).__name__)
            if not began:
                sorry = JSONResponse({"error": "That did not work, and it is our fault."}, status_code=500)
                await sorry(scope, receive, send)
