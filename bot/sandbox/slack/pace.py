"""Slack's rate limits as rolling windows: per method and workspace, and one message a second for each channel.

The numbers are those of facts/slack.md 3.2. "50+" is taken as 50, because an app that needs the plus will meet a 429
some day.
"""

import math
from collections import deque
from enum import IntEnum

from bot.sandbox.slack.clock import Clock
from bot.sandbox.slack.switches import Switches


class Tier(IntEnum):
    """Requests a minute. The special ones have no tier in Slack's table; their numbers are ours."""

    TIER_2 = 20
    TIER_3 = 50
    TIER_4 = 100
    CONNECTIONS = 30
    MESSAGES = 300
    SPECIAL = 600


BURST_PER_CHANNEL = 3


class Pace:
    def __init__(self, clock: Clock, switches: Switches) -> None:
        self._clock, self._switches = clock, switches
        self.begin_again()

    def begin_again(self) -> None:
        self._accepted: dict[str, deque[float]] = {}
        self._channel_free_at: dict[str, float] = {}

    def seconds_to_wait(self, method: str, tier: Tier, channel: str | None = None) -> int:
        """0 where the request may pass (and is counted), else the whole seconds of Retry-After."""
        if not self._switches.rate_limits:
            return 0
        now = self._clock.monotonic()
        accepted = self._accepted.setdefault(method, deque(maxlen=tier))
        window = 60 / self._switches.rate_scale
        wait = 0.0
        if len(accepted) == tier:
            wait = accepted[0] + window - now
        if channel is not None:
            wait = max(wait, self._channel_wait(channel, now))
        if wait > 0:
            return max(1, math.ceil(wait))
        accepted.append(now)
        if channel is not None:
            self._take_turn(channel, now)
        return 0

    def _channel_wait(self, channel: str, now: float) -> float:
        turn = 1 / self._switches.rate_scale
        return self._channel_free_at.get(channel, 0.0) - (BURST_PER_CHANNEL - 1) * turn - now

    def _take_turn(self, channel: str, now: float) -> None:
        turn = 1 / self._switches.rate_scale
        self._channel_free_at[channel] = max(self._channel_free_at.get(channel, 0.0), now) + turn
