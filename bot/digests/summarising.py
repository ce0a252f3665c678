"""After each evaluation: what the day's summaries say now, in each store's channel and in the account's own."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from bot.desk import Desk
from bot.desk.recording import edit_lane, post_lane
from bot.digests.making import problem_of
from bot.digests.segments import of_account
from bot.rules.deliveries import Kind, Wanted
from bot.rules.segments.days import Asof
from bot.rules.segments.moving import Sizes
from bot.rules.stores import Store
from bot.rules.summaries import (
    AtStore,
    Summary,
    account_key_of_day,
    may_say,
    since,
    store_key_of_day,
    worth_a_line,
)
from bot.rules.telling import Often, Telling
from bot.segments.places import ids_of
from bot.store import Tx, deliveries, digests, summaries, sync_runs
from bot.store.aside import Aside
from bot.store.segment_changes import reasons
from bot.store.segment_figures import figures_of
from bot.store.summaries import KeptSummary
from bot.store.sync_runs import Account


@dataclass(frozen=True)
class Place:
    """Where a summary stands, and whose it is. `store` is the one whose clock counts; `store_ids` None are all customers."""

    key: str
    store: Store
    channel: str
    telling: Telling
    asof: Asof
    store_ids: Collection[str] | None

    @property
    def day(self) -> date:
        return self.asof.today

    @property
    def is_rollup(self) -> bool:
        return self.store_ids is None

    def wanted(self, kind: Kind, subject: str, *, is_there: bool, **payload: object) -> Wanted:
        """What is said in the account's own channel belongs to no store: it says nothing about a store's channel."""
        posts = f"post:{self.channel}" if self.is_rollup else post_lane(self.store)
        return Wanted(
            kind,
            subject,
            edit_lane(self.store) if is_there else posts,
            self.asof.now,
            store_key="" if self.is_rollup else self.store.key,
            band=self.store.key if is_there else "",
            # Its lines wait for their summary.
            priority=7 if kind is Kind.SUMMARY else 8,
            payload=dict(payload),
        )


async def summarise(desk: Desk, account: str) -> None:
    """Called when an account's segments were evaluated. Raises what the database raises."""
    stores = sorted((one for one in desk.stores.values() if one.account == account), key=lambda one: one.key)
    async with desk.database.read() as tx:
        known = await sync_runs.account(tx, account)
        places = await _places(tx, desk, account, stores)
    if known.loaded_at is None or not places:
        return
    beside = desk.database.aside
    for place in places:
        await _bring_up_to_date(desk, beside, place, known, stores)


async def _places(tx: Tx, desk: Desk, account: str, stores: Sequence[Store]) -> list[Place]:
    now, found = desk.now(), []
    for store in stores:
        asof = Asof(now, store.hours.zone)
        telling = await digests.telling(tx, store.key) or desk.telling
        key = store_key_of_day(store.key, asof.today)
        found.append(Place(key, store, store.channel, telling, asof, ids_of(store)))
    rollup = await digests.rollup(tx, account)
    if rollup.channel and len(stores) > 1:
        first = found[0]
        living = first.telling.model_copy(update={"summary": Often.EACH_SYNC})
        key = account_key_of_day(account, first.day)
        found.append(Place(key, first.store, rollup.channel, living, first.asof, None))
    return found


async def _bring_up_to_date(desk: Desk, beside: Aside, place: Place, known: Account, stores: Sequence[Store]) -> None:
    async with desk.database.read() as tx:
        before = await summaries.get(tx, place.key)
    if not may_say(place.telling, place.asof, is_there=before is not None):
        return
    begins = since(place.telling, place.asof)
    made = await beside.read(partial(_made, place=place, begins=begins, known=known, stores=stores))
    told = dict(before.told) if before is not None else {}
    lines = [] if place.telling.is_quiet(place.asof.now, place.asof.zone) else worth_a_line(made.figures, told)
    if place.telling.summary is Often.DAILY:
        lines = []
    whys = {
        one.key: await beside.read(
            partial(reasons, account=known.key, key=one.key, since=begins, store_ids=place.store_ids)
        )
        for one, _ in lines
    }
    async with desk.database.write() as tx:
        kept = await summaries.get(tx, place.key, lock=True)
        if kept is not None and kept.made == made and not lines:
            return
        told |= {one.key: (one.entered, one.left) for one, _ in lines}
        if kept is None:
            new = KeptSummary(
                place.key, known.key, place.store.key if not place.is_rollup else "", made, told,
                place.store.workspace, place.channel, "",
            )  # fmt: skip
            await summaries.add(tx, new, place.day)
        else:
            await summaries.say(tx, place.key, made, told)
        is_there = kept is not None and bool(kept.ts)
        await deliveries.want(tx, place.wanted(Kind.SUMMARY, place.key, is_there=is_there))
        for one, sizes in lines:
            await deliveries.want_once(tx, _line(place, one.key, one.name, sizes, told[one.key], whys[one.key]))


async def _made(tx: Tx, *, place: Place, begins: datetime, known: Account, stores: Sequence[Store]) -> Summary:
    made = Summary(
        name=place.store.name,
        figures=await of_account(tx, known.key, begins, place.store_ids),
        as_of=known.good_at,
        problem=problem_of(known),
        is_daily=place.telling.summary is Often.DAILY,
    )
    if not place.is_rollup:
        return made
    sizes = [await figures_of(tx, known.key, ids_of(store)) for store in stores]
    at_stores = tuple(
        AtStore(store.name, {key: one.size for key, one in found.items()})
        for store, found in zip(stores, sizes, strict=True)
    )
    return Summary(made.name, made.figures, made.as_of, made.problem, stores=at_stores)


def _line(place: Place, key: str, name: str, sizes: Sizes, so_far: tuple[int, int], why: dict[str, int]) -> Wanted:
    """A line of its own in the thread. Its subject says up to which moves it tells, so nothing is told twice."""
    return place.wanted(
        Kind.MOVED,
        f"{place.key} {key} {so_far[0]}.{so_far[1]}",
        is_there=False,
        summary=place.key,
        name=name,
        entered=sizes.entered,
        left=sizes.left,
        size=sizes.size,
        why=why,
    )
