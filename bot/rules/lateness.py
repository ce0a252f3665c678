"""Lateness: four clocks for each order, and a ladder of two rungs for each clock.

A clock has a start, a limit and an event that stops it. Clocks stand still while the store is closed, and an order for
later today is not late before its time.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from bot.rules.hours import StoreHours
from bot.rules.order_values import Frozen, Order
from bot.rules.orders import is_open


class Clock(StrEnum):
    SEEN = "seen"
    STARTED = "started"
    READY = "ready"
    PICKED_UP = "picked_up"


class Rung(StrEnum):
    """How loudly: first a reply in the card's thread, then a mention of the store's group."""

    REPLY = "reply"
    MENTION = "mention"


Minutes = Annotated[float, Field(ge=0, le=60 * 24 * 60, allow_inf_nan=False)]


class Limits(Frozen):
    """How long each clock may run, and how much longer until the group is mentioned. All in minutes."""

    seen_minutes: Minutes = 5
    started_minutes: Minutes = 15
    ready_minutes: Minutes = 20
    picked_up_minutes: Minutes = 240
    mention_after_minutes: Minutes = 10
    prepare_ahead_minutes: Minutes = 45
    """How long before the requested time an order for later should be begun."""

    def of(self, clock: Clock) -> timedelta:
        return timedelta(minutes=float(getattr(self, f"{clock.value}_minutes")))


@dataclass(frozen=True)
class Step:
    clock: Clock
    rung: Rung
    due_at: datetime


def running_clock(order: Order) -> Clock | None:
    """The clock that somebody in the store should stop next; None when the order is closed or its cancel is awaited."""
    if not is_open(order) or order.vanished_at is not None or (order.cancel is not None and order.cancel.is_waiting):
        return None
    if order.ready_at is not None:
        return Clock.PICKED_UP
    if order.started_at is not None:
        return Clock.READY
    return Clock.STARTED if order.seen_at is not None else Clock.SEEN


def steps(order: Order, limits: Limits, hours: StoreHours) -> tuple[Step, ...]:
    """Both rungs of the clock that is running now, with the moments at which they are due."""
    clock = running_clock(order)
    if clock is None:
        return ()
    late_at = hours.add_open_time(_start(order, clock, limits), limits.of(clock))
    mention_at = hours.add_open_time(late_at, timedelta(minutes=limits.mention_after_minutes))
    return Step(clock, Rung.REPLY, late_at), Step(clock, Rung.MENTION, mention_at)


def _start(order: Order, clock: Clock, limits: Limits) -> datetime:
    begin = {
        Clock.SEEN: order.arrived_at,
        Clock.STARTED: order.seen_at or order.arrived_at,
        Clock.READY: order.started_at or order.arrived_at,
        Clock.PICKED_UP: order.ready_at or order.arrived_at,
    }[clock]
    if clock is Clock.SEEN or order.requested_from is None:
        return begin
    if clock is Clock.PICKED_UP:
        return max(begin, order.requested_until or order.requested_from)
    return max(begin, order.requested_from - timedelta(minutes=limits.prepare_ahead_minutes))


def left_at_closing(order: Order, hours: StoreHours, now: datetime) -> bool:
    """Whether the order was ready when the store last closed and nobody has picked it up since."""
    closed = hours.last_closing(now)
    return bool(closed and is_open(order) and order.ready_at is not None and order.ready_at <= closed)
