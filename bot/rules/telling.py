"""When a store is told of its customers: its digest, its summary, and the hours in which nothing new is said."""

from collections.abc import Iterable
from datetime import datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo

from pydantic import Field

from bot.rules.digests import AT
from bot.rules.exposure import Standing
from bot.rules.order_values import Frozen
from bot.rules.state_profiles import StateProfile

EVERY_DAY = (0, 1, 2, 3, 4, 5, 6)
"""Monday is 0."""


class Often(StrEnum):
    EACH_SYNC = "each_sync"
    """One message a day, edited after each sync, and a line in its thread when many moved."""
    DAILY = "daily"
    """One message a day, which stays as it is."""
    NEVER = "never"


class Quiet(Frozen):
    """Hours of the store's own day in which nothing new is posted; what is there may be edited, which calls nobody. They may
    begin before midnight and end after it; from an hour to itself they are none."""

    begins: time
    ends: time

    def holds(self, at: time) -> bool:
        if self.begins <= self.ends:
            return self.begins <= at < self.ends
        return at >= self.begins or at < self.ends


class Telling(Frozen):
    """What one store wants. `weekdays` are those of the mornings on which there is a digest; the days between are told by the
    next one. `names` lets the digest say who is about to lapse, where that is allowed (`may_name`)."""

    digest: bool = True
    at: time = AT
    weekdays: tuple[int, ...] = Field(default=EVERY_DAY)
    summary: Often = Often.EACH_SYNC
    quiet: Quiet | None = None
    names: bool = False

    def is_quiet(self, now: datetime, zone: str) -> bool:
        return self.quiet is not None and self.quiet.holds(now.astimezone(ZoneInfo(zone)).time())


class Rollup(Frozen):
    """Where an organisation's stores are told of together. Empty: nowhere."""

    workspace: str = ""
    channel: str = ""


def may_name(profiles: Iterable[StateProfile], standing: Standing) -> bool:
    """Whether customers may be named in a channel: where no store of theirs is under a profile that limits what is kept, and
    nobody but the store's own people can read along. An owner's signature lets orders pass, which need a name; not this."""
    return not any(profiles) and standing.seen_at is not None and not standing.seen.risks
