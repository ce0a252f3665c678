"""A bot in a process of its own, which can be killed."""

import asyncio
import os
import signal
import sys
from collections import deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).parents[2]


def environment(settings: Mapping[str, Any]) -> dict[str, str]:
    """Settings as a process gets them, and nothing else of ours."""
    named = {f"ORDERAHEAD_{name.upper()}": str(value) for name, value in settings.items()}
    return {"PATH": os.environ["PATH"], "PYTHONPATH": str(REPOSITORY), **named}


class Victim:
    def __init__(self, cradle: asyncio.subprocess.Process) -> None:
        self._cradle = cradle
        self.pid = 0
        self.last_words: deque[str] = deque(maxlen=200)
        self._running = asyncio.Event()
        self._listening = asyncio.create_task(self._listen())

    @property
    def lives(self) -> bool:
        return bool(self.pid)

    async def run(self, failpoint: str = "", *, call: int = 1) -> None:
        """With a failpoint it will die by itself, at that call of its function."""
        self._running.clear()
        self.pid = int(await self._ask(f"run {call} {failpoint}" if failpoint else "run"))

    async def is_running(self) -> None:
        """Returns when it says that it runs."""
        try:
            async with asyncio.timeout(60):
                await self._running.wait()
        except TimeoutError:
            raise AssertionError("\n".join(["it did not start; its last words:", *self.last_words])) from None

    def strike(self) -> None:
        """Kill it this moment, unless it has just died at its failpoint; `bury` before it runs again."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    async def bury(self) -> int:
        """How it ended: its exit code, or the negative number of the signal."""
        ended = int(await self._ask("bury"))
        self.pid = 0
        return ended

    async def close(self) -> None:
        if self.lives:
            self.strike()
            await self.bury()
        assert self._cradle.stdin is not None
        self._cradle.stdin.close()
        await self._cradle.wait()
        await self._listening

    async def _ask(self, command: str) -> bytes:
        assert self._cradle.stdin is not None
        assert self._cradle.stdout is not None
        self._cradle.stdin.write(f"{command}\n".encode())
        async with asyncio.timeout(60):
            return await self._cradle.stdout.readline()

    async def _listen(self) -> None:
        assert self._cradle.stderr is not None
        async for line in self._cradle.stderr:
            self.last_words.append(line.decode().rstrip())
            if b"is running at" in line:
                self._running.set()


@asynccontextmanager
async def victim(settings: Mapping[str, Any], folder: Path, *, real_time: bool = False) -> AsyncIterator[Victim]:
    """One that does not run yet. In `real_time` its waits are as long as at a dispensary."""
    cradle = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.faults.cradle",
        *(["--real-time"] if real_time else []),
        env=environment(settings),
        cwd=folder,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    made = Victim(cradle)
    try:
        yield made
    finally:
        await made.close()
