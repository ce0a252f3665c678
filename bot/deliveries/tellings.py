"""Telling Leafly and the web shop what became of their orders."""

from collections.abc import Mapping

import structlog

from bot.deliveries.office import Office
from bot.desk.recording import record
from bot.errors import Refused, Unavailable, Unreadable
from bot.leafly import Leafly
from bot.rules import marketplace
from bot.rules.deliveries import DONE, NOTHING_TO_DO, WEBHOOK_WAITS, Delivery, Outcome, State
from bot.rules.history import Event, Happened
from bot.rules.order_values import Order
from bot.rules.stores import Store
from bot.store import deliveries, orders

log = structlog.get_logger("orderahead.deliveries")


async def run_acknowledge(office: Office, delivery: Delivery) -> Outcome:
    """Acknowledge to Leafly before its deadline, else it cancels the order (apis.md 7.2)."""
    order = await _order(office, delivery)
    leafly = office.desk.leafly
    if order is None or leafly is None or order.acknowledged_at is not None:
        return NOTHING_TO_DO
    store = office.desk.store(order.store_key)
    try:
        await leafly.acknowledge(store.leafly_key, order.source_id)
    except Refused as problem:
        return await _refused(office, order, problem)
    await _note(office, order, Happened.ACKNOWLEDGED, {"acknowledged_at": office.desk.now()})
    return DONE


async def run_tell_leafly(office: Office, delivery: Delivery) -> Outcome:
    """Tell Leafly where the order is now; steps that were skipped meanwhile stay skipped."""
    order = await _order(office, delivery)
    leafly = office.desk.leafly
    if order is None or leafly is None or (status := marketplace.worth_telling(order)) is None:
        return NOTHING_TO_DO
    store = office.desk.store(order.store_key)
    code = marketplace.cancelation_code(order) if status == "canceled" else ""
    try:
        if order.acknowledged_at is None and order.acknowledge_by is not None:
            await leafly.acknowledge(store.leafly_key, order.source_id)
            await _note(office, order, Happened.ACKNOWLEDGED, {"acknowledged_at": office.desk.now()})
        await leafly.set_status(store.leafly_key, order.source_id, status, code)
    except Refused as problem:
        if not await _heard_already(leafly, store, order, status):
            return await _refused(office, order, problem, told=status)
    detail = {"status": status, "code": code}
    await _note(office, order, Happened.LEAFLY_TOLD, {"leafly_told": status}, detail)
    return DONE


async def _heard_already(leafly: Leafly, store: Store, order: Order, status: str) -> bool:
    """Leafly refuses a status that it has. It may have it from us, by a call whose answer was lost."""
    try:
        return (await leafly.order(store.leafly_key, order.source_id)).status == status
    except (Refused, Unreadable):
        return False


async def run_webhook(office: Office, delivery: Delivery) -> Outcome:
    """A signed webhook to the web shop; repeated for three days by the courier."""
    store = office.desk.store(delivery.store_key)
    secret = office.desk.credentials(store.key).storefront_webhook_secret
    if not store.webhook_url or not secret:
        return NOTHING_TO_DO
    order = await _order(office, delivery)
    message_id = f"msg_{delivery.subject.replace(':', '_')}"
    try:
        await office.desk.webhooks.send(
            store.webhook_url, secret, message_id=message_id, at=office.desk.now(), body=delivery.payload
        )
    except Refused as problem:
        return await _not_told(office, order, delivery, problem.sentence)
    except Unavailable as problem:
        if delivery.attempts < len(WEBHOOK_WAITS):
            raise
        return await _not_told(office, order, delivery, f"{problem.sentence} It was tried for three days.")
    if order is None:
        return DONE
    data = delivery.payload["data"]
    cancel = data["cancel"] is not None and not data["cancel"]["proved"] and not data["cancel"]["too_late"]
    detail = {"status": data["status"], "cancel": cancel}
    return await _note(office, order, Happened.STOREFRONT_TOLD, {}, detail, ends=(delivery, DONE))


async def _not_told(office: Office, order: Order | None, delivery: Delivery, why: str) -> Outcome:
    log.error("a web shop could not be told", store=delivery.store_key, why=why)
    parked = Outcome(State.PARKED, problem=why)
    if order is None:
        return parked
    return await _note(office, order, Happened.STOREFRONT_NOT_TOLD, {}, {"why": why}, ends=(delivery, parked))


async def _refused(office: Office, order: Order, problem: Refused, *, told: str = "") -> Outcome:
    """Leafly would not hear it (it went further by itself, or the order is too old). Written down, never repeated."""
    changed = {"leafly_told": told} if told else {"acknowledged_at": office.desk.now()}
    await _note(office, order, Happened.LEAFLY_REFUSED, changed, {"why": problem.sentence})
    return DONE


async def _order(office: Office, delivery: Delivery) -> Order | None:
    async with office.database.read() as tx:
        order = await orders.get(tx, delivery.order_key)
    return order if order is not None and order.store_key in office.desk.stores else None


async def _note(
    office: Office,
    order: Order,
    happened: Happened,
    changed: Mapping[str, object],
    detail: Mapping[str, object] | None = None,
    *,
    ends: tuple[Delivery, Outcome] | None = None,
) -> Outcome:
    """Write down what was told, and with it how its delivery `ends`."""
    now = office.desk.now()
    async with office.database.write() as tx:
        before = await orders.locked(tx, order.key)
        if before is not None:
            store = office.desk.store(order.store_key)
            event = Event(now, happened, detail=dict(detail or {}))
            await record(tx, store, before.model_copy(update=changed), event, now=now, before=before)
        return await deliveries.finish(tx, *ends, now=now) if ends else DONE
