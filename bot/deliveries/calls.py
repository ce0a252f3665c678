"""What is said unasked: escalations, reminders of an open cancel, and notices to the channel. Each at most once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.deliveries import forgotten
from bot.deliveries.cards import WAIT_FOR_CARD, without_thread
from bot.deliveries.office import Office
from bot.deliveries.rushes import last_told
from bot.desk import recording
from bot.desk.cancelling import next_nag
from bot.desk.recording import edit_lane
from bot.errors import Closed, Refused
from bot.messages import calls as words
from bot.messages import channel_safety, checklist, resting
from bot.messages.parts import Message
from bot.rules.checklist import Line
from bot.rules.deliveries import DONE, NOTHING_TO_DO, Delivery, Outcome, State, waits
from bot.rules.history import Event, Happened
from bot.rules.lateness import Clock, Rung, left_at_closing, running_clock, steps
from bot.rules.order_values import Order
from bot.rules.orders import is_open
from bot.rules.rush import is_said, is_too_old_to_call
from bot.rules.stores import Store
from bot.slack import Mark
from bot.store import channels, deliveries, not_sent, orders

NAMES_SHOPPERS = {"left_overnight"}
"""Where these stand is remembered, so that they can be rewritten when somebody is forgotten."""
MUST_BE_HEARD = {"card_in_doubt", "unread_order"}
"""Notices about an order that has no card: rather twice than never."""


@dataclass(frozen=True)
class Saying:
    """A message in a thread (or in the channel, when `thread_ts` is empty)."""

    message: Message
    mark: Mark
    channel: str
    thread_ts: str = ""
    loud: bool = False
    must_be_heard: bool = False


async def run_escalate(office: Office, delivery: Delivery) -> Outcome:
    """A rung of the ladder, if the order is still late on that clock when its moment comes."""
    now = office.desk.now()
    order, store = await _order(office, delivery)
    if order is None or store is None:
        return NOTHING_TO_DO
    clock, rung = Clock(delivery.payload["clock"]), Rung(delivery.payload["rung"])
    if running_clock(order) is not clock:
        return NOTHING_TO_DO
    due_at = next(step.due_at for step in steps(order, store.limits, store.hours) if step.rung is rung)
    if due_at > now:
        return waits(delivery, due_at)
    if (folded := await _folded(office, store, delivery, rung, due_at)) is not None:
        return (
            await _note_late(office, store, delivery, clock, rung) if folded else waits(delivery, now + WAIT_FOR_CARD)
        )
    if not order.card_ts:
        return waits(delivery, now + WAIT_FOR_CARD)
    if rung is Rung.REPLY:
        saying = Saying(words.late_reply(order, clock, now), _mark(delivery, order), order.card_channel, order.card_ts)
    else:
        message = words.late_mention(order, clock, store, now)
        saying = Saying(message, _mark(delivery, order), order.card_channel, order.card_ts, loud=True)
    try:
        await _say(office, delivery, store, saying)
    except Refused as problem:
        if problem.code != "thread_not_found":
            raise
        return await without_thread(office, delivery, order)
    return await _note_late(office, store, delivery, clock, rung)


async def _folded(office: Office, store: Store, delivery: Delivery, rung: Rung, due_at: datetime) -> bool | None:
    """While a rush lasts, its message marks what is late, and has called the group once: True when nothing more is to be said
    of this step, False when it waits until the rush is over. None when it is said as ever. What fell due more than a day ago,
    while nothing could be said, calls nobody."""
    if delivery.state is State.UNKNOWN:
        return None
    if rung is Rung.MENTION and is_too_old_to_call(due_at, office.desk.now()):
        return True
    with not_sent():
        rush = await last_told(office, store)
    return is_said(rush, rung, due_at) if rush is not None else None


async def _note_late(office: Office, store: Store, delivery: Delivery, clock: Clock, rung: Rung) -> Outcome:
    """The card turns red, and the history says so once. An order that moved while we spoke is not late any more."""
    now = office.desk.now()
    async with office.database.write() as tx:
        before = await orders.locked(tx, delivery.order_key)
        if before is not None and running_clock(before) is clock and before.late != clock.value:
            event = Event(now, Happened.LATE, detail={"clock": clock.value, "rung": rung.value})
            late = before.model_copy(update={"late": clock.value})
            await recording.record(tx, store, late, event, now=now, before=before)
        return await deliveries.finish(tx, delivery, DONE, now=now)


async def run_nag(office: Office, delivery: Delivery) -> Outcome:
    """The cancel is still not proved: say so, and ask for the next reminder."""
    now = office.desk.now()
    order, store = await _order(office, delivery)
    if order is None or store is None or order.cancel is None or not order.cancel.is_waiting or not is_open(order):
        return NOTHING_TO_DO
    if not order.card_ts:
        return waits(delivery, now + WAIT_FOR_CARD)
    times = int(delivery.payload["times"])
    message = words.cancel_nag(order, now)
    try:
        saying = Saying(message, _mark(delivery, order), order.card_channel, order.card_ts)
        await _say(office, delivery, store, saying)
    except Refused as problem:
        if problem.code != "thread_not_found":
            raise
        return await without_thread(office, delivery, order)
    following = next_nag(store, order, times, now)
    if following is not None:
        async with office.database.write() as tx:
            await deliveries.want_once(tx, following)
    return DONE


async def run_notice(office: Office, delivery: Delivery) -> Outcome:
    store = _named(office, delivery.store_key or str(delivery.payload.get("store", "")))
    with not_sent():
        message = await _notice(office, store, delivery)
    if message is None:
        return NOTHING_TO_DO
    if isinstance(message, Outcome):
        return message
    person, about = str(delivery.payload.get("to", "")), delivery.payload["about"]
    mark = Mark(delivery.subject, "notice")
    if delivery.payload.get("ts"):
        return await _rewrite(office, store, delivery, message, mark)
    saying = Saying(message, mark, person or store.channel, must_be_heard=about in MUST_BE_HEARD)
    try:
        ts = await _say(office, delivery, store, saying)
    except Closed as problem:
        if person:  # nobody by that name: looking again changes nothing
            raise Refused(problem.sentence, code=problem.code) from None
        raise
    if about not in NAMES_SHOPPERS:
        return DONE
    place = {"channel": store.channel, "ts": ts, "at": office.desk.now().isoformat()}
    return Outcome(State.DONE, payload={**delivery.payload, **place}, lane=edit_lane(store), band=store.key)


async def _rewrite(office: Office, store: Store, delivery: Delivery, message: Message, mark: Mark) -> Outcome:
    """Somebody whom it names was forgotten."""
    try:
        place = (str(delivery.payload["channel"]), str(delivery.payload["ts"]))
        await office.slack(store.workspace).update(*place, message, mark)
    except Refused as problem:
        if problem.code != "message_not_found":
            raise
        return NOTHING_TO_DO
    return DONE


def _named(office: Office, store_key: str) -> Store:
    """Also a store that is paused or removed: that it is, is such a notice. Raises Refused."""
    return office.desk.any_store(store_key) or office.desk.store(store_key)


async def _notice(office: Office, store: Store, delivery: Delivery) -> Message | Outcome | None:
    payload = delivery.payload
    match payload["about"]:
        case "flowhub_down":
            return words.flowhub_down(store, datetime.fromisoformat(payload["since"]), str(payload["why"]))
        case "flowhub_back":
            return words.flowhub_back(store, datetime.fromisoformat(payload["since"]), delivery.created_at)
        case "left_overnight":
            return await _left_overnight(office, store, delivery)
        case "paused" | "resumed" | "removed" as what:
            return resting.told(store, what, str(payload["by"]))
        case "welcome":
            return checklist.welcome(store, [Line.from_json(one) for one in payload["lines"]])
        case "forgotten":
            return await forgotten.receipt(office, delivery)
        case "channel_exposed":
            return await _exposed(office, store, payload)
        case "channel_closed":
            return words.channel_closed(store, datetime.fromisoformat(payload["since"]), str(payload["why"]))
        case "channel_opened":
            return words.channel_opened(store, datetime.fromisoformat(payload["since"]), delivery.created_at)
        case "unread_order":
            return words.unread_order(str(payload["number"]), str(payload["why"]))
        case "card_in_doubt":
            async with office.database.read() as tx:
                order = await orders.get(tx, str(payload["order_key"]))
            return words.card_in_doubt(order) if order is not None and not order.card_ts else None
        case _:
            return None


async def _left_overnight(office: Office, store: Store, delivery: Delivery) -> Message | None:
    """As it was said, if it was: with all that it told of, whatever became of them, as they are called now."""
    said_at = str(delivery.payload.get("at", ""))
    async with office.database.read() as tx:
        if said_at:
            found = [await orders.get(tx, str(key)) for key in delivery.payload.get("orders", ())]
            left = [order for order in found if order is not None]
            return words.left_overnight(store, left, datetime.fromisoformat(said_at)) if left else None
        waiting = await orders.open_orders(tx, store.key)
    left = [order for order in waiting if left_at_closing(order, store.hours, delivery.created_at)]
    return words.left_overnight(store, left, office.desk.now()) if left else None


async def _exposed(office: Office, store: Store, payload: Mapping[str, Any]) -> Message | None:
    """What is still true of it when it is said."""
    async with office.database.read() as tx:
        standing = await channels.standing(tx, store.workspace, store.channel)
    if standing.may_post:
        return None
    news, owners = standing.seen.beyond(standing.signed), [str(who) for who in payload.get("owners", [])]
    return channel_safety.channel_exposed(store, news, may_sign=bool(payload["may_sign"]), owners=owners)


async def _order(office: Office, delivery: Delivery) -> tuple[Order | None, Store | None]:
    with not_sent():
        async with office.database.read() as tx:
            order = await orders.get(tx, delivery.order_key)
    if order is None or order.store_key not in office.desk.stores:
        return None, None
    return order, office.desk.store(order.store_key)


def _mark(delivery: Delivery, order: Order) -> Mark:
    return Mark(order.key, f"{delivery.kind.value} {delivery.subject.partition(':')[2]}")


async def _say(office: Office, delivery: Delivery, store: Store, saying: Saying) -> str:
    """Post once, and say where it stands ("" where we may not know). After a lost answer look first; where we may not look,
    silence is better than calling people twice, unless something would be lost by it."""
    slack = office.slack(store.workspace)
    if delivery.state is State.UNKNOWN:
        try:
            found = await slack.find(saying.channel, saying.mark, since=delivery.created_at, thread_ts=saying.thread_ts)
        except Refused as problem:
            if problem.code != "missing_scope":
                raise
            if not saying.must_be_heard:
                return ""
            found = None
        if found is not None:
            return found.ts
    return await slack.post(saying.channel, saying.message, saying.mark, thread_ts=saying.thread_ts, loud=saying.loud)
