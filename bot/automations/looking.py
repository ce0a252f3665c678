"""Looking at what has happened since last time: numbers that passed a threshold, who moved, whose birthday is in this week.

Each step reads a little, and what follows from it is written together with how far it has read: a kill between two steps, and
another replica that looks at the same time, change nothing.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, time

from bot.automations.firing import Occurred, fire
from bot.desk import Desk
from bot.rules.automations import Happened, Happening, birthday_in_week
from bot.rules.stores import Store
from bot.store import Tx, automations
from bot.store.birthdays import birth_dates, page_of_customers
from bot.store.segments import Moved

AT_ONCE = 50
"""Happenings to a transaction: each of them opens a seal."""
PAGE = 1_000
"""Customers whose birthday is looked at in one go."""
BIRTHDAYS_FROM = time(9)
"""Nobody is told of birthdays at midnight."""
MOVES, BIRTHDAYS = "moves", "birthdays"
ENDED = "ended"


async def look_at(desk: Desk, account: str, stores: Sequence[Store]) -> None:
    """An account, as far as there is something to look at."""
    async with desk.database.read() as tx:
        waiting = await automations.working(tx, account)
    kinds = {one.automation.trigger.happened for one in waiting}
    # Numbers that nobody waits for any more are looked at as well: so they are gone.
    while await _crossings(desk, account, stores[0]):
        pass
    if kinds & {Happened.ENTERED, Happened.LEFT}:
        while await _moves(desk, account, stores[0]):
            pass
    if Happened.BIRTHDAY_WEEK in kinds:
        await _birthdays(desk, account, stores[0])


async def _crossings(desk: Desk, account: str, store: Store) -> bool:
    """False when there are none left."""
    async with desk.database.read() as tx:
        if not await automations.crossings_of(tx, account, most=1):
            return False
    async with desk.database.write() as tx:
        await automations.working(tx, account, lock=True)
        found = await automations.crossings_of(tx, account, most=AT_ONCE)
        await automations.looked_at(tx, [number for number, _ in found])
        happened = [
            Occurred(
                Happening(
                    Happened.REACHED,
                    one.fh_id,
                    one.at,
                    store.hours.local(one.at).date(),
                    measure=one.measure,
                    before=one.before,
                    after=one.after,
                )
            )
            for _, one in found
        ]
        await fire(tx, desk, account, happened, now=desk.now())
    return len(found) == AT_ONCE


async def _moves(desk: Desk, account: str, store: Store) -> bool:
    """False when there are none left."""
    async with desk.database.read() as tx:
        if not await _next_moves(tx, account, most=1):
            return False
    async with desk.database.write() as tx:
        await automations.working(tx, account, lock=True)
        found = await _next_moves(tx, account, most=AT_ONCE)
        if found:
            await automations.put_position(tx, account, MOVES, str(found[-1].id))
        happened = [Occurred(moved_at(store, one)) for one in found if one.fh_id]
        await fire(tx, desk, account, happened, now=desk.now())
    return len(found) == AT_ONCE


def moved_at(store: Store, one: Moved) -> Happening:
    """A move as a happening of the store's local day."""
    what = Happened.ENTERED if one.entered else Happened.LEFT
    return Happening(
        what, one.fh_id, one.at, store.hours.local(one.at).date(), segment_keys=frozenset({one.segment_key})
    )


async def _next_moves(tx: Tx, account: str, *, most: int) -> list[Moved]:
    """From the last one that was looked at, and none from before the first automation was switched on."""
    waiting = await automations.working(tx, account, [Happened.ENTERED, Happened.LEFT])
    since = [one.since for one in waiting if one.since is not None]
    if not since:
        return []
    last = int(await automations.position(tx, account, MOVES) or 0)
    keys = automations.segment_keys(waiting)
    return await automations.moves_after(tx, account, last, of=keys, since=min(since), most=most)


async def _birthdays(desk: Desk, account: str, store: Store) -> None:
    """Once in a store's local day, from the morning on, all customers in the order of their ids."""
    local = store.hours.local(desk.now())
    if local.time() < BIRTHDAYS_FROM:
        return
    day = local.date()
    while True:
        async with desk.database.read() as tx:
            where = await automations.position(tx, account, BIRTHDAYS)
            on_day, state, after = [*where.split(" ", 2), "", "", ""][:3]
            is_today = on_day == day.isoformat()
            if is_today and state == ENDED:
                return
            key, page = await page_of_customers(tx, account, after=after if is_today else "", most=PAGE)
        found = await asyncio.to_thread(birth_dates, key, account, page) if key is not None else []
        happened = [
            Occurred(_birthday(fh_id, desk.now(), store, born))
            for fh_id, born in found
            if birthday_in_week(born, day) is not None
        ]
        reached = f"{day.isoformat()} at {page[-1][0]}" if len(page) == PAGE else f"{day.isoformat()} {ENDED}"
        async with desk.database.write() as tx:
            await automations.working(tx, account, lock=True)
            if await automations.position(tx, account, BIRTHDAYS) != where:
                continue  # another replica was faster
            await automations.put_position(tx, account, BIRTHDAYS, reached)
            await fire(tx, desk, account, happened, now=desk.now())


def _birthday(fh_id: str, now: datetime, store: Store, born: str) -> Happening:
    day = store.hours.local(now).date()
    return Happening(Happened.BIRTHDAY_WEEK, fh_id, now, day, birthday=birthday_in_week(born, day))
