"""What people see of segments: sizes, what changed since yesterday, whom a message reaches, what they spent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.desk import Desk
from bot.errors import Refused
from bot.rules.digests import SegmentFigures
from bot.rules.segments.catalogue import State
from bot.rules.segments.days import Asof
from bot.rules.stores import Store
from bot.segments.places import ids_of
from bot.store import segments, sync_runs
from bot.store.segment_figures import Figures, figures_of
from bot.store.segments import Kept

ORDER = (State.ACTIVE, State.PAUSED, State.ARCHIVED)


@dataclass(frozen=True)
class Listed:
    """`figures` are the account's, `here` those of each store's own customers, both by segment key; changes are the account's.
    `as_of` is when the customers were last read completely."""

    kept: Sequence[Kept]
    figures: Mapping[str, SegmentFigures]
    here: Mapping[str, Mapping[str, SegmentFigures]]
    as_of: datetime | None


async def listed(desk: Desk, account: str, stores: Sequence[Store]) -> Listed:
    """Active segments first, by name; archived ones are among them. Raises Refused before the first sync has ended."""
    yesterday = Asof(desk.now(), stores[0].hours.zone).later(0).now
    async with desk.database.read() as tx:
        known = await sync_runs.account(tx, account)
        kept = await segments.all_of(tx, account)
        changes = await segments.changes(tx, account, since=yesterday)
        everywhere = await figures_of(tx, account)
        by_store = {store.key: await figures_of(tx, account, ids_of(store)) for store in stores}
    if known.loaded_at is None:
        raise Refused("Customers have not been read completely yet: segments are there after the first sync.")
    kept = sorted(kept, key=lambda one: ORDER.index(one.segment.state))
    found = {
        one.segment.key: _figures(one, everywhere.get(one.segment.key), changes.get(one.segment.key, (0, 0)), one.size)
        for one in kept
    }
    here = {
        store_key: {
            one.segment.key: _figures(one, some[one.segment.key], (0, 0), some[one.segment.key].size)
            for one in kept
            if one.segment.key in some
        }
        for store_key, some in by_store.items()
    }
    return Listed(kept, found, here, known.good_at)


def _figures(one: Kept, some: Figures | None, change: tuple[int, int], size: int) -> SegmentFigures:
    some = some or Figures()
    key, name = one.segment.key, one.segment.name
    return SegmentFigures(key, name, size, *change, some.by_sms, some.by_email, some.spent_cents)
