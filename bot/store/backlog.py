"""How far the cards are behind, and settling those of orders that were over before they had one."""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import String, bindparam, func, or_, select, update

from bot.rules.deliveries import Kind, State
from bot.rules.order_values import Order
from bot.rules.rush import Rush
from bot.store.deliveries import table
from bot.store.orders import table as orders_table
from bot.store.transaction import Tx

AT_ONCE = 200
"""Orders that are read and settled together: however many wait, memory holds no more than these."""
_waits = or_(table.c.state == State.DUE.value, table.c.state == State.UNKNOWN.value)


async def cards_waiting(tx: Tx, lane: str, now: datetime, *, most: int, band: str | None = None) -> int:
    """How many cards of a lane could be drawn now, at most `most`: no more than those are looked at."""
    named = {"of_lane": lane, "now": now, "most": most} | ({} if band is None else {"of_band": band})
    return int(await tx.value(_cards_waiting(band is not None), named) or 0)


@cache
def _cards_waiting(of_band: bool) -> Any:
    query = select(table.c.id).where(
        table.c.lane == bindparam("of_lane"),
        _waits,
        table.c.due_at <= bindparam("now"),
        table.c.kind == Kind.CARD.value,
    )
    if of_band:
        query = query.where(table.c.band == bindparam("of_band"))
    return select(func.count()).select_from(query.limit(bindparam("most")).subquery())


async def living(tx: Tx, of_workspace: str) -> int:
    """How many channels of a workspace have a living message, or are about to: their deliveries' subjects begin like that."""
    return int(await tx.value(_living, {"begins": of_workspace}) or 0)


_living = (
    select(func.count())
    .select_from(table)
    .where(
        table.c.kind == Kind.RUSH.value,
        table.c.subject.startswith(bindparam("begins", type_=String)),
        or_(_waits, table.c.state == State.SENDING.value),
    )
)


async def some_are_over(tx: Tx, lane: str) -> bool:
    """Whether there may be any for `over` to find."""
    return await tx.value(_over(1, is_locked=False), {"of_lane": lane}) is not None


async def over(tx: Tx, lane: str) -> Sequence[Order]:
    """Some orders that were over before a card of theirs was posted in this lane; locked until the transaction ends, so that
    none is re-opened meanwhile. What is in doubt is not among them: it must be looked for."""
    rows = await tx.rows(_over(AT_ONCE, is_locked=not tx.is_sqlite), {"of_lane": lane})
    found = [Order.model_validate_json(row["doc"]) for row in rows]
    return [order for order in found if not order.card_ts]


@cache
def _over(most: int, *, is_locked: bool) -> Any:
    query = (
        select(orders_table.c.doc)
        .join(table, table.c.order_key == orders_table.c.key)
        .where(
            table.c.lane == bindparam("of_lane"),
            table.c.kind == Kind.CARD.value,
            table.c.state == State.DUE.value,
            orders_table.c.is_open.is_(False),
        )
        .limit(most)
    )
    return query.with_for_update(of=orders_table) if is_locked else query


async def settle(tx: Tx, keys: Collection[str]) -> None:
    """These orders get no card and no thread: nothing is left to do for either."""
    if keys:
        # One by one by what they are about, which is indexed; looked for by their orders, all that ever was would be read.
        each = [{"of_kind": kind.value, "of_subject": key} for key in keys for kind in (Kind.CARD, Kind.HISTORY)]
        await tx.change_all(_settle, each)


_settle = (
    update(table)
    .where(
        table.c.kind == bindparam("of_kind"),
        table.c.subject == bindparam("of_subject"),
        table.c.state == State.DUE.value,
    )
    .values(state=State.DONE.value, done=table.c.wanted, attempts=0, problem="")
)


async def remember(tx: Tx, which: int, rush: Rush) -> None:
    """What a rush has come to, between two of its edits."""
    await tx.change(_remember, {"which": which, "payload": as_payload(rush)})


_remember = update(table).where(table.c.id == bindparam("which"))


def as_payload(rush: Rush) -> dict[str, Any]:
    return rush.model_dump(mode="json")


def from_payload(payload: dict[str, Any]) -> Rush | None:
    return Rush.model_validate(payload) if payload else None
