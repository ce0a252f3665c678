"""What takes seconds and minutes in a store takes moments here; in this process and in those that are killed alike."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from bot import calls
from bot.deliveries import courier, lane, pace, turns
from bot.rules import deliveries
from bot.slack import outage
from bot.store import database

FASTER = 20
"""How many of our seconds are one of Slack's; budgets on both sides are shortened alike."""


def shorten(put: Callable[[Any, str, Any], None] = setattr) -> None:
    put(deliveries, "FIRST_WAIT_SECONDS", 0.05)
    put(deliveries, "LONGEST_WAIT_SECONDS", 0.5)
    put(deliveries, "LOOK_AFTER", timedelta(seconds=0.05))
    put(deliveries, "WEBHOOK_WAITS", (timedelta(seconds=0.2), *deliveries.WEBHOOK_WAITS[1:]))
    put(courier, "SWEEP_SECONDS", 0.2)
    put(courier, "LEASE", timedelta(seconds=2))
    put(courier, "CLOSED_WAIT", timedelta(seconds=0.5))
    put(courier, "UNAUTHORISED_WAIT", timedelta(seconds=0.5))
    put(database, "WAIT_SECONDS", 0.1)
    put(lane, "DATABASE_WAIT_SECONDS", 0.1)
    put(lane, "DOUBT_SECONDS", 0.05)
    put(lane, "LONGEST_DOUBT_SECONDS", 0.5)
    put(calls, "DEADLINE_SECONDS", 0.15)
    put(calls, "FIRST_WAIT_SECONDS", 0.02)
    put(calls, "LONGEST_WAIT_SECONDS", 0.2)
    put(pace, "POSTS_PER_CHANNEL", (1, 1 / FASTER))
    put(pace, "POSTS_PER_WORKSPACE", (280, 60 / FASTER))
    put(turns, "UNHURRIED_WAIT_SECONDS", 2.0 / FASTER)
    put(outage, "ONE_TRIES_SECONDS", 0.05)
    put(outage, "FIRST_WAIT_SECONDS", 0.05)
    put(outage, "LONGEST_WAIT_SECONDS", 0.5)
    put(pace, "EDITS_PER_WORKSPACE", (48, 60 / FASTER))
