"""Publishing App Home boards: to whoever opened theirs lately, and only when it says something new."""

import asyncio
import hashlib
import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.deliveries.office import Office
from bot.deliveries.pace import Pace
from bot.deliveries.people import why_not
from bot.errors import OrderAheadError, Unavailable
from bot.messages.home import home
from bot.messages.parts import Block
from bot.rules.boards import Board, CustomersNow, SegmentSize, count_today, in_order, midnight
from bot.rules.customer_sync import RunState
from bot.rules.permissions import Act
from bot.rules.segments.catalogue import State
from bot.rules.stores import Store
from bot.store import orders, segments, stores, sync_runs, viewers
from bot.store.segments import Kept
from bot.store.sync_runs import Account

LATELY = timedelta(minutes=15)
MOST_SEGMENTS = 10
"""On a board."""
PUBLISHES_PER_MINUTE = 90
"""views.publish is Tier 4: 100 a minute (slack.md 3.2); some are left for people who just opened theirs."""


class Boards:
    def __init__(self, office: Office) -> None:
        self.office = office
        self._paces: dict[str, Pace] = {}
        self._publishing: dict[str, asyncio.Lock] = {}

    async def open(self, workspace: str, user_id: str, *, page: int = 0) -> None:
        """Somebody opened the Home tab, or turned its page."""
        async with self._alone(workspace):
            now = self.office.desk.now()
            view = home(await self._boards_for(workspace, user_id, now), now, wanted_page=page)
            await self.office.slack(workspace).publish_home(user_id, view)
            shown_page = int(view["private_metadata"])
            async with self.office.database.write() as tx:
                await viewers.looked(tx, workspace, user_id, page=shown_page, shown=_fingerprint(view), at=now)

    async def again(self, workspace: str, user_id: str) -> None:
        """The same page anew, after the person pressed something on it."""
        async with self.office.database.read() as tx:
            viewer = await viewers.of(tx, workspace, user_id)
        await self.open(workspace, user_id, page=viewer.page if viewer else 0)

    async def refresh(self) -> None:
        """Publish what has changed to those who looked lately, as far as each workspace's budget goes; the rest is next."""
        async with self.office.database.read() as tx:
            lately = await viewers.since(tx, self.office.desk.now() - LATELY)
        for viewer in lately:
            pace = self._pace_of(viewer.workspace)
            if pace.wait() > 0:
                continue
            try:
                async with self._alone(viewer.workspace):
                    await self._refresh(viewer.workspace, viewer.user_id)
            except Unavailable as problem:
                pace.pause(problem.retry_after or 5.0)
            except OrderAheadError:
                continue

    def _pace_of(self, workspace: str) -> Pace:
        return self._paces.setdefault(workspace, Pace(PUBLISHES_PER_MINUTE, 60.0))

    def _alone(self, workspace: str) -> asyncio.Lock:
        return self._publishing.setdefault(workspace, asyncio.Lock())

    async def _refresh(self, workspace: str, user_id: str) -> None:
        """What the board says is read and published under one lock: an older one must not follow a newer one."""
        async with self.office.database.read() as tx:
            viewer = await viewers.of(tx, workspace, user_id)
        if viewer is None:
            return
        now = self.office.desk.now()
        view = home(await self._boards_for(workspace, user_id, now), now, wanted_page=viewer.page)
        if (shown := _fingerprint(view)) == viewer.shown:
            return
        self._pace_of(workspace).spend()
        await self.office.slack(workspace).publish_home(user_id, view)
        async with self.office.database.write() as tx:
            await viewers.was_shown(tx, workspace, user_id, shown)

    async def stores_of(self, workspace: str, user_id: str) -> list[Store]:
        """The stores of the workspace whose channel the person is in, and where they may look. Guests have no board."""
        person = await self.office.slack(workspace).person(user_id)
        if person.is_outsider:
            return []
        everywhere = [
            store
            for store in self.office.desk.stores_in(workspace)
            if await why_not(self.office, workspace, person, Act.LOOK, store) is None
        ]
        members = await asyncio.gather(*(self._members(store) for store in everywhere))
        return [store for store, inside in zip(everywhere, members, strict=True) if user_id in inside]

    async def _members(self, store: Store) -> frozenset[str]:
        """Who is in the store's channel; nobody, as far as we know, when Slack does not say."""
        try:
            return await self.office.slack(store.workspace).members(store.channel)
        except OrderAheadError:
            return frozenset()

    async def _boards_for(self, workspace: str, user_id: str, now: datetime) -> list[Board]:
        return [await self._board(store, now) for store in await self.stores_of(workspace, user_id)]

    async def _board(self, store: Store, now: datetime) -> Board:
        began = midnight(store, now)
        async with self.office.database.read() as tx:
            recent = await orders.recent(tx, store.key, since=began)
            waiting = await orders.open_orders(tx, store.key)
            down_since = await stores.down_since(tx, store.key)
            account = await sync_runs.account(tx, store.account)
            kept = await segments.all_of(tx, store.account)
        return Board(
            store=store,
            orders=in_order(waiting),
            today=count_today(recent, began),
            read_at=self.office.desk.answered_at.get(store.key),
            watched_at=self.office.desk.watched_at.get(store.key),
            down_since=down_since,
            customers=_customers_now(account, kept),
        )


def _customers_now(account: Account, kept: Sequence[Kept]) -> CustomersNow | None:
    """The last run that ended well tells what it changed; one that failed leaves the time of the last good one."""
    if account.loaded_at is None or account.good_at is None:
        return None
    good = account.report if account.report is not None and account.report.state is RunState.DONE else None
    active = [one for one in kept if one.segment.state is State.ACTIVE and one.counted_at is not None]
    sizes = tuple(SegmentSize(one.segment.name, one.size) for one in active[:MOST_SEGMENTS])
    if good is None:
        return CustomersNow(account.good_at, segments=sizes)
    return CustomersNow(account.good_at, good.customers.inserted, good.customers.updated, sizes)


def _fingerprint(view: Block) -> str:
    """What the board says; that it is a minute later alone is nothing new."""
    said = json.dumps(view["blocks"][:-1], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()
