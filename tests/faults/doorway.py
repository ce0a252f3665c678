"""A way to a stand-in that can be shut, so that a connection is refused, that can keep an answer back, and that can be a bad
line: bytes come late, or half of them and then no more."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal
from urllib.parse import urlsplit

Damage = Literal["late", "cut", "truncated", "cut on the way there"]
"""Half of the bytes arrive after `late` and all in the end; the others end in half, with a reset or (`truncated`) as if that
were all; `cut on the way there` does it to the question, so that nobody has answered it."""
LATE_SECONDS = 0.4


class Held:
    """The next answer to a request whose head contains `path`. It was made when `made` is set, and arrives on `let_go`."""

    def __init__(self, path: str) -> None:
        self.path = path.encode()
        self.made, self.let_go = asyncio.Event(), asyncio.Event()


class Doorway:
    """Hands bytes through to `to`; `url` is where it stands, open or not."""

    def __init__(self, to: str) -> None:
        parts = urlsplit(to)
        self._to = (parts.hostname, parts.port)
        self._server: asyncio.Server | None = None
        self._port = 0
        self._passing: set[asyncio.Task[None]] = set()
        self._held: list[Held] = []
        self._spoiled: list[Damage] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._let_in, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]

    async def shut(self) -> None:
        """Nobody gets in any more, and whoever is inside is cut off."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for passing in list(self._passing):
            passing.cancel()
        await asyncio.gather(*self._passing, return_exceptions=True)

    def hold(self, path: str) -> Held:
        held = Held(path)
        self._held.append(held)
        return held

    def spoil(self, damage: Damage, *, times: int) -> None:
        """Do this to the next exchanges, one after the other."""
        self._spoiled += [damage] * times

    @property
    def is_clean(self) -> bool:
        return not self._spoiled

    async def _let_in(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._passing.add(task)
        try:
            await self._pass(reader, writer)
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            writer.close()
            self._passing.discard(task)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(*self._to)
        asked: list[Held] = []

        async def ask() -> None:
            while data := await reader.read(65536):
                for held in [held for held in self._held if held.path in data]:
                    self._held.remove(held)
                    asked.append(held)
                if self._spoiled[:1] == ["cut on the way there"]:
                    await self._half(data, self._spoiled.pop(0), back)
                    writer.transport.abort()
                    return
                back.write(data)
                await back.drain()
            back.close()

        async def answer() -> None:
            while data := await there.read(65536):
                while asked:
                    asked[0].made.set()
                    await asked.pop(0).let_go.wait()
                if self._spoiled and self._spoiled[0] != "cut on the way there":
                    damage = self._spoiled.pop(0)
                    await self._half(data, damage, writer)
                    if damage != "late":
                        return
                    data = data[len(data) // 2 :]
                writer.write(data)
                await writer.drain()
            writer.close()

        try:
            await asyncio.gather(ask(), answer())
        finally:
            back.close()

    async def _half(self, data: bytes, damage: Damage, writer: asyncio.StreamWriter) -> None:
        writer.write(data[: len(data) // 2])
        await writer.drain()
        if damage == "late":
            await asyncio.sleep(LATE_SECONDS)
        elif damage == "truncated":
            writer.close()
        else:
            writer.transport.abort()


@asynccontextmanager
async def doorway(to: str) -> AsyncIterator[Doorway]:
    """An open one, shut at the end."""
    made = Doorway(to)
    await made.open()
    try:
        yield made
    finally:
        await made.shut()
