"""Rush mode: one living message for each channel whose cards can't come in time.

It is a delivery like any other: posted first in the channel's lane, then edited in place in the workspace's lane for edits
until nothing waits any more. What it says is read when it is sent.
"""

import hashlib
import json
from dataclasses import replace
from datetime import datetime, timedelta

from bot.deliveries import pace
from bot.deliveries.office import Office
from bot.desk.recording import edit_lane, post_lane
from bot.errors import Refused
from bot.messages.parts import Message
from bot.messages.rush import catch_up, caught_up
from bot.rules import rush as rules
from bot.rules.deliveries import DONE, NOTHING_TO_DO, Delivery, Kind, Outcome, State, Wanted, waits
from bot.rules.order_values import Order
from bot.rules.orders import is_open
from bot.rules.rush import Backlog, CatchUp, Rush
from bot.rules.stores import Store
from bot.slack import Mark
from bot.store import Tx, backlog, deliveries, not_sent, orders

MOST_COUNTED = 1000
SUMMED_UP_WITHIN = timedelta(seconds=30)
"""An order that is over waits so long at a time for the next edit of the living message, which sums it up."""


def subject_of(store: Store) -> str:
    """One living message for each channel."""
    return f"{store.workspace}:{store.channel}"


async def make_way(office: Office, store: Store, order: Order, delivery: Delivery) -> Outcome | None:
    """Before a card is posted: begin a rush if one is due, which then goes first. While one lasts, an order that is over gets
    no card, but is summed up in its message. None when the card may be posted."""
    if delivery.state is State.UNKNOWN:
        return None
    now = office.desk.now()
    with not_sent():
        is_under_way, is_due = await _seen(office, store)
        if is_under_way:
            return None if is_open(order) else waits(delivery, now + SUMMED_UP_WITHIN)
        if not is_due:
            return None
        async with office.database.write() as tx:
            await deliveries.want(tx, _wanted(store, now))
            return await deliveries.finish(tx, delivery, waits(delivery, now), now=now)


async def notice_edits(office: Office, store: Store) -> None:
    """Before a card is edited: begin a rush if edits are that far behind."""
    with not_sent():
        _, is_due = await _seen(office, store)
        if is_due:
            async with office.database.write() as tx:
                await deliveries.want(tx, _wanted(store, office.desk.now()))


async def _seen(office: Office, store: Store) -> tuple[bool, bool]:
    """Whether the channel has a rush, and if not whether one is due."""
    async with office.database.read() as tx:
        last = await deliveries.find(tx, Kind.RUSH, subject_of(store))
        if last is not None and last.state in {State.DUE, State.SENDING, State.UNKNOWN}:
            return True, False
        # One that Slack refused to take is not asked for again and again: cards come as they can.
        if last is not None and (last.state is not State.DONE or not rules.may_begin(_of(last), office.desk.now())):
            return False, False
        return False, rules.is_rush(await _backlog(office, tx, store))


async def last_told(office: Office, store: Store) -> Rush | None:
    """The rush whose message stands in the store's channel, or stood there last."""
    async with office.database.read() as tx:
        found = await deliveries.find(tx, Kind.RUSH, subject_of(store))
    rush = _of(found) if found is not None else None
    return rush if rush is not None and rush.ts else None


def _wanted(store: Store, now: datetime) -> Wanted:
    return Wanted(Kind.RUSH, subject_of(store), post_lane(store), now, store_key=store.key, band="", priority=0)


def _of(delivery: Delivery) -> Rush | None:
    return backlog.from_payload(delivery.payload)


async def _backlog(office: Office, tx: Tx, store: Store) -> Backlog:
    now, line = office.desk.now(), edit_lane(store)
    calls, seconds = pace.POSTS_PER_CHANNEL
    edits, minute = pace.EDITS_PER_WORKSPACE
    own = [
        await backlog.cards_waiting(tx, line, now, most=MOST_COUNTED, band=one.key) for one in _sharing(office, store)
    ]
    return Backlog(
        posts=await backlog.cards_waiting(tx, post_lane(store), now, most=MOST_COUNTED),
        edits=sum(own),
        all_edits=await backlog.cards_waiting(tx, line, now, most=MOST_COUNTED) if sum(own) else 0,
        apart=timedelta(seconds=max(seconds / calls, office.turns.seconds_a_round(store.workspace, post_lane(store)))),
        edit_apart=timedelta(seconds=minute / edits),
    )


def _sharing(office: Office, store: Store) -> list[Store]:
    """The stores whose desk is the same channel."""
    every = office.desk.stores_in(store.workspace)
    return [one for one in every if one.channel == store.channel] or [store]


