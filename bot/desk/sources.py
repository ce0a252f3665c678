"""Where orders come from: three sources behind one protocol, all feeding the same desk.

An order of any source arrives as an `Incoming` and lives as an `Order`. What differs is only this: whether we put it into
Flowhub, and what its source must hear of it.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from bot.rules import marketplace
from bot.rules.deliveries import Kind, Wanted
from bot.rules.order_values import Order, Source
from bot.rules.stores import Store


class OrderSource(Protocol):
    @property
    def is_placed_by_us(self) -> bool:
        """Whether its orders are put into Flowhub by us, or are there already."""

    def hears(self, store: Store, order: Order, now: datetime, *, moved: bool) -> list[Wanted]:
        """What the source must be told of the order as it is now; `moved` says that its status or cancel just changed."""


class LeaflySource:
    """The marketplace: acknowledged in time, then told each step, forward only."""

    is_placed_by_us = True

    def hears(self, store: Store, order: Order, now: datetime, *, moved: bool) -> list[Wanted]:
        wanted = []
        if (at := marketplace.acknowledge_at(order, now)) is not None:
            wanted.append(at_leafly(Kind.ACKNOWLEDGE, order.key, store, order.key, at))
        if marketplace.worth_telling(order) is not None:
            wanted.append(at_leafly(Kind.TELL_LEAFLY, order.key, store, order.key, now))
        return wanted


class StorefrontSource:
    """A shop's own web shop: one signed webhook for each change, as the order was then, in words that don't age."""

    is_placed_by_us = True

    def hears(self, store: Store, order: Order, now: datetime, *, moved: bool) -> list[Wanted]:
        if not moved or not store.webhook_url:
            return []
        return [
            Wanted(
                kind=Kind.WEBHOOK,
                subject=f"{order.key}:{int(now.timestamp() * 1_000_000)}",
                order_key=order.key,
                store_key=store.key,
                lane=f"shop:{store.key}",
                due_at=now,
                payload=status_message(store, order, now),
            )
        ]


class PosSource:
    """Another system put the order into the point of sale, and hears from there."""

    is_placed_by_us = False

    def hears(self, store: Store, order: Order, now: datetime, *, moved: bool) -> list[Wanted]:
        return []


SOURCES: Mapping[Source, OrderSource] = {
    Source.LEAFLY: LeaflySource(),
    Source.STOREFRONT: StorefrontSource(),
    Source.FLOWHUB: PosSource(),
}


def at_leafly(kind: Kind, subject: str, store: Store, order_key: str, at: datetime, **payload: Any) -> Wanted:
    return Wanted(
        kind=kind,
        subject=subject,
        order_key=order_key,
        store_key=store.key,
        lane=f"leafly:{store.key}",
        priority=2 if kind is Kind.TELL_LEAFLY else 1,
        due_at=at,
        payload=payload,
    )


def status_message(store: Store, order: Order, now: datetime) -> dict[str, Any]:
    """The body of a webhook to the web shop: `status` is Flowhub's word."""
    cancel = order.cancel
    asked = cancel and {
        "reason": cancel.reason,
        "asked_at": cancel.asked_at.isoformat(),
        "proved": cancel.proved_at is not None,
        "too_late": cancel.too_late_at is not None,
    }
    return {
        "type": "order.status",
        "timestamp": now.isoformat(),
        "data": {
            "order_id": order.source_id,
            "short_id": order.short_id,
            "store": store.key,
            "status": order.status,
            "cancel": asked,
        },
    }
