"""The bot as an owner runs it: `python -m bot run`, in a process of its own, with nothing but its environment."""

import asyncio
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from tests.bench.http_load import Connection, get

REPOSITORY = Path(__file__).parents[2]
TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")
START_SECONDS = 60.0


class BotProcess:
    def __init__(self, process: asyncio.subprocess.Process, host: str, port: int) -> None:
        self._process = process
        self.host, self.port = host, port

    @classmethod
    async def start(cls, environment: Mapping[str, Any], folder: Path, *, module: str = "bot") -> Self:
        """Returns when it answers. `module` may name another way to start the same program."""
        variables = {f"ORDERAHEAD_{name.upper()}": str(value) for name, value in environment.items()}
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", module, "run"),
            cwd=folder,
            env={**kept, **variables, "PYTHONPATH": str(REPOSITORY), "ORDERAHEAD_LOG_LEVEL": "WARNING"},
        )
        bot = cls(process, "127.0.0.1", int(environment["port"]))
        try:
            await bot._started()
        except BaseException:
            await bot.stop()
            raise
        return bot

    async def _started(self) -> None:
        async with asyncio.timeout(START_SECONDS):
            while not await self._answers():
                if self._process.returncode is not None:
                    raise RuntimeError(f"the bot ended with code {self._process.returncode} while it started")
                await asyncio.sleep(0.05)

    async def _answers(self) -> bool:
        try:
            connection = await Connection.open(self.host, self.port)
        except OSError:
            return False
        try:
            return (await connection.send(get("/livez"))).status == 200
        except ConnectionError:
            return False
        finally:
            connection.close()

    @property
    def memory_megabytes(self) -> float:
        """What of it is in memory now (its resident set)."""
        return int(Path(f"/proc/{self._process.pid}/statm").read_text().split()[1]) * PAGE / 1e6

    @property
    def largest_megabytes(self) -> float:
        """The most of it that ever was in memory."""
        lines = Path(f"/proc/{self._process.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) * 1024 / 1e6 for line in lines if line.startswith("VmHWM"))

    @property
    def cpu_seconds(self) -> float:
        """What it has computed so far, all its threads together."""
        threads = Path(f"/proc/{self._process.pid}/task").glob("*/schedstat")
        return sum(int(thread.read_text().split()[0]) for thread in threads) / 1e9

    @staticmethod
    def machine_cpu_seconds() -> float:
        """What the whole machine has computed so far, everybody's work together."""
        user, nice, system, _idle, _io, irq, softirq = map(int, Path("/proc/stat").read_text().split()[1:8])
        return (user + nice + system + irq + softirq) / TICKS

    async def stop(self) -> None:
        if self._process.returncode is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                await asyncio.wait_for(self._process.wait(), 20)
            except TimeoutError:
                self._process.kill()
                await self._process.wait()