async def run_rush(office: Office, delivery: Delivery) -> Outcome:
    """Post the living message, or edit it if it reads differently, until all is caught up."""
    store = office.desk.stores.get(delivery.store_key)
    if store is None:
        return NOTHING_TO_DO
    with not_sent():
        rush = await _sum_up(office, store, delivery)
        seen, every = await _look(office, store, rush)
    rush, now = seen.rush, seen.now
    slack, mark = office.slack(store.workspace), Mark(f"{delivery.subject}:{int(rush.since.timestamp())}", "rush")
    if not rush.ts:
        if delivery.state is State.UNKNOWN:
            rush = await _looked_for(office, store, rush, mark)
        elif not seen.waiting and not (rush.finished or rush.cancelled):
            return _ended(office, store, rush.model_copy(update={"ended_at": now}), NOTHING_TO_DO)
    if not rush.ts:
        calls = bool(seen.late) and any(one.mention for one in seen.stores)
        rush = rush.model_copy(update={"posted_at": now, "called": calls})
        with not_sent():
            await _remember(office, delivery, rush)
        ts = await slack.post(store.channel, catch_up(seen, calls=calls), mark)
        rush = rush.model_copy(update={"ts": ts, "shown": _print(catch_up(seen))})
        return _goes_on(office, store, rush, now + every, called=True)
    is_over = rush.is_over(now)
    message = caught_up(seen) if is_over else catch_up(seen)
    if is_over or _print(message) != rush.shown:
        try:
            await slack.update(store.channel, rush.ts, message, mark)
        except Refused as problem:
            if problem.code != "message_not_found":
                raise
            return _ended(office, store, rush.model_copy(update={"ended_at": now, "deleted_at": now}), DONE)
        if is_over:
            return _ended(office, store, rush.model_copy(update={"ended_at": now}), DONE)
        rush = rush.model_copy(update={"shown": _print(message)})
        return _goes_on(office, store, rush, now + every, called=True)
    return _goes_on(office, store, rush, now + every, called=False)


async def _sum_up(office: Office, store: Store, delivery: Delivery) -> Rush:
    """Settle the cards of orders that are over, and count them; that they were counted is written with it."""
    rush = _of(delivery)
    if rush is None or rush.ended_at is not None:
        rush = Rush(since=office.desk.now())
    while await _some_are_over(office, store):
        async with office.database.write() as tx:
            over = await backlog.over(tx, post_lane(store))
            if not over:
                break
            rush = rush.with_over(over)
            await backlog.settle(tx, [order.key for order in over])
            await backlog.remember(tx, delivery.id, rush)
    return rush


async def _some_are_over(office: Office, store: Store) -> bool:
    async with office.database.read() as tx:
        return await backlog.some_are_over(tx, post_lane(store))


async def _look(office: Office, store: Store, rush: Rush) -> tuple[CatchUp, timedelta]:
    """What the message has to say, and how long it may stay like that."""
    now, stores = office.desk.now(), _sharing(office, store)
    async with office.database.read() as tx:
        found = [
            rules.as_late_as_it_is(order, one, now) for one in stores for order in await orders.open_orders(tx, one.key)
        ]
        behind = await _backlog(office, tx, store)
        boards = await backlog.living(tx, subject_of(store).removesuffix(store.channel))
    seen = CatchUp(tuple(stores), rules.grouped(found), rush.looked(behind.cards, now), behind.cards, now)
    # Where Slack's minute is shorter, in tests, so is everything that is made of it.
    minute = timedelta(seconds=pace.EDITS_PER_WORKSPACE[1])
    return seen, rules.refresh_after(boards) * (minute / timedelta(minutes=1))


async def _looked_for(office: Office, store: Store, rush: Rush, mark: Mark) -> Rush:
    """Whether the message whose answer was lost is there. Where we may not look, it is posted once more: what it says of
    orders without a card is said nowhere else."""
    try:
        found = await office.slack(store.workspace).find(store.channel, mark, since=rush.since)
    except Refused as problem:
        if problem.code != "missing_scope":
            raise
        return rush
    return rush.model_copy(update={"ts": found.ts}) if found is not None else rush


async def _remember(office: Office, delivery: Delivery, rush: Rush) -> None:
    """What it is found by, and whom it called, is known even where its answer is lost."""
    async with office.database.write() as tx:
        await backlog.remember(tx, delivery.id, rush)


def _goes_on(office: Office, store: Store, rush: Rush, again_at: datetime, *, called: bool) -> Outcome:
    office.shown.add(post_lane(store))
    return Outcome(
        State.DUE,
        again_at,
        counted=False,
        called=called,
        payload=backlog.as_payload(rush),
        lane=edit_lane(store),
        band=store.key,
    )


def _ended(office: Office, store: Store, rush: Rush, outcome: Outcome) -> Outcome:
    """The next rush is posted anew."""
    office.shown.discard(post_lane(store))
    return replace(outcome, payload=backlog.as_payload(rush), lane=post_lane(store), band="")


def _print(message: Message) -> str:
    """What it says, but for how late it is and how many cards are to go: for those alone no edit is made."""
    said = json.dumps([message.text, message.blocks[:-1]], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()
