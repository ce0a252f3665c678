"""Recording a change to an order: the one place where it is saved and where everything that follows from it is asked for.

A verb decides what the order is now; what Slack, Leafly and the web shop must hear about it is derived here.
"""

from datetime import datetime
from typing import Any

from bot.desk.sources import SOURCES
from bot.metrics import TAKEN_IN
from bot.rules.audit import Deed
from bot.rules.deliveries import Kind, Wanted
from bot.rules.history import Event
from bot.rules.lateness import steps
from bot.rules.order_values import Order
from bot.rules.permissions import Person
from bot.rules.stores import Store
from bot.store import Tx, audit, deliveries, history, orders

NOT_ON_THE_CARD = {
    "status_read_at",
    "leafly_told",
    "acknowledged_at",
    "acknowledge_by",
    "card_channel",
    "card_ts",
    "sale_id",
}


async def record(
    tx: Tx, store: Store, order: Order, *events: Event, now: datetime, before: Order | None = None
) -> None:
    """Save an order and its events, and want every delivery that follows. `before` is None for a new order."""
    if before is None:
        TAKEN_IN.labels(order.source.value).inc()
    elif before != order:
        await orders.save(tx, order)
    for event in events:
        await history.add(tx, order.key, event)
    wanted = [card(store, order, now)] if _looks_different(before, order) else []
    if any(event.is_loud for event in events):
        wanted.append(in_the_thread(Kind.HISTORY, order.key, store, order.key, now))
    moved = before is None or before.status != order.status or before.cancel != order.cancel
    wanted += SOURCES[order.source].hears(store, order, now, moved=moved and bool(events))
    await deliveries.want(tx, *wanted)
    if before != order:
        await deliveries.want_once(tx, *_escalations(store, order))


async def note_deed(
    tx: Tx, store: Store, person: Person, deed: Deed, what: str, *, now: datetime, reason: str = ""
) -> None:
    """The line in the audit log that every act of a person leaves; the last thing in its transaction."""
    entry = audit.Entry(now, person.id, deed.value, what, store.workspace, store.key, reason)
    await audit.add(tx, entry)


def _looks_different(before: Order | None, order: Order) -> bool:
    """Whether the card must be drawn anew."""
    return before is None or before.model_dump(exclude=NOT_ON_THE_CARD) != order.model_dump(exclude=NOT_ON_THE_CARD)


def post_lane(store: Store) -> str:
    return f"post:{store.channel}"


def edit_lane(store: Store) -> str:
    """All edits of a workspace's cards share one lane: Slack's budget for them is the workspace's (slack.md 3.2)."""
    return f"edit:{store.workspace}" if store.workspace else "edit"


def card(store: Store, order: Order, now: datetime) -> Wanted:
    posted = bool(order.card_ts)
    return Wanted(
        kind=Kind.CARD,
        subject=order.key,
        order_key=order.key,
        store_key=store.key,
        lane=edit_lane(store) if posted else post_lane(store),
        band=store.key if posted else "",
        priority=1,
        due_at=now,
    )


def in_the_thread(kind: Kind, subject: str, store: Store, order_key: str, at: datetime, **payload: Any) -> Wanted:
    return Wanted(
        kind=kind,
        subject=subject,
        order_key=order_key,
        store_key=store.key,
        lane=post_lane(store),
        priority=4 if kind is Kind.HISTORY else 2,
        due_at=at,
        payload=payload,
    )


def notice(store: Store, subject: str, at: datetime, **payload: Any) -> Wanted:
    """A message to the channel; the same subject is posted once, ever."""
    return Wanted(
        kind=Kind.NOTICE,
        subject=subject,
        store_key=store.key,
        lane=post_lane(store),
        priority=3,
        due_at=at,
        payload=payload,
    )


DIGEST_LANE = "digest"
"""Where figures are counted and pictures drawn, one after the other: cards must not wait for either."""


def digest(store: Store, key: str, at: datetime, **payload: Any) -> Wanted:
    """A digest is prepared in its lane, and goes on from there to where it is posted or edited."""
    return Wanted(Kind.DIGEST, key, DIGEST_LANE, at, store_key=store.key, priority=3, payload=payload)


def in_private(store: Store, user_id: str, subject: str, at: datetime, **payload: Any) -> Wanted:
    """A message to one person, for what can't be said in the store's channel. It has a lane of its own."""
    return Wanted(
        kind=Kind.NOTICE,
        subject=f"{subject}:{user_id}",
        lane=f"post:{user_id}",
        priority=3,
        due_at=at,
        payload={**payload, "to": user_id, "store": store.key},
    )


def at_flowhub(kind: Kind, store: Store, order_key: str, at: datetime, **payload: Any) -> Wanted:
    return Wanted(
        kind=kind,
        subject=order_key,
        order_key=order_key,
        store_key=store.key,
        lane=f"flowhub:{store.key}",
        priority=1 if kind is Kind.PLACE else 2,
        due_at=at,
        payload=payload,
    )


def occasion(store: Store, order_key: str, at: datetime) -> Wanted:
    """Automations look at an order that came in. By itself, so that nothing about them can hold up an order."""
    return Wanted(
        kind=Kind.OCCASION,
        subject=order_key,
        order_key=order_key,
        store_key=store.key,
        lane=f"occasion:{store.key}",
        priority=1,
        due_at=at,
    )


def automation_post(store: Store, firing: str, at: datetime) -> Wanted:
    """What an automation says in the channel, as it was recorded; another wish has it said anew as it is then."""
    return Wanted(
        Kind.AUTOMATION_POST,
        firing,
        post_lane(store),
        at,
        store_key=store.key,
        priority=5,
        payload={"firing": firing},
    )


def _escalations(store: Store, order: Order) -> list[Wanted]:
    return [
        in_the_thread(
            Kind.ESCALATE,
            f"{order.key}:{step.clock}:{step.rung}",
            store,
            order.key,
            step.due_at,
            clock=step.clock.value,
            rung=step.rung.value,
        )
        for step in steps(order, store.limits, store.hours)
    ]
