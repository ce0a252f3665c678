"""An order's life: the one table of statuses, and what a reading of Flowhub's status means for an order.

The statuses are Flowhub's (apis.md section 2.4, `orders.ts` of its Order Ahead spec). Their meaning and order are not
documented (A4): everything that depends on our reading of them is in `LIFE_CYCLE`, and README.md draws the same table.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.rules.order_values import Order


class Status(StrEnum):
    NEW = "new"
    STARTED = "started"
    READY = "ready"
    IN_QUEUE = "inQueue"
    IN_TRANSIT = "inTransit"
    DELIVERED = "delivered"
    UNABLE_TO_COMPLETE = "unableToComplete"
    UNABLE_TO_VERIFY = "unableToVerify"
    DELETED = "deleted"
    SOLD = "sold"


class Column(StrEnum):
    """Where staff look for an order: the first three are Cashier's own columns."""

    NEW = "new"
    IN_PROGRESS = "in_progress"
    READY = "ready"
    OUT = "out"
    UNCLEAR = "unclear"
    CLOSED = "closed"


@dataclass(frozen=True)
class Stage:
    """One row of the life cycle.

    `leads_to` is what usually comes next: it is drawn and never enforced, because skipped steps, repeats and steps back
    are normal input. `leafly` is the marketplace's word for it (A23), None where Leafly has nothing to hear.
    """

    column: Column
    leads_to: tuple[Status, ...]
    leafly: str | None = None
    terminal: bool = False


LIFE_CYCLE: dict[Status, Stage] = {
    Status.NEW: Stage(Column.NEW, (Status.STARTED, Status.DELETED)),
    Status.STARTED: Stage(Column.IN_PROGRESS, (Status.READY, Status.DELETED), leafly="confirmed"),
    Status.READY: Stage(Column.READY, (Status.SOLD, Status.IN_QUEUE, Status.DELETED), leafly="ready"),
    Status.IN_QUEUE: Stage(Column.OUT, (Status.IN_TRANSIT, Status.DELETED), leafly="ready"),
    Status.IN_TRANSIT: Stage(
        Column.OUT,
        (Status.DELIVERED, Status.UNABLE_TO_COMPLETE, Status.UNABLE_TO_VERIFY, Status.DELETED),
        leafly="out_for_delivery",
    ),
    Status.DELIVERED: Stage(Column.CLOSED, (Status.SOLD,), leafly="picked_up", terminal=True),
    Status.UNABLE_TO_COMPLETE: Stage(Column.CLOSED, (), leafly="canceled", terminal=True),
    Status.UNABLE_TO_VERIFY: Stage(Column.CLOSED, (), leafly="canceled", terminal=True),
    Status.DELETED: Stage(Column.CLOSED, (), leafly="canceled", terminal=True),
    Status.SOLD: Stage(Column.CLOSED, (), leafly="picked_up", terminal=True),
}

UNKNOWN = Stage(Column.UNCLEAR, ())
"""What a status that Flowhub never documented means: the order stays open, and the card shows the word as it came."""

_BY_FOLDED_NAME = {re.sub(r"[^a-z]", "", status.value.lower()): status for status in Status}


def known_status(text: str) -> Status | None:
    """The status that `text` names in any casing (the API's own casing varies, apis.md 3.2), or None."""
    return _BY_FOLDED_NAME.get(re.sub(r"[^a-z]", "", text.lower()))


def stage_of(status: str) -> Stage:
    known = known_status(status)
    return LIFE_CYCLE[known] if known else UNKNOWN


def column_of(order: Order) -> Column:
    return stage_of(order.status).column


def is_open(order: Order) -> bool:
    return not stage_of(order.status).terminal


@dataclass(frozen=True)
class Reading:
    """What Flowhub's orderStatus said. `began_at` is when the question was asked, not when the answer came."""

    status: str
    began_at: datetime
    through: str


class Move(StrEnum):
    """How a reading changes an order, in the words the history uses."""

    CONFIRMED = "confirmed"
    """The same status, read later: no news, but a reading asked for before it has nothing more to say."""
    FORWARD = "forward"
    BACK = "back"
    REOPENED = "reopened"
    UNCLEAR = "unclear"


@dataclass(frozen=True)
class Change:
    order: Order
    move: Move
    before: str


CLOCK_SET_BACK = timedelta(minutes=1)
"""A reading from that far in the future was made before the clock was set back; replicas' clocks differ by less."""


def without_future_reading(order: Order, now: datetime) -> Order:
    """The order, and without the time of its last reading where the clock was set back since: any reading is news then."""
    if order.status_read_at is None or order.status_read_at <= now + CLOCK_SET_BACK:
        return order
    return order.model_copy(update={"status_read_at": None})


def take_reading(order: Order, reading: Reading) -> Change | None:
    """The order after a reading, or None where nothing can be learned from it.

    A reading that was asked for before the one we last believed is out of date, however late it arrives: this is what
    keeps a slow `started` from overwriting `ready`. A newer reading is believed even when it steps back, because
    Flowhub is the truth.
    """
    if order.status_read_at is not None and reading.began_at < order.status_read_at:
        return None
    known = known_status(reading.status)
    status = known.value if known else reading.status.strip()[:80]
    if not status:
        return None
    if status == order.status:
        confirmed = order.model_copy(update={"status_read_at": reading.began_at})
        return Change(order=confirmed, move=Move.CONFIRMED, before=status)
    before, after = stage_of(order.status), stage_of(status)
    moved = order.model_copy(
        update={"status": status, "status_read_at": reading.began_at, **_clocks(order, after, reading)}
    )
    return Change(order=moved, move=_move(before, after), before=order.status)


def _move(before: Stage, after: Stage) -> Move:
    if after is UNKNOWN:
        return Move.UNCLEAR
    if before.terminal and not after.terminal:
        return Move.REOPENED
    return Move.BACK if _rank(after) < _rank(before) else Move.FORWARD


def _rank(stage: Stage) -> int:
    """How far along a stage is, in the order of the table; all ends are equally far."""
    if stage is UNKNOWN:
        return -1
    stages = list(LIFE_CYCLE.values())
    return len(stages) if stage.terminal else stages.index(stage)


_REACHED = {Column.NEW: 0, Column.IN_PROGRESS: 1, Column.READY: 2, Column.OUT: 2, Column.CLOSED: 3}


def _clocks(order: Order, after: Stage, reading: Reading) -> dict[str, datetime | None]:
    """The four clocks: a step that was skipped counts as reached when a later one is; a step back starts its clock anew.

    An unclear status leaves the clocks of an open order as they are, and re-opens a closed one.
    """
    at = reading.began_at
    if after is UNKNOWN:
        return {"closed_at": None}
    reached = _REACHED[after.column]
    stepped_back = reached < _farthest(order)

    def at_step(step: int, before: datetime | None) -> datetime | None:
        if step > reached:
            return None
        return at if before is None or (stepped_back and step == reached) else before

    unseen_and_new = reached == 0 and order.seen_at is None
    return {
        "seen_at": None if unseen_and_new else at_step(0, order.seen_at),
        "started_at": at_step(1, order.started_at),
        "ready_at": at_step(2, order.ready_at),
        "closed_at": at_step(3, order.closed_at),
    }


def _farthest(order: Order) -> int:
    """The last step that the order's clocks say was reached."""
    reached = (order.started_at, order.ready_at, order.closed_at)
    return max((step for step, at in enumerate(reached, start=1) if at is not None), default=0)
