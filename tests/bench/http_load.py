"""A small HTTP/1.1 client with kept connections: a load that costs so much itself would measure itself."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self, cast


@dataclass(frozen=True)
class Answer:
    """`sent_at` and `at` are seconds of CLOCK_MONOTONIC, which all processes of a machine share."""

    status: int
    sent_at: float
    at: float


def post(path: str, body: bytes, headers: dict[str, str]) -> bytes:
    lines = [
        f"POST {path} HTTP/1.1",
        "Host: 127.0.0.1",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
    ]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


def get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()


KEPT_SECONDS = 3.0
"""A connection that was idle for longer is not used again: the other side may be closing it (uvicorn does after 5 s)."""


class Connection(asyncio.Protocol):
    """One request at a time."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._read = bytearray()
        self._waiting: asyncio.Future[Answer] | None = None
        self._sent_at = 0.0
        self._answered_at = 0.0

    @classmethod
    async def open(cls, host: str, port: int) -> Self:
        _, connection = await asyncio.get_running_loop().create_connection(cls, host, port)
        return connection

    @property
    def is_open(self) -> bool:
        return self._transport is not None and not self._transport.is_closing()

    @property
    def is_fresh(self) -> bool:
        return self.is_open and time.monotonic() - self._answered_at < KEPT_SECONDS

    async def send(self, request: bytes) -> Answer:
        """Raises ConnectionError when the other side closes before it has answered."""
        if self._transport is None or not self.is_open:
            raise ConnectionError("closed")
        self._waiting = asyncio.get_running_loop().create_future()
        self._sent_at = time.monotonic()
        self._transport.write(request)
        return await self._waiting

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._read += data
        head, found, rest = self._read.partition(b"\r\n\r\n")
        if not found or len(rest) < _length(head) or self._waiting is None:
            return
        self._answered_at = time.monotonic()
        answer = Answer(int(head[9:12]), self._sent_at, self._answered_at)
        self._read.clear()
        waiting, self._waiting = self._waiting, None
        if not waiting.done():
            waiting.set_result(answer)

    def connection_lost(self, _problem: Exception | None) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(ConnectionError("closed"))


def _length(head: bytes | bytearray) -> int:
    for line in bytes(head).split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


class Connections:
    """As many kept connections as are needed at once."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        self._free: list[Connection] = []

    async def send(self, request: bytes) -> Answer:
        connection = self._kept() or await Connection.open(self._host, self._port)
        answer = await connection.send(request)
        self._free.append(connection)
        return answer

    def _kept(self) -> Connection | None:
        while self._free:
            connection = self._free.pop()
            if connection.is_fresh:
                return connection
            connection.close()
        return None

    def close(self) -> None:
        for connection in self._free:
            connection.close()


async def flood(host: str, port: int, requests: Iterator[bytes], *, connections: int, seconds: float) -> list[Answer]:
    """Send as fast as the other side takes it, on that many connections, for so long."""
    answers: list[Answer] = []
    ends_at = time.monotonic() + seconds

    async def one() -> None:
        connection = await Connection.open(host, port)
        try:
            for request in requests:
                answers.append(await connection.send(request))
                if time.monotonic() >= ends_at:
                    return
        finally:
            connection.close()

    await asyncio.gather(*(one() for _ in range(connections)))
    return answers
