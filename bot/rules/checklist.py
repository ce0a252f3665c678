"""What must hold before a store's orders can flow, and before the whole bot works: lines with a mark each.

A line is a judgement of what a check found. How the checks are made is `bot/activation`, what a line says is
`bot/messages/checklist.py`.
"""

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any


class Mark(StrEnum):
    GOOD = "good"
    WRONG = "wrong"
    UNKNOWN = "unknown"
    """Nobody can tell from here, or something is off that stops no order."""


class Check(StrEnum):
    ACCOUNT = "account"
    ORDER_AHEAD = "order_ahead"
    STOCK = "stock"
    POSTBACK = "postback"
    CHANNEL = "channel"
    CHANNEL_SAFE = "channel_safe"
    LEAFLY = "leafly"
    ENABLED = "enabled"
    """“Enable Order Ahead” in Flowhub's Location Settings: no API shows it, a person says so."""
    DATABASE = "database"
    SLACK = "slack"
    SCOPES = "scopes"
    CLOCK = "clock"
    QUEUE = "queue"
    DISK = "disk"
    INTEGRATOR = "integrator"
    """Our own sign-in at Leafly, which all stores share."""


class Why(StrEnum):
    """What a check found. The words for each are in `bot/messages/checklist.py`."""

    WORKS = "works"
    REFUSED = "refused"
    BLOCKED = "blocked"
    """A page with HTTP 403: a wrong key at the edge, or an address that is not let in (apis.md section 6)."""
    SILENT = "silent"
    UNREADABLE = "unreadable"
    ORDER_AHEAD_PAIR = "order_ahead_pair"
    ACCOUNT_PAIR = "account_pair"
    WRONG_WAY_ROUND = "wrong_way_round"
    OTHER_STORE = "other_store"
    NOT_AMONG = "not_among"
    """The location is not in this account."""
    WRONG_IMPORT = "wrong_import"
    EMPTY = "empty"
    POLLING = "polling"
    NOT_FROM_HERE = "not_from_here"
    ABSENT = "absent"
    """The channel is not there, or is a private one without the bot."""
    OUTSIDE = "outside"
    ARCHIVED = "archived"
    CLOSED = "closed"
    """The last message could not be posted."""
    UNSAFE = "unsafe"
    NOT_USED = "not_used"
    NOT_SET_UP = "not_set_up"
    ASKED = "asked"
    SAID_SO = "said_so"
    FLAWED = "flawed"
    """A SQLite with the WAL-reset bug."""
    OUTDATED = "outdated"
    MISSING = "missing"
    OPTIONAL_MISSING = "optional_missing"
    FAST = "fast"
    SLOW = "slow"
    WAITING = "waiting"
    LOW = "low"
    ODD = "odd"
    """The value does not look like what belongs there."""
    ONLY_THIS = "only_this"
    """Its companion is known to be right, so it must be this one."""
    UNTOLD = "untold"
    """The other side did not say."""


@dataclass(frozen=True)
class Line:
    """`about` is the name of the store, empty for what concerns the whole bot. `detail` is what the words need: a name, a
    number, an address; never a secret."""

    check: Check
    mark: Mark
    why: Why = Why.WORKS
    detail: str = ""
    about: str = ""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Line":
        return cls(
            Check(data["check"]), Mark(data["mark"]), Why(data["why"]), str(data["detail"]), str(data.get("about", ""))
        )


WRONG_FOR = frozenset(
    {
        Why.REFUSED, Why.BLOCKED, Why.ORDER_AHEAD_PAIR, Why.ACCOUNT_PAIR, Why.WRONG_WAY_ROUND, Why.OTHER_STORE,
        Why.NOT_AMONG, Why.WRONG_IMPORT, Why.EMPTY, Why.ABSENT, Why.OUTSIDE, Why.ARCHIVED, Why.CLOSED, Why.UNSAFE,
        Why.NOT_SET_UP, Why.OUTDATED, Why.ODD, Why.ONLY_THIS, Why.MISSING, Why.FAST, Why.SLOW, Why.WAITING, Why.LOW,
    }
)  # fmt: skip
GOOD_FOR = frozenset({Why.WORKS, Why.POLLING, Why.NOT_USED, Why.SAID_SO})


