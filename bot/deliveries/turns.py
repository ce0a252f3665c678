"""Whose turn it is to post in a workspace: Slack takes one message a second in each channel, and a few hundred a minute in all
of them together. Channels that have something pressing take turns; what can wait goes when nobody is in line."""

import random
import time
from collections import defaultdict
from collections.abc import Callable

from bot.deliveries import pace
from bot.rules.rush import Haste

UNHURRIED_WAIT_SECONDS = 2.0
BUSY_SECONDS = 1.0
"""While a round through all channels takes this process so long, what has less haste is not posted in any workspace."""
AT_WORK_SECONDS = 30.0
"""For so long after its turn a channel counts as one that posts, unless its next turn is for something with less haste."""
FORGOTTEN_AFTER_SECONDS = 5.0
"""A turn that was not taken by then is given back."""
SECONDS_A_POST = 0.007
"""What a post costs this process, its commits and what goes on beside it included: measured with 48,000 deliveries waiting in
500 channels, where 5 ms of it are computing. A slower machine shows in how long a round takes."""


class Turns:
    """The turns of one workspace. A lane that has to wait is given its turn at once, so that lanes go in the order in which
    they came and each wakes once.

    Any minute holds at most `calls` posts: a fifth of them may go at once, the others evenly spread.
    """

    def __init__(
        self,
        calls: int,
        seconds: float,
        *,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        burst = max(1, calls // 5)
        self._apart = seconds / max(1, calls - burst)
        self._ahead = burst * self._apart
        self._now = now
        self._last = 0.0
        self._given: dict[str, float] = {}

    def wait(self, lane: str, *, pressing: bool) -> float:
        """Seconds until this lane may post; 0 when it may now, and its turn is taken."""
        now = self._now()
        turn = self._given.get(lane)
        if turn is None or turn < now - FORGOTTEN_AFTER_SECONDS:
            if not pressing and self._last + self._apart > now - self._ahead / 2:
                return UNHURRIED_WAIT_SECONDS * random.uniform(0.75, 1.25)  # noqa: S311  (they must not all come back at once)
            self._last = max(self._last, now - self._ahead) + self._apart
            turn = max(now, self._last)
        if turn > now:
            self._given[lane] = turn
            return turn - now
        self._given.pop(lane, None)
        return 0.0

    @property
    def seconds_in_line(self) -> float:
        """How long a lane that comes now would wait: about what a round through all lanes in line takes."""
        return max(0.0, self._last - self._now())


class AllTurns:
    """The turns of every workspace, and whose turn it is where this process is what they all wait for."""

    def __init__(self, *, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._took: dict[Haste, dict[str, float]] = {haste: {} for haste in Haste}
        """When each lane last took its turn, and for what; the longest ago first."""
        self._rounds: dict[str, float] = {}
        """How long each lane waited for its last turn, if it had something to post all the time."""
        self._of: defaultdict[str, Turns] = defaultdict(lambda: Turns(*pace.POSTS_PER_WORKSPACE, now=now))

    def of(self, workspace: str) -> Turns:
        return self._of[workspace]

    def wait(self, workspace: str, lane: str, haste: Haste, *, due_for: float = 0.0) -> float:
        """As `Turns.wait`; and what has less haste waits while this process has enough to do with what has more.

        `due_for` says how many seconds it could have been posted already.
        """
        more_pressing = [more for more in Haste if more < haste]
        for more in more_pressing:
            self._took[more].pop(lane, None)  # It has nothing of that kind any more.
        if sum(self._seconds_of_work(more) for more in more_pressing) > BUSY_SECONDS:
            return FORGOTTEN_AFTER_SECONDS * random.uniform(0.75, 1.25)  # noqa: S311  (as above)
        wait = self.of(workspace).wait(lane, pressing=haste < Haste.LATER)
        if wait == 0:
            self._note(lane, haste, due_for)
        return wait

    def _note(self, lane: str, haste: Haste, due_for: float) -> None:
        now = self._now()
        times = [took.pop(lane) for took in self._took.values() if lane in took]
        self._took[haste][lane] = now
        # Only what was due already when the lane had its last turn has really waited for this one.
        self._rounds[lane] = now - max(times) if times and now - max(times) <= due_for else 0.0

    def seconds_a_round(self, workspace: str, lane: str) -> float:
        """How long it takes until a channel's turn comes again, as things go at present: as long as it took last time, its
        workspace's line, or this process's work, where many channels have something pressing at once."""
        line, work = self.of(workspace).seconds_in_line, self._seconds_of_work(Haste.PRESSING)
        last = self._rounds[lane] if lane in self._took[Haste.PRESSING] else 0.0
        return max(last, line, work)

    def _seconds_of_work(self, haste: Haste) -> float:
        """What one post of each channel that posts such things at present costs this process."""
        took, long_ago = self._took[haste], self._now() - AT_WORK_SECONDS
        while took and took[first := next(iter(took))] < long_ago:
            del took[first]
        return len(took) * SECONDS_A_POST
