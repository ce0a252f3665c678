"""Drawing cards, and telling each order's history in the thread below it.

A delivery never says what a card should look like: it is rendered as the order is when it is sent, so updates coalesce by
themselves and a late one can't overwrite a newer one.
"""

from dataclasses import replace
from datetime import timedelta

from bot.deliveries import rushes
from bot.deliveries.office import Office
from bot.deliveries.resting import waits_for_store
from bot.desk import recording
from bot.errors import Refused
from bot.messages.history import history_reply
from bot.messages.order_card import order_card
from bot.messages.parts import Message
from bot.rules.audit import Deed
from bot.rules.deliveries import NOTHING_TO_DO, Delivery, Kind, Outcome, State, waits
from bot.rules.order_values import Order
from bot.rules.orders import is_open
from bot.rules.permissions import Person
from bot.rules.stores import Store
from bot.slack import Mark, Slack
from bot.store import Tx, deliveries, firings, history, not_sent, orders

WAIT_FOR_CARD = timedelta(seconds=20)


def card_mark(order_key: str) -> Mark:
    return Mark(order_key, "card")


async def run_card(office: Office, delivery: Delivery) -> Outcome:
    """Post the order's card, or edit the one that is there."""
    with not_sent():
        async with office.database.read() as tx:
            order = await orders.get(tx, delivery.order_key)
    store = office.desk.any_store(order.store_key) if order is not None else None
    if order is None or store is None:
        return NOTHING_TO_DO
    if store.key not in office.desk.stores and not order.card_ts:
        return waits_for_store(office, delivery)
    if order.card_ts:
        await rushes.notice_edits(office, store)
        try:
            await _edit(office, order)
        except Refused as problem:
            if problem.code != "message_not_found":
                raise
            return await _deleted(office, delivery, order)
        return Outcome(State.DONE, lane=recording.edit_lane(store), band=order.store_key)
    first = await rushes.make_way(office, store, order, delivery)
    if first is not None:
        return first
    slack = office.slack(store.workspace)
    if delivery.state is State.UNKNOWN:
        try:
            found = await slack.find(store.channel, card_mark(order.key), since=delivery.created_at)
        except Refused as problem:
            if problem.code == "missing_scope":
                return await _hold(office, delivery, order)
            raise
        if found is not None:
            return await _posted(office, delivery, store, found.ts, drawn=False)
    ts = await slack.post(store.channel, await _rendered(office, order), card_mark(order.key))
    return await _posted(office, delivery, store, ts, drawn=True)


async def _edit(office: Office, order: Order) -> None:
    message = await _rendered(office, order)
    await _slack_of(office, order).update(order.card_channel, order.card_ts, message, card_mark(order.key))


def _slack_of(office: Office, order: Order) -> Slack:
    store = office.desk.any_store(order.store_key) or office.desk.store(order.store_key)
    return office.slack(store.workspace)


async def _deleted(office: Office, delivery: Delivery, order: Order) -> Outcome:
    """Somebody deleted the card in Slack. An order that is still to be done gets a new one, else nobody would see it."""
    if not is_open(order):
        return NOTHING_TO_DO
    if order.store_key not in office.desk.stores:
        return waits_for_store(office, delivery)
    now = office.desk.now()
    store = office.desk.store(order.store_key)
    async with office.database.write() as tx:
        before = await orders.locked(tx, order.key)
        if before is not None and before.card_ts == order.card_ts:
            await orders.save(tx, before.model_copy(update={"card_channel": "", "card_ts": ""}))
        again = Outcome(State.DUE, now, lane=recording.post_lane(store), band="")
        return await deliveries.finish(tx, delivery, again, now=now)


async def _rendered(office: Office, order: Order) -> Message:
    store, rest = office.desk.any_store(order.store_key), office.desk.resting.get(order.store_key)
    with not_sent():
        async with office.database.read() as tx:
            lines = await firings.lines_of(tx, order.key)
    shown = store or office.desk.store(order.store_key)
    return order_card(order, shown, rest=rest.state if rest else None, lines=lines)


async def _posted(office: Office, delivery: Delivery, store: Store, ts: str, *, drawn: bool) -> Outcome:
    """Remember where the card is; a card that was only found again still needs its present face."""
    key = delivery.order_key

    async def write(tx: Tx) -> Outcome:
        now = office.desk.now()
        order = await orders.locked(tx, key)
        if order is not None:
            await orders.save(tx, order.model_copy(update={"card_channel": store.channel, "card_ts": ts}))
            await deliveries.want(tx, recording.in_the_thread(Kind.HISTORY, key, store, key, now))
        state = State.DONE if drawn else State.DUE
        ended = Outcome(state, now, lane=recording.edit_lane(store), band=store.key)
        return await deliveries.finish(tx, delivery, ended, now=now)

    return await office.database.outlast(write)


