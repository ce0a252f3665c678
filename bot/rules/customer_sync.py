"""Decisions of the sync: which run is due, which days it asks for, when it must stop, and what it reports."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

EITHER_SIDE = timedelta(days=1)
"""Whether a day of the API is the shop's or UTC's is disputed (A14): one day more is asked for on each side."""
GUARD_SHARE = 0.40
GUARD_FLOOR = 50
"""An account of a few customers may double in an afternoon."""
WINDOW = timedelta(days=31)
"""Long ranges were answered with HTTP 500 (apis.md 3.1), so that a store's history is read in windows of this length."""
EMPTY_WINDOWS = 12
"""So many empty windows in a row are the time before the store opened."""
LONGEST_HISTORY = timedelta(days=365 * 15)


@dataclass(frozen=True)
class Plan:
    """How often, and how far back: `lookback_days` by the hour, `nightly_days` of sales by night, from `nightly_hour` on."""

    every: timedelta = timedelta(hours=1)
    lookback_days: int = 1
    nightly_days: int = 14
    nightly_hour: int = 3


class RunKind(StrEnum):
    FIRST = "first"
    """All customers and all sales; resumes where it stopped."""
    HOURLY = "hourly"
    """What was changed in the last days."""
    NIGHTLY = "nightly"
    """All customers, and the sales of the last weeks: finds what vanished, and late voids and refunds."""


class RunState(StrEnum):
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    """Something outside did not work; what was read so far is kept, and the next run goes on."""
    STOPPED = "stopped"
    """The guard tripped: nothing was written, and an owner must say whether it is right."""


@dataclass(frozen=True)
class Count:
    """Rows of one kind in one run. `unchanged` was read and is as it was; `parked` could not be read; `withheld` may not be
    kept."""

    read: int = 0
    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    vanished: int = 0
    parked: int = 0
    withheld: int = 0

    def __add__(self, other: "Count") -> "Count":
        return Count(
            self.read + other.read,
            self.inserted + other.inserted,
            self.updated + other.updated,
            self.unchanged + other.unchanged,
            self.vanished + other.vanished,
            self.parked + other.parked,
            self.withheld + other.withheld,
        )


@dataclass(frozen=True)
class Report:
    """What a run did. `published` is whether figures of this account may be shown: not before a first load has ended, and
    after that always, because a run that fails leaves the last good ones. `seconds` is how long it took."""

    account: str
    kind: RunKind
    state: RunState
    started_at: datetime
    seconds: float = 0.0
    customers: Count = Count()
    sales: Count = Count()
    profiles: int = 0
    published: bool = False
    problem: str = ""

    @property
    def parked(self) -> int:
        return self.customers.parked + self.sales.parked

    def changed(self, **values: object) -> "Report":
        return replace(self, **values)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Days:
    """From `first` to `last`, both included."""

    first: date
    last: date


def lookback(last_good: datetime, today: date, *, days: int) -> Days:
    """What an hourly run asks for: since the day of the last good run and `days` more, whatever was missed meanwhile."""
    since = min(last_good.date(), today) - timedelta(days=days)
    return Days(since - EITHER_SIDE, today + EITHER_SIDE)


def trailing(today: date, *, days: int) -> Days:
    """The last `days` days."""
    return Days(today - timedelta(days=days) - EITHER_SIDE, today + EITHER_SIDE)


def history_windows(today: date) -> Iterator[Days]:
    """All time, the newest first, in windows that touch and share no day."""
    last = today + EITHER_SIDE
    ends = today - LONGEST_HISTORY
    while last >= ends:
        first = last - WINDOW + timedelta(days=1)
        yield Days(first, last)
        last = first - timedelta(days=1)


def guard(known: int, *, inserted: int = 0, vanished: int = 0) -> str:
    """Why a run must stop before it writes, or "". `known` is how many rows the account had when the run began.

    Both directions are mistakes that were seen: the wrong account's key, and an API that answers with nothing.
    """
    allowed = max(GUARD_FLOOR, known * GUARD_SHARE)
    if known and inserted > allowed:
        return f"This run would add {inserted:,} to the {known:,} that are known, more than 40 %."
    if vanished > allowed or (vanished and vanished == known > GUARD_FLOOR // 5):
        return f"This run would remove {vanished:,} of the {known:,} that are known."
    return ""


def period_of(now: datetime, every: timedelta) -> str:
    """The name of the period a moment is in: of all replicas, one makes the run of a period."""
    seconds = max(1, int(every.total_seconds()))
    return f"{int(now.timestamp()) // seconds * seconds}/{seconds}"


def kind_due(
    *, loaded_at: datetime | None, last_wide_at: datetime | None, local_now: datetime, nightly_hour: int
) -> RunKind:
    """Which run it is: the first one until it has ended, once a night the wide one, and otherwise the look-back.

    `local_now` is in the store's own zone; `nightly_hour` is the hour (0 to 23) from which on the night's run is due.
    """
    if loaded_at is None:
        return RunKind.FIRST
    tonight = local_now.replace(hour=nightly_hour, minute=0, second=0, microsecond=0)
    if tonight > local_now:
        tonight -= timedelta(days=1)
    if (last_wide_at or loaded_at) < tonight:
        return RunKind.NIGHTLY
    return RunKind.HOURLY
