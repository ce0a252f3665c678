"""Rush mode: when a channel's cards can't be shown in time, and what one living message says instead.

Slack takes one post a second in a channel, a few hundred a minute and some fifty edits a minute in a workspace (slack.md 3.2).
After an outage, or on 4/20, cards come later than that; then one message shows all of a channel's orders at once.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

from bot.rules.deliveries import Delivery, Kind
from bot.rules.lateness import Rung, steps
from bot.rules.order_values import Frozen, Order
from bot.rules.orders import Column, Status, column_of, known_status
from bot.rules.stores import Store

BOUND = timedelta(seconds=30)
"""Cards that come within this time need no other message."""
LEAST = 3
"""Of fewer cards a message more would be no less to read."""
QUIET = timedelta(seconds=30)
"""Nothing must have waited for so long before all is said to be caught up."""
SHORTEST_REFRESH = timedelta(seconds=5)
EDITS_FOR_EACH_BOARD = 12
"""Edits a minute for all living messages of a workspace together, a quarter of its budget: the cards have the rest."""
LEFT_ALONE = timedelta(minutes=15)
"""How long a channel is left alone after somebody deleted the message."""
TOO_OLD_TO_CALL = timedelta(days=1)
"""A step that fell due longer ago than this calls nobody any more."""
UNHURRIED = 4
"""From this priority on a post tells nothing that could not be seen without it: a line of an order's history."""


@dataclass(frozen=True)
class Backlog:
    """What waits: `posts` and `edits` are this channel's cards that are still to be posted and to be edited, `all_edits` those
    of the whole workspace. `apart` is the time between two posts of this channel, `edit_apart` between two edits."""

    posts: int
    edits: int
    all_edits: int
    apart: timedelta
    edit_apart: timedelta

    @property
    def cards(self) -> int:
        return self.posts + self.edits

    @property
    def lasts(self) -> timedelta:
        """How long the budgets take to bring them all."""
        return max(self.posts * self.apart, self.all_edits * self.edit_apart if self.edits else timedelta())


class Haste(IntEnum):
    """What goes first where many channels post at once."""

    PRESSING = 0
    SHOWN = 1
    """The card of an order that can be seen already, in its channel's living message."""
    LATER = 2


def haste_of(delivery: Delivery, *, message_stands: bool) -> Haste:
    """`message_stands` says whether the channel has a living message."""
    if delivery.priority >= UNHURRIED:
        return Haste.LATER
    return Haste.SHOWN if message_stands and delivery.kind is Kind.CARD else Haste.PRESSING


def is_rush(backlog: Backlog) -> bool:
    return backlog.cards >= LEAST and backlog.lasts > BOUND


def refresh_after(boards: int) -> timedelta:
    """How long one of so many living messages in a workspace stays as it is."""
    return max(SHORTEST_REFRESH, timedelta(minutes=1) * max(1, boards) / EDITS_FOR_EACH_BOARD)


class Rush(Frozen):
    """One rush of a channel, as its row remembers it. `shown` is a print of what the message said last; `finished` and
    `cancelled` are orders that were over before they had a card; `called` says that the message mentioned the store's group."""

    since: datetime
    ts: str = ""
    posted_at: datetime | None = None
    shown: str = ""
    finished: int = 0
    cancelled: int = 0
    called: bool = False
    quiet_since: datetime | None = None
    ended_at: datetime | None = None
    deleted_at: datetime | None = None

    def with_over(self, orders: Iterable[Order]) -> "Rush":
        """These were over before they had a card."""
        picked_up = [known_status(order.status) in {Status.SOLD, Status.DELIVERED} for order in orders]
        finished = self.finished + sum(picked_up)
        return self.model_copy(
            update={"finished": finished, "cancelled": self.cancelled + len(picked_up) - sum(picked_up)}
        )

    def looked(self, waiting: int, now: datetime) -> "Rush":
        """So many cards wait now."""
        if waiting:
            return self.model_copy(update={"quiet_since": None})
        return self.model_copy(update={"quiet_since": self.quiet_since or now})

    def is_over(self, now: datetime) -> bool:
        return self.quiet_since is not None and now - self.quiet_since >= QUIET


def may_begin(last: Rush | None, now: datetime) -> bool:
    """Whether another may begin after the last one."""
    return last is None or last.deleted_at is None or now - last.deleted_at >= LEFT_ALONE


def is_said(rush: Rush, rung: Rung, due_at: datetime) -> bool | None:
    """Whether the living message has said what a step of the ladder would say: it marks what is late, and called the group
    once, when it was posted. False when the step waits for the end of the rush; None when it is said as ever."""
    if rush.posted_at is not None and due_at <= rush.posted_at and (rung is Rung.REPLY or rush.called):
        return True
    if rush.ended_at is not None:
        return None
    return rung is Rung.REPLY


def is_too_old_to_call(due_at: datetime, now: datetime) -> bool:
    return now - due_at > TOO_OLD_TO_CALL


def as_late_as_it_is(order: Order, store: Store, now: datetime) -> Order:
    """The order, late if it is: while nothing could be said nobody has noted that yet."""
    due = [step for step in steps(order, store.limits, store.hours) if step.due_at <= now]
    return order.model_copy(update={"late": due[0].clock.value}) if due and not order.late else order


@dataclass(frozen=True)
class Group:
    """The orders of one column, late ones first, then the oldest."""

    column: Column
    orders: tuple[Order, ...]


@dataclass(frozen=True)
class CatchUp:
    """What the living message says. `stores` are those of its channel."""

    stores: tuple[Store, ...]
    groups: tuple[Group, ...]
    rush: Rush
    waiting: int
    now: datetime

    @property
    def late(self) -> int:
        return sum(bool(order.late) for group in self.groups for order in group.orders)

    @property
    def open(self) -> int:
        return sum(len(group.orders) for group in self.groups)


def grouped(orders: Sequence[Order]) -> tuple[Group, ...]:
    """Open orders by column, in Cashier's order; columns without any are left out."""
    ordered = sorted(orders, key=lambda order: (not order.late, order.arrived_at, order.key))
    columns = [(column, tuple(one for one in ordered if column_of(one) is column)) for column in Column]
    return tuple(Group(column, found) for column, found in columns if found and column is not Column.CLOSED)
