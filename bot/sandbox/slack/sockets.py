"""Socket Mode: the app's web sockets, envelopes out, acknowledgements in.

docs.slack.dev/apis/events-api/using-socket-mode
"""

import asyncio
import json
from collections import deque
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from aiohttp import WSCloseCode, WSMsgType, web

from bot.sandbox.slack.changes import Change
from bot.sandbox.slack.core import Core
from bot.sandbox.slack.workspace import Json

MOST_CONNECTIONS = 10
CONNECTION_SECONDS = 18_060
CLOSING_SECONDS = 0.5


@dataclass(eq=False)
class Connection:
    request: web.Request
    socket: web.WebSocketResponse
    waiting: dict[str, "asyncio.Future[Json | None]"] = field(default_factory=dict)


class Sockets:
    def __init__(self, core: Core) -> None:
        self._core = core
        self._connections: deque[Connection] = deque()
        self._every: set[Connection] = set()

    def count(self) -> int:
        """Connections that may get a payload."""
        return len(self._connections)

    async def link(self, request: web.Request) -> web.StreamResponse:
        """GET /link/: one connection, for as long as the app or the stand-in keeps it."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._core.installs.tickets:
            return web.Response(status=403, text="invalid ticket")
        self._core.installs.tickets.discard(ticket)
        socket = web.WebSocketResponse(timeout=CLOSING_SECONDS)
        await socket.prepare(request)
        if len(self._every) >= MOST_CONNECTIONS:
            await socket.send_json({"type": "disconnect", "reason": "too_many_websockets"})
            await socket.close()
            return socket
        connection = Connection(request, socket)
        self._every.add(connection)
        try:
            await socket.send_json(self._hello())
            self._connections.append(connection)
            self._core.changes.tell(Change("other"))
            await self._read(connection)
        finally:
            self._drop(connection)
        return socket

    async def send(self, kind: str, payload: Json, *, retry: int = 0, reason: str = "") -> Json | None:
        """Hand one envelope to one connection; its acknowledgement's payload, None where that is empty.

        Raises ConnectionError where no connection is there or the one that got it goes away, TimeoutError where the
        acknowledgement is late.
        """
        if not self._connections:
            raise ConnectionError("no Socket Mode connection")
        self._connections.rotate(-1)
        connection = self._connections[-1]
        envelope: dict[str, Any] = {
            "envelope_id": str(uuid4()),
            "type": kind,
            "payload": payload,
            "accepts_response_payload": kind != "events_api",
        }
        if kind == "events_api":
            envelope |= {"retry_attempt": retry, "retry_reason": reason}
        acknowledged: asyncio.Future[Json | None] = asyncio.get_running_loop().create_future()
        connection.waiting[envelope["envelope_id"]] = acknowledged
        try:
            await connection.socket.send_str(json.dumps(envelope))
            async with asyncio.timeout(self._core.switches.ack_seconds):
                return await acknowledged
        finally:
            connection.waiting.pop(envelope["envelope_id"], None)

    async def refresh(self) -> None:
        """Tell every connection that it will be replaced, as Slack does every few hours; the app opens new ones."""
        for connection in list(self._connections):
            self._connections.remove(connection)
            await connection.socket.send_json(
                {"type": "disconnect", "reason": "refresh_requested", "debug_info": {"host": "applink-sandbox"}}
            )

    async def close(self) -> None:
        await asyncio.gather(*(each.socket.close(code=WSCloseCode.GOING_AWAY) for each in list(self._every)))

    async def cut(self) -> None:
        """Drop every connection without a word, as a network does."""
        for connection in list(self._every):
            if connection.request.transport is not None:
                connection.request.transport.abort()

    async def _read(self, connection: Connection) -> None:
        async for message in connection.socket:
            if message.type != WSMsgType.TEXT:
                continue
            try:
                answer = json.loads(message.data)
                waiting = connection.waiting.get(answer["envelope_id"])
            except (ValueError, KeyError, TypeError):
                continue
            if waiting is not None and not waiting.done():
                waiting.set_result(answer.get("payload") or None)

    def _drop(self, connection: Connection) -> None:
        self._every.discard(connection)
        if connection in self._connections:
            self._connections.remove(connection)
        for waiting in connection.waiting.values():
            if not waiting.done():
                waiting.set_exception(ConnectionError("the Socket Mode connection went away"))
        self._core.changes.tell(Change("other"))

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self._every),
            "debug_info": {
                "host": "applink-sandbox",
                "build_number": 1,
                "approximate_connection_time": CONNECTION_SECONDS,
            },
            "connection_info": {"app_id": self._core.workspace.app_id},
        }