def line(check: Check, why: Why = Why.WORKS, detail: str = "", about: str = "") -> Line:
    """A line with the mark that follows from what was found."""
    mark = Mark.GOOD if why in GOOD_FOR else Mark.WRONG if why in WRONG_FOR else Mark.UNKNOWN
    return Line(check, mark, why, detail, about)


def all_well(lines: Iterable[Line]) -> bool:
    return not any(one.mark is Mark.WRONG for one in lines)


STORE_CHECKS = (
    Check.ACCOUNT, Check.ORDER_AHEAD, Check.STOCK, Check.POSTBACK, Check.CHANNEL, Check.CHANNEL_SAFE, Check.LEAFLY,
    Check.ENABLED,
)  # fmt: skip
"""In the order in which a person would mend them."""


def stock_line(in_stock: int) -> Line:
    """Order Ahead takes only what the menu shows: an empty one means that the menu side is not syncing."""
    return line(Check.STOCK, Why.WORKS if in_stock else Why.EMPTY, str(in_stock))


def scopes_line(granted: Collection[str], needed: Collection[str], optional: Collection[str]) -> Line:
    """What the workspace granted against what the manifest asks for."""
    if missing := sorted(set(needed) - set(granted)):
        return line(Check.SCOPES, Why.MISSING, ", ".join(missing))
    if missing := sorted(set(optional) - set(granted)):
        return line(Check.SCOPES, Why.OPTIONAL_MISSING, ", ".join(missing))
    return line(Check.SCOPES)


LARGEST_SKEW = timedelta(seconds=60)
"""Slack refuses signatures that are five minutes off; clocks of lateness are off by as much long before that."""


def clock_line(whose: str, ahead: timedelta | None) -> Line:
    """How far our clock is ahead of somebody else's, whose answer named its time."""
    if ahead is None:
        return line(Check.CLOCK, Why.UNTOLD, whose)
    if abs(ahead) <= LARGEST_SKEW:
        return line(Check.CLOCK, Why.WORKS, whose)
    return line(Check.CLOCK, Why.FAST if ahead > timedelta(0) else Why.SLOW, f"{whose} {_seconds(ahead)}")


def _seconds(span: timedelta) -> str:
    return str(int(abs(span.total_seconds())))


MENDED = {(3, 44): (3, 44, 6), (3, 50): (3, 50, 7)}
FIRST_FLAWED, FIRST_WHOLE = (3, 7, 0), (3, 51, 3)


def has_wal_reset_bug(version: tuple[int, int, int]) -> bool:
    """Whether this SQLite can damage a database in WAL mode (sqlite.org/wal.html, "The WAL-Reset Bug").

    It is in 3.7.0 to 3.51.2, and mended in 3.44.6 and 3.50.7 as well.
    """
    if not FIRST_FLAWED <= version < FIRST_WHOLE:
        return False
    mended = MENDED.get(version[:2])
    return mended is None or version < mended


STUCK_AFTER = timedelta(minutes=5)


def queue_line(age: timedelta | None) -> Line:
    """How long the oldest delivery that could be made has been waiting."""
    if age is None or age <= STUCK_AFTER:
        return line(Check.QUEUE)
    return line(Check.QUEUE, Why.WAITING, str(int(age.total_seconds() // 60)))


LEAST_FREE_BYTES = 500 * 1024 * 1024


def disk_line(free_bytes: int) -> Line:
    return line(Check.DISK, Why.WORKS if free_bytes >= LEAST_FREE_BYTES else Why.LOW, str(free_bytes // (1024 * 1024)))
