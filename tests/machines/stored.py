"""What the state machines stand on: a real SQLite file, a clock that only a test moves, and a loop to await things in.

A machine makes up acts in any order and holds what the database says against what it knows itself. All of them make up the
same acts every time.
"""

import asyncio
import shutil
import tempfile
from collections.abc import Coroutine
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine

from bot.store import Database
from bot.vault import Vault, new_key
from tests.empty_database import empty_database
from tests.named_orders import NOON

T = TypeVar("T")

VAULT = Vault([new_key()])


def of_size(examples: int, steps: int) -> settings:
    """So many lives of so many acts."""
    return settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


class Stored(RuleBasedStateMachine):
    """`now` is what the clock says; a store's day begins at noon."""

    begins_at: ClassVar[datetime] = NOON
    loop: asyncio.AbstractEventLoop

    def __init__(self) -> None:
        super().__init__()
        self.now = self.begins_at
        self._folder = Path(tempfile.mkdtemp(prefix="orderahead-machine-"))
        (self._folder / "orders.db").write_bytes(empty_database())
        self._opened = self.open_loop()
        self.database = Database(f"sqlite:///{self._folder}/orders.db", VAULT)

    def open_loop(self) -> bool:
        """Whether the loop is this life's own; a machine with servers keeps one for all lives."""
        self.loop = asyncio.new_event_loop()
        return True

    def do(self, act: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(act)

    def pass_time(self, time: timedelta) -> None:
        self.now += time

    def teardown(self) -> None:
        self.do(self.database.close())
        if self._opened:
            self.do(self.loop.shutdown_asyncgens())
            self.loop.close()
        shutil.rmtree(self._folder)
