"""The day's summary of segments: what it says, when it may be said, and what of it is worth a line of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from bot.rules.digests import SegmentFigures
from bot.rules.segments.days import Asof
from bot.rules.segments.moving import Sizes, is_worth_a_look
from bot.rules.telling import Often, Telling


@dataclass(frozen=True)
class AtStore:
    """The sizes of an account's segments at one store, by the segment's key."""

    name: str
    sizes: Mapping[str, int]


@dataclass(frozen=True)
class Summary:
    """`stores` is empty but for an account's. `as_of` is when the customer data was last read completely."""

    name: str
    figures: tuple[SegmentFigures, ...]
    as_of: datetime | None
    problem: str = ""
    is_daily: bool = False
    stores: tuple[AtStore, ...] = field(default=())


def store_key_of_day(store_key: str, day: date) -> str:
    """What keeps a store to one summary a day."""
    return f"summary {store_key} {day.isoformat()}"


def account_key_of_day(account: str, day: date) -> str:
    return f"rollup {account} {day.isoformat()}"


def since(telling: Telling, asof: Asof) -> datetime:
    """From when on moves are counted."""
    return asof.now - timedelta(days=1) if telling.summary is Often.DAILY else asof.start(asof.today)


def may_say(telling: Telling, asof: Asof, *, is_there: bool) -> bool:
    """Whether the summary may be posted or edited now. One a day comes with the digest's hour, and stays as it is; a living
    one is edited at any hour, which calls nobody."""
    match telling.summary:
        case Often.NEVER:
            return False
        case Often.DAILY:
            at = asof.local_time
            return not is_there and at >= telling.at and not telling.is_quiet(asof.now, asof.zone)
        case Often.EACH_SYNC:
            return is_there or not telling.is_quiet(asof.now, asof.zone)


Told = dict[str, tuple[int, int]]
"""By segment key: how many had come and left today when its thread was last told."""


def worth_a_line(
    figures: Sequence[SegmentFigures], told: Mapping[str, tuple[int, int]]
) -> list[tuple[SegmentFigures, Sizes]]:
    """The segments in which so many moved since the thread was told, with those moves. What is not worth one yet adds up."""
    found = []
    for one in figures:
        entered, left = told.get(one.key, (0, 0))
        # Somebody who was forgotten is no longer among those who moved.
        came, went = max(0, one.entered - entered), max(0, one.left - left)
        sizes = Sizes(one.size - came + went, came, went, one.size)
        if is_worth_a_look(sizes):
            found.append((one, sizes))
    return found
