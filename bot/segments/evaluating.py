"""Evaluate an account's segments: who came, who left, and why. After each sync, and by time alone.

Everything is done in steps of one transaction each, in a thread of its own. A step takes away the marks of those it looked at
(`changed_customers`) and writes how far it came (`counted_at`, `coming` and `going`), so that after a kill at any moment the
next evaluation puts right what is left, and every run still adds up.
"""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog

from bot.customers.sharing import sharing_well
from bot.desk import Desk
from bot.errors import OutOfStep
from bot.messages.segment_words import words_why
from bot.rules.segments.catalogue import State
from bot.segments.places import zones_of
from bot.store import Tx, segments, sync_runs
from bot.store.aside import Aside
from bot.store.segment_figures import add_up, are_old, figures_of, get_old, put_figures
from bot.store.segment_marks import are_looked_at, mark_everybody, some_changed
from bot.store.segment_members import CHUNK, Recount, Zone, end_recount, recount, refresh
from bot.store.segments import Kept

log = structlog.get_logger("orderahead.segments")

LEASE = timedelta(seconds=60)
CHANGED_AT_ONCE = 4_000
"""Customers to a step, of about a tenth of a second: others may write between two of them."""
ZONES = "zones"
"""Where an account's zones rest: with another one, days begin at another moment."""


@dataclass
class Evaluation:
    """One evaluation as of `now`. `holder` is who holds the account's lease; `moved` is how many moves were written."""

    account: str
    zones: list[Zone]
    holder: int
    clock: Callable[[], datetime]
    now: datetime
    moved: int = 0
    looked_at: int = 0
    recounted: bool = False

    async def make(self, beside: Aside) -> None:
        """Raises OutOfStep when the lease was lost, SQLAlchemy's errors when the database does not answer."""
        await beside.write(self._begin)
        while await beside.write(self._refresh):
            pass
        while await beside.write(self._recount):
            pass
        if await beside.read(self._figures_are_old):
            rows = await beside.read(self._figures)
            await beside.write(partial(self._put_figures, rows))

    async def _begin(self, tx: Tx) -> None:
        await self._hold(tx)
        await segments.begin(tx, self.account, self.now)
        said = (await sync_runs.positions(tx, self.account)).get(ZONES)
        present = json.loads(json.dumps([(zone.name, zone.store_ids) for zone in self.zones]))
        if said != present:
            await sync_runs.put_position(tx, self.account, ZONES, present)
            if said is not None:
                await mark_everybody(tx, self.account)

    async def _hold(self, tx: Tx) -> None:
        if not await sync_runs.renew(tx, self.account, self.holder, until=self.clock() + LEASE):
            raise OutOfStep("Another process evaluates this account's segments now.")
        await segments.lock(tx, self.account)

    async def _refresh(self, tx: Tx) -> bool:
        """A step over those whose data changed; the first one looks at whom time alone can have moved, too. True for more."""
        await self._hold(tx)
        known = [one for one in await segments.all_of(tx, self.account) if _is_active(one) and one.counted_at]
        changed = await some_changed(tx, self.account, CHANGED_AT_ONCE)
        before = min((one.counted_at for one in known if one.counted_at is not None), default=self.now)
        if known and (changed or before != self.now):
            why = partial(words_why, before)
            made = await refresh(
                tx, self.account, known, self.zones, before=before, now=self.now, changed=changed, why=why
            )
            moved = sum(one.entered + one.left for one in made.values())
            self.moved += moved
            if moved or changed:
                await get_old(tx, self.account)
        await are_looked_at(tx, self.account, changed)
        self.looked_at += len(changed)
        return len(changed) == CHANGED_AT_ONCE

    _upto: str = ""
    _asked: tuple[tuple[str, object, int | None], ...] = ()

    async def _recount(self, tx: Tx) -> bool:
        """A step over everybody, for the segments that are new or ask for something else. True for more.

        Somebody may change or archive one meanwhile: then it begins anew, with what it had counted by then.
        """
        await self._hold(tx)
        known = [one for one in await segments.all_of(tx, self.account) if _is_active(one) and one.counted_at is None]
        if not known:
            return False
        asked = tuple((one.segment.key, one.segment.tree, one.segment.bit) for one in known)
        if asked != self._asked:
            self._asked, self._upto = asked, ""
        so_far = Recount(
            self._upto,
            entered=Counter({one.segment.key: one.coming for one in known}),
            left=Counter({one.segment.key: one.going for one in known}),
        )
        so_far = await recount(tx, self.account, known, self.zones, so_far, now=self.now, most=CHUNK)
        self._upto = so_far.after
        if so_far.ended:
            await end_recount(tx, self.account, known, so_far, now=self.now)
            await get_old(tx, self.account)
            self.recounted = True
            return False
        for one in known:
            key = one.segment.key
            await segments.note_recount(tx, self.account, key, coming=so_far.entered[key], going=so_far.left[key])
        return True

    async def _figures_are_old(self, tx: Tx) -> bool:
        return await are_old(tx, self.account) or not await figures_of(tx, self.account)

    async def _figures(self, tx: Tx) -> list[dict[str, object]]:
        known = await segments.all_of(tx, self.account)
        return await add_up(tx, self.account, [one.segment for one in known])

    async def _put_figures(self, rows: list[dict[str, object]], tx: Tx) -> None:
        await self._hold(tx)
        await put_figures(tx, self.account, rows)


def _is_active(one: Kept) -> bool:
    return one.segment.state is State.ACTIVE and one.segment.bit is not None


async def evaluate(desk: Desk, account: str, holder: int) -> Evaluation:
    """Whoever calls holds the account's lease as `holder`. Raises what `Evaluation.make` raises."""
    evaluation = Evaluation(account, zones_of(desk, account), holder, desk.now, desk.now())
    if not evaluation.zones:
        return evaluation
    with sharing_well():
        await evaluation.make(desk.database.aside)
    log.info(
        "segments evaluated",
        account=account,
        looked_at=evaluation.looked_at,
        moved=evaluation.moved,
        recounted=evaluation.recounted,
    )
    return evaluation
