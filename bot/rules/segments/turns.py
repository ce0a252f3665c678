"""When segments must be evaluated though nobody's data changed: at each local midnight, and once an hour in any case."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from bot.rules.segments.days import Asof

LONGEST = timedelta(hours=1)


def is_due(counted_at: Sequence[datetime | None], zones: Iterable[str], *, now: datetime) -> bool:
    """`counted_at` are those of the active segments; None must be counted anew. `zones` are those of the account's stores.

    At a zone's midnight relative dates move on. The clock that was set back is no reason.
    """
    if not counted_at:
        return False
    if None in counted_at:
        return True
    earliest = min(one for one in counted_at if one is not None)
    return now - earliest >= LONGEST or any(Asof(earliest, zone).today < Asof(now, zone).today for zone in zones)
