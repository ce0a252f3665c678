"""Every two minutes: watch each store's point of sale for orders that other systems put there."""

from functools import partial

import structlog

from bot.desk import Desk
from bot.desk.watching import watch
from bot.errors import OrderAheadError
from bot.rules.stores import Store
from sync.patience import one_by_one
from sync.told_once import ToldOnce

log = structlog.get_logger("orderahead.sync")


async def watch_pos(desk: Desk, *, every: float) -> None:
    watched, unseen = [store for store in desk.stores.values() if store.watch_pos], ToldOnce()
    await one_by_one(watched, partial(_watch, desk, unseen), period=every)
    unseen.tell(log, "points of sale could not be watched")


async def _watch(desk: Desk, unseen: ToldOnce, store: Store) -> None:
    try:
        await watch(desk, store)
    except OrderAheadError as problem:
        unseen.note(store.key, problem.sentence)
