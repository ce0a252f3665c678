"""Slack's budgets: one post a second in each channel, some hundred posts and fifty edits a minute in the workspace
(slack.md 3.2)."""

import time
from collections import deque
from collections.abc import Callable


class Pace:
    """No call at all until a moment, then at most `calls` in any `seconds`.

    The first half of a window's budget may go at once; after that calls are spread evenly, so that an edit made late in
    a rush waits a second or two and not until the window ends. `now` is in seconds and never goes back.
    """

    def __init__(self, calls: int, seconds: float, *, now: Callable[[], float] = time.monotonic) -> None:
        self._calls = calls
        self._seconds = seconds
        self._now = now
        self._made: deque[float] = deque(maxlen=calls)
        self._not_before = 0.0

    def wait(self) -> float:
        """Seconds until the next call may be made; 0 when it may be made now."""
        now = self._now()
        while self._made and self._made[0] <= now - self._seconds:
            self._made.popleft()
        ready_at = self._not_before
        if len(self._made) >= self._calls:
            ready_at = max(ready_at, self._made[0] + self._seconds)
        elif len(self._made) > self._calls // 2:
            ready_at = max(ready_at, self._made[-1] + self._seconds / self._calls)
        return max(0.0, ready_at - now)

    def spend(self) -> None:
        self._made.append(self._now())

    def pause(self, seconds: float) -> None:
        """The other side asked us to wait."""
        self._not_before = max(self._not_before, self._now() + seconds)

    def lift(self) -> None:
        """What it asked us to wait for is no more."""
        self._not_before = 0.0


class NoPace(Pace):
    """For lanes whose other side is paced elsewhere or not at all; it still waits when asked to."""

    def __init__(self) -> None:
        super().__init__(1, 0.0)

    def spend(self) -> None:
        return None


POSTS_PER_CHANNEL = (1, 1.0)
POSTS_PER_WORKSPACE = (280, 60.0)
"""Slack names no number for the workspace ("several hundred messages a minute"); some are left for what people ask for."""
EDITS_PER_WORKSPACE = (48, 60.0)


def pace_of(lane: str) -> Pace:
    if lane.startswith("post:"):
        return Pace(*POSTS_PER_CHANNEL)
    return Pace(*EDITS_PER_WORKSPACE) if kind_of(lane) == "edit" else NoPace()


WORKERS = {"post": 1, "edit": 1, "flowhub": 3, "leafly": 2, "shop": 2, "tool": 2}


def workers_of(lane: str) -> int:
    """How many deliveries of a lane may be under way at once."""
    return WORKERS.get(kind_of(lane), 1)


LEASED_WITH_ITS_CAUSE = frozenset({"post"})
"""Lanes whose next call is leased in the transaction that made it due, if they are idle: people wait for a post, and a lease
of its own would be one more wait for the disk."""

GOES_FIRST = frozenset({"intake"})
"""Lanes of orders that have no card yet."""

AT_ONCE = {"intake": 1}
"""Working in an order waits for nobody outside, and what follows from it goes no faster than Slack and Flowhub allow: more at
once would only keep new orders from being accepted."""
HARDLY_A_LIMIT = 1000


def most_at_once(kind: str) -> int:
    """How many deliveries may be under way in all lanes of a kind together."""
    return AT_ONCE.get(kind, HARDLY_A_LIMIT)


def gives_way(lane: str) -> bool:
    """Whether a lane's work waits for a moment while a card is on its way."""
    return kind_of(lane) not in GOES_FIRST


def kind_of(lane: str) -> str:
    return lane.partition(":")[0]
