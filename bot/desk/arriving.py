"""What systems send us is durable before it is answered: one row each, and many at once share one commit."""

import asyncio
from datetime import timedelta
from typing import Any

from bot.desk.cancelling import shopper_cancelled
from bot.desk.desk import Desk
from bot.desk.recording import at_flowhub
from bot.desk.sources import at_leafly
from bot.rules.deliveries import DONE, Delivery, Kind, Outcome, State, Wanted
from bot.rules.order_values import Incoming, Source
from bot.rules.stores import Store
from bot.store import Database, deliveries

LOOK_AGAIN = timedelta(seconds=1)


class Intake:
    """Commits what arrives. While one commit is under way the next arrivals gather for the one after it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._gathered: list[tuple[Wanted, bool, asyncio.Future[None]]] = []
        self._committing: asyncio.Task[None] | None = None

    async def accept(self, wanted: Wanted, *, once: bool) -> None:
        """Returns when it is durable. Raises what the database raises, so that the sender tries again."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._gathered.append((wanted, once, done))
        if self._committing is None or self._committing.done():
            self._committing = asyncio.create_task(self._commit_all())
        await done

    async def _commit_all(self) -> None:
        while self._gathered:
            batch, self._gathered = self._gathered, []
            try:
                async with self._database.write(first=True) as tx:
                    await deliveries.want(tx, *[wanted for wanted, once, _ in batch if not once])
                    await deliveries.want_once(tx, *[wanted for wanted, once, _ in batch if once])
            except BaseException as problem:
                # Who came meanwhile is told as well: waiting for a second failure would outlast the sender's patience.
                batch, self._gathered = [*batch, *self._gathered], []
                for _, _, done in batch:
                    if not done.done():
                        done.set_exception(problem)
                if not isinstance(problem, Exception):
                    raise
            else:
                for _, _, done in batch:
                    if not done.done():
                        done.set_result(None)


async def order_hinted(desk: Desk, intake: Intake, store: Store, order_key: str, hint: dict[str, Any]) -> None:
    """Flowhub's postback: its body is only a hint, so what is made durable is the question."""
    desk.heard_at[store.key] = desk.now()
    await intake.accept(at_flowhub(Kind.ASK_STATUS, store, order_key, desk.now(), **hint), once=False)


async def order_sent(desk: Desk, intake: Intake, store: Store, incoming: Incoming) -> None:
    """The web shop's order. The same order id again changes nothing."""
    wanted = Wanted(
        kind=Kind.TAKE_IN,
        subject=f"{store.key}:{incoming.source_id}",
        store_key=store.key,
        lane=f"intake:{store.key}",
        due_at=desk.now(),
        sealed=desk.database.vault.seal(incoming.model_dump_json()),
    )
    await intake.accept(wanted, once=True)


async def order_submitted(desk: Desk, intake: Intake, store: Store, order_id: str, acknowledge_by: str | None) -> None:
    """Leafly's `order_submit`: the order itself is read afterwards."""
    subject = f"{store.key}:{order_id}"
    payload = {"order_id": order_id, "acknowledge_by": acknowledge_by}
    await intake.accept(at_leafly(Kind.FETCH, subject, store, "", desk.now(), **payload), once=True)


async def order_withdrawn(desk: Desk, intake: Intake, store: Store, order_id: str, why: str) -> None:
    """Leafly's `order_cancel`, or its `order_status` when it ended the order."""
    subject = f"{store.key}:{order_id}"
    payload = {"order_id": order_id, "why": why}
    await intake.accept(at_leafly(Kind.LEAFLY_EVENT, subject, store, "", desk.now(), **payload), once=True)


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
