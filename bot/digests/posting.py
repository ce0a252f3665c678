"""Wanting a digest: the one that is due, or the one that somebody asks for. There is one for each store and morning."""

from dataclasses import dataclass
from datetime import date, datetime

from bot.desk import Desk
from bot.desk.recording import digest, note_deed
from bot.giving_way import giving_way
from bot.rules.audit import Deed
from bot.rules.digests import digest_key, due, due_at, due_now, is_outdated
from bot.rules.permissions import Person
from bot.rules.stores import Store
from bot.store import deliveries, digests
from bot.store.digests import Standing


async def want_what_is_due(desk: Desk) -> None:
    """Of all stores. What is due, the rows say: for all replicas, and after each restart."""
    now = desk.now()
    async with desk.database.read() as tx:
        standings = await digests.standings(tx)
    async for store in giving_way(desk.stores.values()):
        if standing := standings.get(store.key):
            await _want_if_due(desk, store, standing, now)


async def _want_if_due(desk: Desk, store: Store, standing: Standing, now: datetime) -> None:
    telling, last = standing.telling or desk.telling, standing.last_morning
    if not telling.digest:
        return
    if standing.told and last and is_outdated(standing.told, last, now, store.hours.zone, telling.at):
        if last.weekday() in telling.weekdays:
            await _bring_up_to_date(desk, store, last, due_at(last, store.hours.zone, telling.at), now)
        return
    found = due(now, store.hours.zone, last_morning=last, at=telling.at)
    if found is None or found.morning.weekday() not in telling.weekdays:
        return
    if last is None and found.due_at < standing.since:  # a store that came at noon has missed nothing
        return
    async with desk.database.write() as tx:
        await digests.add(tx, store.key, found)
        await deliveries.want_once(tx, digest(store, found.key(store.key), now))


async def _bring_up_to_date(desk: Desk, store: Store, morning: date, hour: datetime, now: datetime) -> None:
    """It was asked for before its hour, which has come. Two replicas that do this draw it once: the wishes coalesce."""
    key = digest_key(store.key, morning)
    async with desk.database.write() as tx:
        await digests.make_again(tx, key, due_at=hour)
        await deliveries.want(tx, digest(store, key, now))


@dataclass(frozen=True)
class Asked:
    """`is_there`: the morning's digest stands in the channel, and is brought up to date."""

    is_there: bool


async def want_now(desk: Desk, store: Store, person: Person) -> Asked:
    """This morning's digest, before its time or again. There is never a second one: one that is there is made anew."""
    now = desk.now()
    async with desk.database.write() as tx:
        last = await digests.last_morning(tx, store.key)
        asked = due_now(now, store.hours.zone, last_morning=last)
        key = asked.key(store.key)
        await digests.add(tx, store.key, asked)
        kept = await digests.get(tx, key)
        is_there = kept is not None and bool(kept.ts)
        if is_there:
            await digests.make_again(tx, key)
        elif kept is not None and kept.state == digests.POSTED:  # where it stands Slack would not say: they have looked
            await digests.set_place(tx, key, "", "")
        await deliveries.want(tx, digest(store, key, now, asked=now.isoformat()))
        await note_deed(tx, store, person, Deed.DIGEST_NOW, store.key, now=now)
    return Asked(is_there)
