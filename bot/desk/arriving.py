"""What systems send us: orders, and hints that something has changed. It is durable before it is answered."""

from datetime import timedelta
from typing import Any

from bot.desk.cancelling import shopper_cancelled
from bot.desk.desk import Desk
from bot.desk.recording import at_flowhub
from bot.desk.sources import at_leafly
from bot.giving_way import going_first
from bot.rules.deliveries import DONE, Delivery, Kind, Outcome, State, Wanted
from bot.rules.order_values import Incoming, Source
from bot.rules.stores import Store
from bot.store import deliveries

LOOK_AGAIN = timedelta(seconds=1)


async def order_hinted(desk: Desk, store: Store, order_key: str, hint: dict[str, Any]) -> None:
    """Flowhub's postback: its body is only a hint, so what is made durable is the question."""
    desk.heard_at[store.key] = desk.now()
    await desk.intake.accept(at_flowhub(Kind.ASK_STATUS, store, order_key, desk.now(), **hint), once=False)


async def order_sent(desk: Desk, store: Store, incoming: Incoming) -> None:
    """The web shop's order. The same order id again changes nothing."""
    wanted = Wanted(
        kind=Kind.TAKE_IN,
        subject=f"{store.key}:{incoming.source_id}",
        store_key=store.key,
        lane=f"intake:{store.key}",
        due_at=desk.now(),
        sealed=desk.database.vault.seal(incoming.model_dump_json()),
    )
    with going_first():
        await desk.intake.accept(wanted, once=True)


async def order_submitted(desk: Desk, store: Store, order_id: str, acknowledge_by: str | None) -> None:
    """Leafly's `order_submit`: the order itself is read afterwards."""
    subject = f"{store.key}:{order_id}"
    payload = {"order_id": order_id, "acknowledge_by": acknowledge_by}
    await desk.intake.accept(at_leafly(Kind.FETCH, subject, store, "", desk.now(), **payload), once=True)


async def order_withdrawn(desk: Desk, store: Store, order_id: str, why: str) -> None:
    """Leafly's `order_cancel`, or its `order_status` when it ended the order."""
    subject = f"{store.key}:{order_id}"
    payload = {"order_id": order_id, "why": why}
    await desk.intake.accept(at_leafly(Kind.LEAFLY_EVENT, subject, store, "", desk.now(), **payload), once=True)


async def run_leafly_event(desk: Desk, delivery: Delivery) -> Outcome:
    """The shopper withdrew an order at Leafly. One that is still being read is waited for."""
    async with desk.database.read() as tx:
        fetch = await deliveries.find(tx, Kind.FETCH, delivery.subject)
    if fetch is not None and fetch.state in {State.DUE, State.SENDING}:
        return Outcome(State.DUE, max(fetch.due_at, desk.now() + LOOK_AGAIN), counted=False, called=False)
    store = desk.store(delivery.store_key)
    payload = delivery.payload
    await shopper_cancelled(desk, store, Source.LEAFLY, str(payload["order_id"]), str(payload["why"]))
    return DONE
