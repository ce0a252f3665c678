"""The segments of a store, or of all stores of an account, with who came and who left since a moment."""

from collections.abc import Collection
from datetime import datetime

from bot.rules.digests import SegmentFigures
from bot.rules.segments.catalogue import State
from bot.rules.stores import Store
from bot.segments.places import ids_of
from bot.store import Tx, segments
from bot.store.segment_changes import Change, changes
from bot.store.segment_figures import Figures, figures_of

NOBODY, NOBODY_MOVED = Figures(), Change()


async def of_store(tx: Tx, store: Store, since: datetime) -> tuple[SegmentFigures, ...]:
    return await of_account(tx, store.account, since, ids_of(store))


async def of_account(
    tx: Tx, account: str, since: datetime, store_ids: Collection[str] | None = None
) -> tuple[SegmentFigures, ...]:
    """Those that are evaluated: of a paused segment nothing is told, and one that is new waits until it is counted.

    Reads every move since then, so not for the loop.
    """
    known = [
        one.segment
        for one in await segments.all_of(tx, account)
        if one.segment.state is State.ACTIVE and one.counted_at is not None
    ]
    sizes = await figures_of(tx, account, store_ids)
    moved = await changes(tx, account, since=since, store_ids=store_ids)
    return tuple(
        SegmentFigures(one.key, one.name, **vars(sizes.get(one.key, NOBODY)), **vars(moved.get(one.key, NOBODY_MOVED)))
        for one in known
    )
