"""Hours that pass in minutes by the clocks of both sides: this process's, where the stand-ins are, and the bot's, for which
this module is another way to start the same program.

Only what clocks say goes faster. What is waited for (timers, budgets, timeouts) takes as long as ever.
"""

import asyncio
import os
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

import time_machine

from bot.__main__ import main

PIPE = "load_clock"
"""The setting that names the pipe through which a bot hears how many seconds its clock goes on by."""
TIMES, EVERY_SECONDS = 10, 1.0
"""How much faster, in small steps: a leap of hours would be another fault."""


class Hours:
    """The bot is started with `settings` inside the block; when that ends, this process's clock is right again."""

    def __init__(self, folder: Path) -> None:
        self._pipe = folder / "clock"
        self._journey = time_machine.travel(datetime.now(UTC))

    def __enter__(self) -> Self:
        os.mkfifo(self._pipe)
        self._clock = self._journey.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._journey.stop()

    @property
    def settings(self) -> dict[str, Path]:
        return {PIPE: self._pipe}

    async def pass_by(self, hours: float) -> None:
        """Returns when it is so many hours later. Cancelled, the clocks stay where they are."""
        ends_at = time.time() + hours * 3600
        with self._pipe.open("w", buffering=1) as bots:
            while (left := ends_at - time.time()) > 0:
                step = min((TIMES - 1) * EVERY_SECONDS, left)
                bots.write(f"{step}\n")
                self._clock.shift(step)
                await asyncio.sleep(EVERY_SECONDS)


def _follow(pipe: Path, clock: time_machine.Traveller) -> None:
    with pipe.open() as steps:
        for step in steps:
            clock.shift(float(step))


if __name__ == "__main__":
    pipe = Path(os.environ[f"ORDERAHEAD_{PIPE.upper()}"])
    with time_machine.travel(datetime.now(UTC)) as clock:
        threading.Thread(target=_follow, args=[pipe, clock], daemon=True).start()
        main()
