"""What happened in the workspace, told to whoever is waiting or watching: tests, the demo story, the console page."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from bot.sandbox.slack.workspace import Message

T = TypeVar("T")

ChangeKind = Literal[
    "message",
    "message_changed",
    "message_deleted",
    "ephemeral",
    "view_opened",
    "view_updated",
    "view_closed",
    "home_updated",
    "unread",
    "other",
]


@dataclass(frozen=True)
class Change:
    """`user` is the only person who may see it; None: whoever may see the channel."""

    kind: ChangeKind
    channel: str | None = None
    message: Message | None = None
    view: dict[str, Any] | None = None
    user: str | None = None


class Changes:
    """Telling is synchronous and costs nothing while nobody waits, so that it may stand anywhere in a request."""

    def __init__(self) -> None:
        self.watchers: list[Callable[[Change], None]] = []
        self._waiting: set[asyncio.Future[None]] = set()

    def tell(self, change: Change) -> None:
        for watcher in list(self.watchers):
            watcher(change)
        for future in self._waiting:
            if not future.done():
                future.set_result(None)

    async def until(self, predicate: Callable[[], T | None], timeout: float, waiting_for: str) -> T:
        """The first truthy value of `predicate`, asked again after each change. Raises TimeoutError."""
        deadline = asyncio.get_running_loop().time() + timeout
        while not (value := predicate()):
            future = asyncio.get_running_loop().create_future()
            self._waiting.add(future)
            try:
                async with asyncio.timeout_at(deadline):
                    await future
            except TimeoutError:
                raise TimeoutError(f"{timeout} s went by without {waiting_for}") from None
            finally:
                self._waiting.discard(future)
        return value
