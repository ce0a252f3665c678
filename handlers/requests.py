"""How a system's request is read and how it is refused: with a status and, at most, the name of a field."""

from collections.abc import Sequence

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError

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
    if declared.isdigit() and int(declared) > LARGEST_BODY:
        raise Turned(413, "The body is larger than 1 MiB.")
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > LARGEST_BODY:
            raise Turned(413, "The body is larger than 1 MiB.")
        parts.append(part)
    return b"".join(parts)


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

    @api.exception_handler(SQLAlchemyError)
    @api.exception_handler(OSError)
    async def database_down(_request: Request, _problem: Exception) -> Response:
        return JSONResponse({"error": "Not now; please try again."}, status_code=503, headers={"Retry-After": "5"})
