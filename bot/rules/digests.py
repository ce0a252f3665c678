"""A store's morning digest: which local days it tells of, when it is due, and its figures out of values.

It is due once in each local morning; what keeps it to one, through restarts and with two replicas, is its key.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from bot.rules.lateness import Clock
from bot.rules.order_values import Order
from bot.rules.orders import Status, known_status
from bot.rules.segments.days import ONE_DAY, Asof
from bot.rules.segments.trees import AllOf, Condition, Tree
from bot.rules.segments.trees import Operator as Op

AT = time(8)
LATE_AFTER = timedelta(minutes=15)
WORTH_POSTING = timedelta(hours=12)
"""A morning that was missed by longer is told of in the next one."""
MOST_DAYS = 7
"""After a longer silence the days before are not told any more."""
SOON_DAYS = 7
PICKED_UP = frozenset({Status.SOLD, Status.DELIVERED})


@dataclass(frozen=True)
class Due:
    """A digest that should be posted now. `morning` is the local day of the post, `first` to `last` the days it tells of."""

    morning: date
    first: date
    last: date
    due_at: datetime
    is_late: bool

    def key(self, store_key: str) -> str:
        """The same for everybody who finds this digest due: posted once."""
        return digest_key(store_key, self.morning)

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


def digest_key(store_key: str, morning: date) -> str:
    return f"digest {store_key} {morning.isoformat()}"


def due_at(morning: date, zone: str, at: time = AT) -> datetime:
    """UTC. A time that spring skips is the hour after it, one that autumn repeats is the first of the two."""
    return datetime.combine(morning, at, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def due(now: datetime, zone: str, *, last_morning: date | None, at: time = AT) -> Due | None:
    """The digest to post at this moment; None when there is none.

    `last_morning` is the morning of the last one that was posted; for a store that never had one, its first is of yesterday.
    """
    today = Asof(now, zone).today
    for morning in (today, today - ONE_DAY):
        should_be = due_at(morning, zone, at)
        if should_be <= now < should_be + WORTH_POSTING:
            if last_morning is not None and morning <= last_morning:
                return None
            last = morning - ONE_DAY
            since = last_morning if last_morning is not None else last
            first = max(min(since, last), last - (MOST_DAYS - 1) * ONE_DAY)
            return Due(morning, first, last, should_be, now - should_be > LATE_AFTER)
    return None


def due_now(now: datetime, zone: str, *, last_morning: date | None) -> Due:
    """The digest of this morning, because somebody asks for it. Of one that is there already, the same days."""
    morning = Asof(now, zone).today
    last = morning - ONE_DAY
    since = last_morning if last_morning is not None and last_morning < morning else last
    first = max(min(since, last), last - (MOST_DAYS - 1) * ONE_DAY)
    return Due(morning, first, last, now, is_late=False)


def is_outdated(told: datetime, morning: date, now: datetime, zone: str, at: time = AT) -> bool:
    """Whether the digest of this morning tells of an hour (`told`) before the one at which it is due, because somebody asked
    for it: what Flowhub has told since belongs into it."""
    hour = due_at(morning, zone, at)
    return told < hour <= now < hour + WORTH_POSTING


@dataclass(frozen=True)
class OrderFigures:
    """`left_over` were still open when the last of the days ended. `medians` are the times from an order's arrival to each
    clock, of the orders that arrived in these days and were wanted as soon as possible; a clock that nobody reached is not
    among them."""

    received: int
    picked_up: int
    cancelled: int
    left_over: int
    medians: tuple[tuple[Clock, timedelta], ...] = ()


def order_figures(orders: Iterable[Order], first: date, last: date, zone: str) -> OrderFigures:
    """`orders` are all that arrived before the days ended and were open at some time in them."""
    asof = Asof(due_at(last, zone), zone)
    begin, end = asof.start(first), asof.start(last + ONE_DAY)
    known = [order for order in orders if order.arrived_at < end]
    closed = [order for order in known if order.closed_at is not None and begin <= order.closed_at < end]
    received = [order for order in known if order.arrived_at >= begin]
    picked_up = sum(known_status(order.status) in PICKED_UP for order in closed)
    return OrderFigures(
        received=len(received),
        picked_up=picked_up,
        cancelled=len(closed) - picked_up,
        left_over=sum(order.closed_at is None or order.closed_at >= end for order in known),
        medians=_medians([order for order in received if not _is_for_later(order)]),
    )


def _is_for_later(order: Order) -> bool:
    return order.requested_from is not None and order.requested_from > order.arrived_at


def _medians(orders: Sequence[Order]) -> tuple[tuple[Clock, timedelta], ...]:
    found = []
    for clock in Clock:
        reached = [(order, at) for order in orders if (at := _reached(order, clock)) is not None]
        if reached:
            seconds = median((at - order.arrived_at).total_seconds() for order, at in reached)
            # A clock of ours that was set back in between makes no order faster than at once.
            found.append((clock, timedelta(seconds=max(seconds, 0))))
    return tuple(found)


def _reached(order: Order, clock: Clock) -> datetime | None:
    if clock is Clock.PICKED_UP:
        return order.closed_at if known_status(order.status) in PICKED_UP else None
    reached: datetime | None = getattr(order, f"{clock.value}_at")
    return reached


@dataclass(frozen=True)
class Takings:
    """Completed purchases, less what was given back. Cents."""

    orders: int
    cents: int


@dataclass(frozen=True)
class Flow:
    """Customers, as of this morning: first orders in the days told of, newly lapsed, back after a lapse, and who would lapse
    within a week if they don't come."""

    new: int
    lapsed: int
    won_back: int
    about_to_lapse: int


@dataclass(frozen=True)
class SegmentFigures:
    """`entered` and `left` are since the last digest."""

    key: str
    name: str
    size: int
    entered: int
    left: int
    by_sms: int
    by_email: int
    spent_cents: int

    @property
    def change(self) -> int:
        return self.entered - self.left


@dataclass(frozen=True)
class DayFigures:
    """A point of the picture. None is not known, which is not nothing."""

    day: date
    order_ahead_orders: int | None
    sales_cents: int | None


@dataclass(frozen=True)
class Digest:
    """What is None could not be read or may not be shown yet: it is said so, and never shown as nothing.

    `as_of` is when the customer data was last read completely; `problem` what kept the last sync from it, in words.
    """

    store_name: str
    due: Due
    orders: OrderFigures
    order_ahead: Takings | None
    total: Takings | None
    flow: Flow | None
    segments: tuple[SegmentFigures, ...]
    as_of: datetime | None
    problem: str = ""
    month: tuple[DayFigures, ...] = ()


LAPSED_AFTER = 60


def flow_trees(days: int) -> dict[str, Tree]:
    """What is asked of the customers this morning for a digest of so many days. Whoever was won back is not among it: that
    is whoever left the lapsed by buying."""
    bought = Condition("fh_total_orders", Op.AT_LEAST, 1)
    last_order, between = "fh_last_orderdate", Op.DAYS_AGO_BETWEEN
    return {
        "new": Condition("first_order_date", between, (1, days)),
        "lapsed": AllOf((bought, Condition(last_order, between, (LAPSED_AFTER, LAPSED_AFTER + days - 1)))),
        "about_to_lapse": AllOf((bought, Condition(last_order, between, (LAPSED_AFTER - SOON_DAYS, LAPSED_AFTER - 1)))),
    }
