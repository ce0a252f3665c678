"""What a run is asked to do, and how it tells how far it has come."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class Plan:
    """How often, and how far back: `lookback_days` by the hour, `nightly_days` of sales by night, from `nightly_hour` on."""

    every: timedelta = timedelta(hours=1)
    lookback_days: int = 1
    nightly_days: int = 14
    nightly_hour: int = 3


@dataclass(frozen=True)
class Progress:
    """`done` rows of what is read or derived now; `total` where Flowhub says so. `store` is the store's name, for its sales."""

    account: str
    what: str
    done: int
    total: int | None = None
    store: str = ""


Told = Callable[[Progress], None]
"""Called in the loop after each page; it must not take long."""


def to_nobody(_progress: Progress) -> None:
    """For runs that nobody watches."""
