"""How far a sync is, as people are told, and how long it may still take."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

LEAST_TO_JUDGE = timedelta(seconds=3)
"""Before that the pace of a list tells nothing."""


@dataclass(frozen=True)
class Underway:
    """A run of an account. `done` rows of `what` so far, since `since`; `total` where Flowhub says so. `is_first` is the first
    load; `has_ended` means that the account's last report says how it went."""

    began: datetime
    since: datetime
    told_at: datetime
    what: str = ""
    store: str = ""
    done: int = 0
    total: int | None = None
    is_first: bool = False
    has_ended: bool = False

    def as_json(self) -> dict[str, Any]:
        times = {"began": self.began, "since": self.since, "told_at": self.told_at}
        rest = {name: value for name, value in vars(self).items() if name not in times}
        return rest | {name: moment.isoformat() for name, moment in times.items()}

    @classmethod
    def from_json(cls, named: dict[str, Any]) -> "Underway":
        times = {name: datetime.fromisoformat(named[name]) for name in ("began", "since", "told_at")}
        return cls(**named | times)


def time_left(one: Underway) -> timedelta | None:
    """For the list that is read now; None where nobody can know: Flowhub tells no total, or it has only begun."""
    taken = one.told_at - one.since
    if not one.total or not one.done or taken < LEAST_TO_JUDGE:
        return None
    return taken * (max(0, one.total - one.done) / one.done)
