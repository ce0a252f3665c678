"""The order board: what one store has to do, and how its day goes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import NamedTuple

from bot.rules.order_values import Order
from bot.rules.orders import Column, Status, column_of, known_status
from bot.rules.stores import Store


@dataclass(frozen=True)
class Today:
    """Counts since the store's midnight. `cancelled` are those that Flowhub proved."""

    arrived: int
    finished: int
    cancelled: int


class SegmentSize(NamedTuple):
    name: str
    size: int


@dataclass(frozen=True)
class CustomersNow:
    """The account's customers when they were last synced, what that run found new and changed, and its segments."""

    synced_at: datetime
    new: int = 0
    changed: int = 0
    segments: tuple[SegmentSize, ...] = ()


@dataclass(frozen=True)
class Board:
    """`read_at` is when Flowhub last answered for this store, `watched_at` when its point of sale was last read; None
    before the first time. `down_since` is set while it does not answer. `customers` is None until they were first loaded."""

    store: Store
    orders: tuple[Order, ...]
    today: Today
    read_at: datetime | None = None
    watched_at: datetime | None = None
    down_since: datetime | None = None
    customers: CustomersNow | None = None


def in_order(orders: Sequence[Order]) -> tuple[Order, ...]:
    """Late ones first, then column by column, the oldest first."""
    columns = list(Column)
    return tuple(sorted(orders, key=lambda order: (not order.late, columns.index(column_of(order)), order.arrived_at)))


def count_today(orders: Sequence[Order], midnight: datetime) -> Today:
    """`orders` are those that are open or arrived or closed since `midnight`."""
    closed = [order for order in orders if order.closed_at is not None and order.closed_at >= midnight]
    finished = [order for order in closed if known_status(order.status) in {Status.SOLD, Status.DELIVERED}]
    cancelled = [order for order in closed if known_status(order.status) is Status.DELETED]
    arrived = [order for order in orders if order.arrived_at >= midnight]
    return Today(len(arrived), len(finished), len(cancelled))


def midnight(store: Store, now: datetime) -> datetime:
    """When the store's present day began."""
    local = store.hours.local(now)
    return datetime.combine(local.date(), time(), tzinfo=local.tzinfo).astimezone(UTC)


@dataclass(frozen=True)
class Page:
    """A page of a list. `number` counts from 0."""

    number: int
    of: int
    first: int
    last: int


PER_PAGE = 25
"""Slack's Home tab holds 100 blocks (slack.md 3.1); an order takes two, and the rest is the frame."""


def page(total: int, wanted: int) -> Page:
    """The wanted page, or the last one there is."""
    pages = max(1, -(-total // PER_PAGE))
    number = min(max(0, wanted), pages - 1)
    return Page(number, pages, number * PER_PAGE, min(total, (number + 1) * PER_PAGE))
