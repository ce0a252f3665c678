"""Evaluating the segments of an account in the database: everybody in chunks, or those alone who can have moved.

Whoever calls holds the account's sync, so that one evaluation at a time is under way. Each customer's days are those of the
zone of their home store; who has none gets the account's first zone.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Any

from bot.rules.segments.catalogue import Segment, State
from bot.rules.segments.days import Asof
from bot.rules.segments.facts import Facts
from bot.rules.segments.moving import Sizes
from bot.rules.segments.time_alone import crossings
from bot.store.segment_asking import Ask, Zone, among, asks_of_sales_alone, next_chunk
from bot.store.segment_facts import facts_of_row
from bot.store.segment_questions import Differs
from bot.store.segment_time_alone import to_look_at
from bot.store.segments import Alike, Kept, add_moves, add_run, put_bits
from bot.store.transaction import Tx

__all__ = ["CHUNK", "Recount", "Why", "Zone", "end_recount", "facts_of_row", "recount", "refresh"]

Why = Callable[[Segment, Asof], Callable[[Facts | None], str]]
"""In words, why customers have just moved; no facts are those of one who vanished from Flowhub. Facts
that no segment asks of are left out."""
MOST_NAMED = 1_000
CHUNK = 40_000
"""Customers to a transaction: some hundredths of a second. Smaller ones cost more in commits than in looking."""


@dataclass
class Recount:
    """How far a recount has come. `ended` when nobody is left."""

    after: str = ""
    ended: bool = False
    entered: Counter[str] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)


async def refresh(
    tx: Tx,
    account: str,
    known: Sequence[Kept],
    zones: Sequence[Zone],
    *,
    before: datetime,
    now: datetime,
    changed: Sequence[str],
    why: Why,
    most: int = MOST_NAMED,
) -> dict[str, Sizes]:
    """Look at whoever's data changed since `before`, and at whom time alone can have moved; write who moved, and why.

    Segments that were not counted as they are now are left to a recount. The result is by segment key.

    What `tx` has written to customers and profiles before need not be seen: a thread may look at what was committed, while
    what it has found is written.
    """
    active = [one for one in known if _is_active(one.segment) and one.counted_at is not None]
    ask = Ask(account, tuple(one.segment for one in active), tuple(zones), tx.is_sqlite)
    entered: Counter[str] = Counter()
    left: Counter[str] = Counter()
    for number, (asof, _) in enumerate(ask.places(now)):
        earlier = Asof(before, asof.zone)
        looks = {one for segment in ask.segments for one in crossings(segment.tree, earlier, asof)}
        if not ((changed or looks) and ask.segments):
            continue
        finding = to_look_at(tx, account, changed, tuple(looks))
        of_some = among(ask, asof, number)
        moves = partial(_moves, ask, {segment.key: why(segment, asof) for segment in ask.segments})
        async for bits, alike in of_some.each(tx, _chunks(await finding, most), moves):
            for (key, enters, _), fh_ids in alike.items():
                (entered if enters else left)[key] += len(fh_ids)
            await put_bits(tx, account, bits)
            await add_moves(tx, account, now, alike)
    made = {}
    for one in active:
        key = one.segment.key
        made[key] = Sizes(one.size, entered[key], left[key], one.size + entered[key] - left[key])
        await add_run(tx, account, key, made[key], now)
    return made


def _moves(
    ask: Ask, words: Mapping[str, Callable[[Facts | None], str]], differ: Sequence[Differs]
) -> tuple[dict[str, int], dict[Alike, list[str]]]:
    """The bits to keep of them, and who moved alike."""
    alike: dict[Alike, list[str]] = defaultdict(list)
    for segment, enters, they in ask.moves(differ):
        in_words = words[segment.key]
        for who in they:
            alike[segment.key, enters, in_words(who.facts)].append(who.fh_id)
    return ask.bits(differ), alike


async def recount(
    tx: Tx,
    account: str,
    known: Sequence[Kept],
    zones: Sequence[Zone],
    so_far: Recount,
    *,
    now: datetime,
    most: int = CHUNK,
) -> Recount:
    """Look at the next `most` customers, whatever changed; call again until it has ended, then `end_recount`.

    What `tx` has written to customers and profiles before need not be seen: a thread may look, too, at what was committed.

    It writes who is where and no movements: who is found where they were not before is so because the segment is new or asks
    for something else, which is no news about anybody.
    """
    chunk = await next_chunk(tx, account, so_far.after, most)
    active = [one.segment for one in known if _is_active(one.segment)]
    of_sales = tuple(one for one in active if asks_of_sales_alone(one.tree))
    others = tuple(one for one in active if one not in of_sales)
    asks = [Ask(account, some, tuple(zones), tx.is_sqlite) for some in (of_sales, others)]
    # All is asked before something is written, which that thread would not see.
    differ = [await ask.differ(tx, chunk, now) for ask in asks]
    bits: dict[str, int] = {}
    for ask, found in zip(asks, differ, strict=True):
        bits |= ask.bits(found, bits)
        for segment, enters, they in ask.moves(found):
            (so_far.entered if enters else so_far.left)[segment.key] += len(they)
    await put_bits(tx, account, bits)
    so_far.after = chunk.last or so_far.after
    so_far.ended = chunk.last is None
    return so_far


async def end_recount(
    tx: Tx, account: str, known: Sequence[Kept], so_far: Recount, *, now: datetime
) -> dict[str, Sizes]:
    """Write how it went. The result is by segment key."""
    made = {}
    for one in known:
        if _is_active(one.segment):
            key = one.segment.key
            size = one.size + so_far.entered[key] - so_far.left[key]
            made[key] = Sizes(one.size, so_far.entered[key], so_far.left[key], size)
            await add_run(tx, account, key, made[key], now, recounted=True)
    return made


def _is_active(segment: Segment) -> bool:
    return segment.state is State.ACTIVE and segment.bit is not None


def _chunks(items: Sequence[Any], most: int) -> Iterator[list[Any]]:
    rest = iter(items)
    while some := list(islice(rest, most)):
        yield some