async def _hold(office: Office, delivery: Delivery, order: Order) -> Outcome:
    """We may not look whether the card is there: it is never posted blindly, a person is asked, once for each doubt."""
    now = office.desk.now()
    subject = f"doubt:{order.key}:{int(now.timestamp() * 1000)}"
    asked = recording.notice(
        office.desk.store(order.store_key), subject, now, about="card_in_doubt", order_key=order.key
    )
    held = Outcome(State.HELD, problem="Slack's answer was lost, and the app may not read the channel's history.")
    async with office.database.write() as tx:
        await deliveries.want_once(tx, asked)
        return await deliveries.finish(tx, delivery, held, now=now)


async def post_card_again(office: Office, store: Store, key: str, person: Person) -> bool:
    """A person looked and there is no card. False when that is settled already."""
    now = office.desk.now()
    async with office.database.write() as tx:
        released = await deliveries.release(tx, Kind.CARD, key, now=now)
        if released:
            await recording.note_deed(tx, store, person, Deed.POST_AGAIN, key, now=now)
        return released


async def card_found(office: Office, key: str, channel: str, ts: str) -> None:
    """A person pressed a button of a card whose post we had lost sight of: it is there, and can be drawn again."""
    now = office.desk.now()
    async with office.database.write() as tx:
        order = await orders.locked(tx, key)
        if order is None or order.card_ts:
            return
        await orders.save(tx, order.model_copy(update={"card_channel": channel, "card_ts": ts}))
        store = office.desk.store(order.store_key)
        await deliveries.want(tx, recording.in_the_thread(Kind.HISTORY, key, store, key, now))
        await deliveries.release(tx, Kind.CARD, key, now=now)


async def run_history(office: Office, delivery: Delivery) -> Outcome:
    """One reply for all that happened since the last one. Loud events earn a reply, quiet ones ride along."""
    told = int(delivery.payload.get("told", 0))
    with not_sent():
        async with office.database.read() as tx:
            order = await orders.get(tx, delivery.order_key)
            events = await history.of_order(tx, delivery.order_key, after=told)
    if order is None or order.store_key not in office.desk.stores or not any(event.is_loud for event in events):
        return NOTHING_TO_DO
    if not order.card_ts:
        if not is_open(order) and await _has_no_card(office, order):
            return NOTHING_TO_DO
        return waits(delivery, office.desk.now() + WAIT_FOR_CARD)
    mark = Mark(order.key, f"history {told}", upto=events[-1].seq)
    try:
        if delivery.state is State.UNKNOWN and (until := await _told_already(office, delivery, order, mark)):
            return Outcome(State.DUE, office.desk.now(), payload={"told": until}, counted=False)
        slack = _slack_of(office, order)
        await slack.post(order.card_channel, history_reply(events), mark, thread_ts=order.card_ts)
    except Refused as problem:
        if problem.code != "thread_not_found":
            raise
        return await without_thread(office, delivery, order)
    return Outcome(State.DONE, payload={"told": mark.upto})


async def _has_no_card(office: Office, order: Order) -> bool:
    """It was over before it had one, and was summed up in its channel's message."""
    async with office.database.read() as tx:
        card = await deliveries.find(tx, Kind.CARD, order.key)
    return card is None or card.state is State.DONE


async def without_thread(office: Office, delivery: Delivery, order: Order) -> Outcome:
    """The card is gone, and its thread with it: this waits for the new card, which the next drawing posts."""
    if not is_open(order):
        return NOTHING_TO_DO
    now = office.desk.now()
    async with office.database.write() as tx:
        await deliveries.want(tx, recording.card(office.desk.store(order.store_key), order, now))
    return replace(waits(delivery, now + WAIT_FOR_CARD), state=State.DUE, called=True)


async def _told_already(office: Office, delivery: Delivery, order: Order, mark: Mark) -> int:
    """How far a reply whose answer was lost tells, 0 when it is not there.

    Without history scope it is taken as there: a line that is missing in the thread is in `/orders show` all the same, a
    doubled one would look like two events.
    """
    try:
        found = await _slack_of(office, order).find(
            order.card_channel, mark, since=delivery.created_at, thread_ts=order.card_ts
        )
    except Refused as problem:
        if problem.code == "missing_scope":
            return mark.upto
        raise
    return found.upto if found else 0
