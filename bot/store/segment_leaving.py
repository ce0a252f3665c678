"""Those who are kept no more leave their segments: sizes stay true, and who they were is not said."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update

from bot.messages.segment_words import NO_LONGER_KEPT
from bot.rules.segments.moving import Sizes
from bot.store.segment_figures import get_old
from bot.store.segments import add_moves, add_run, all_of, lock, note_recount, profiles
from bot.store.transaction import Tx


async def leave_all(tx: Tx, account: str, fh_ids: Sequence[str], *, at: datetime) -> None:
    """Their memberships go. At most some hundred ids."""
    await lock(tx, account)
    mine = (profiles.c.account == account, profiles.c.fh_id.in_(fh_ids), profiles.c.bits != 0)
    bits = [int(one) for one in (await tx.connection.execute(select(profiles.c.bits).where(*mine))).scalars()]
    if not bits:
        return
    await get_old(tx, account)
    await tx.connection.execute(update(profiles).where(*mine).values(bits=0))
    kept = [one for one in await all_of(tx, account) if one.segment.bit is not None]
    gone = Counter(
        one.segment.key
        for one in kept
        for theirs in bits
        if one.segment.bit is not None and theirs >> one.segment.bit & 1
    )
    for one in kept:
        key, number = one.segment.key, gone[one.segment.key]
        if number and one.counted_at is None:
            await note_recount(tx, account, key, coming=one.coming, going=one.going + number)
        elif number:
            sizes = Sizes(one.size, 0, number, one.size - number)
            await add_run(tx, account, key, sizes, at, is_counted=False)
            await add_moves(tx, account, at, {(key, False, NO_LONGER_KEPT): [""] * number})
