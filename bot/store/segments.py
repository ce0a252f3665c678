"""The segments of an account, who moved, and how evaluations went: reading and writing what `segment_members` works out."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import (
    ARRAY,
    BigInteger,
    String,
    Text,
    bindparam,
    func,
    insert,
    literal_column,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from bot.rules.segments.catalogue import Segment, State, starters
from bot.rules.segments.moving import Sizes
from bot.rules.segments.reading import as_json, tree_of
from bot.store.customer_rows import ProfileRow
from bot.store.segment_rows import MovementRow, SegmentRow, SegmentRunRow
from bot.store.transaction import Tx

segments: Any = SegmentRow.__table__  # type: ignore[attr-defined]
profiles: Any = ProfileRow.__table__  # type: ignore[attr-defined]
movements: Any = MovementRow.__table__  # type: ignore[attr-defined]
runs: Any = SegmentRunRow.__table__  # type: ignore[attr-defined]
_NEVER_BOUGHT: dict[str, Any] = {
    **dict.fromkeys(("total_spent_cents", "total_orders"), literal_column("0")),
    **dict.fromkeys(("last_order_type", "last_order_status", "last_budtender", "home_store_id"), literal_column("''")),
    **dict.fromkeys(("products", "categories"), literal_column("'[]'")),
}


def _put_bits(insert_into: Any, theirs: Any) -> Any:
    names = ["account", "fh_id", "bits", *_NEVER_BOUGHT]
    each = select(bindparam("of_account", type_=String), theirs.c.key, theirs.c.value, *_NEVER_BOUGHT.values())
    # Without a WHERE, SQLite would take the ON of ON CONFLICT for a join's.
    row = insert_into(profiles).from_select(names, each.where(theirs.c.key != ""))
    return row.on_conflict_do_update(index_elements=["account", "fh_id"], set_={"bits": row.excluded.bits})


_put_bits_sqlite = _put_bits(sqlite_insert, func.json_each(bindparam("bits", type_=Text)).table_valued("key", "value"))
_put_bits_postgresql = _put_bits(
    postgresql_insert,
    func.unnest(bindparam("fh_ids", type_=ARRAY(String)), bindparam("bits", type_=ARRAY(BigInteger)))
    .table_valued("key", "value")
    .render_derived(),
)
_SAME = ("account", "segment_key", "at", "entered", "why")


def _add_moves(they: Any) -> Any:
    same = [bindparam(f"of_{name}", type_=movements.c[name].type) for name in _SAME]
    return insert(movements).from_select([*_SAME, "fh_id"], select(*same, they.c.value))


_add_moves_sqlite = _add_moves(func.json_each(bindparam("fh_ids", type_=Text)).table_valued("value"))
_add_moves_postgresql = _add_moves(
    func.unnest(bindparam("fh_ids", type_=ARRAY(String))).table_valued("value").render_derived()
)


def _add_run(insert_into: Any) -> Any:
    row = insert_into(runs)
    together = {
        "entered": runs.c.entered + row.excluded.entered,
        "gone": runs.c.gone + row.excluded.gone,
        "size": row.excluded.size,
        "recounted": or_(runs.c.recounted, row.excluded.recounted),
    }
    return row.on_conflict_do_update(index_elements=["account", "segment_key", "at"], set_=together)


_add_run_sqlite, _add_run_postgresql = _add_run(sqlite_insert), _add_run(postgresql_insert)
_one = update(segments).where(segments.c.account == bindparam("of_account"), segments.c.key == bindparam("of_key"))
_has_size = _one.values(size=bindparam("size"))
_is_counted = _has_size.values(counted_at=bindparam("counted_at"), coming=0, going=0)


@dataclass(frozen=True)
class Kept:
    """A segment as it is kept. `counted_at` is None until its members have been counted as it is now; then `size` is true.

    `coming` and `going` are what a recount that has not ended has found so far.
    """

    segment: Segment
    size: int
    counted_at: datetime | None
    made_by: str = ""
    coming: int = 0
    going: int = 0


class Moved(NamedTuple):
    """A row of somebody's movement; `id` is 0 until it is written. Somebody who was forgotten since then has no `fh_id`."""

    segment_key: str
    fh_id: str
    at: datetime
    entered: bool
    why: str
    id: int = 0


Alike = tuple[str, bool, str]
"""Of a move: the segment's key, whether it was entered, and why."""
LOCK = text("SELECT pg_advisory_xact_lock(:what, hashtext(:account))")
SEGMENTS = 0x5E6
_written = msgspec.json.Encoder().encode


async def lock(tx: Tx, account: str) -> None:
    """Until this transaction ends, nobody else changes the account's segments, its memberships or its movements.

    After the account's own row and before the audit log, where those are locked too. SQLite has one writer anyway.
    """
    if not tx.is_sqlite:
        await tx.connection.execute(LOCK, {"what": SEGMENTS, "account": account})


async def all_of(tx: Tx, account: str) -> list[Kept]:
    """In the order of their names, archived ones too."""
    query = select(segments).where(segments.c.account == account).order_by(segments.c.name, segments.c.key)
    return [_kept(row) for row in (await tx.connection.execute(query)).mappings()]


def _kept(row: Any) -> Kept:
    segment = Segment(
        key=row["key"],
        name=row["name"],
        tree=tree_of(json.loads(row["tree"])),
        bit=row["bit"],
        state=State(row["state"]),
        starter=row["starter"],
    )
    is_counted = row["counted_at"] is not None and row["counted_at"] >= row["changed_at"]
    counted_at = row["counted_at"] if is_counted else None
    return Kept(segment, row["size"], counted_at, row["made_by"], row["coming"], row["going"])


async def begin(tx: Tx, account: str, now: datetime) -> None:
    """The four starters, unless the account has had a segment before."""
    query = select(segments.c.key).where(segments.c.account == account).limit(1)
    if (await tx.connection.execute(query)).first() is None:
        for segment in starters():
            await put(tx, account, segment, now=now)


async def put(tx: Tx, account: str, segment: Segment, *, now: datetime, made_by: str = "") -> None:
    """A new segment, or what became of one; whatever asks for other customers than before must be counted again.

    An archived one loses its members with its bit, so that the next to get the bit begins with nobody. Lock the account's
    segments first.
    """
    where = (segments.c.account == account, segments.c.key == segment.key)
    before = (await tx.connection.execute(select(segments).where(*where))).mappings().first()
    named = {
        "name": segment.name,
        "tree": json.dumps(as_json(segment.tree), ensure_ascii=False),
        "bit": segment.bit,
        "state": segment.state.value,
        "starter": segment.starter,
    }
    if before is None:
        owned = {"account": account, "key": segment.key, "made_by": made_by, "changed_at": now, "size": 0}
        await tx.connection.execute(insert(segments).values(**owned, **named))
        return
    if segment.bit is None and before["bit"] is not None:
        await _clear(tx, account, before["bit"])
        named |= {"size": 0, "coming": 0, "going": 0}
    is_other = json.loads(before["tree"]) != as_json(segment.tree)
    was_asleep = before["state"] == State.PAUSED and segment.state is State.ACTIVE
    again = {"changed_at": now, "counted_at": None} if is_other or was_asleep else {}
    await tx.connection.execute(update(segments).where(*where).values(**named, **again))


async def _clear(tx: Tx, account: str, bit: int) -> None:
    has_it = profiles.c.bits.bitwise_and(1 << bit) != 0
    await tx.connection.execute(
        update(profiles).where(profiles.c.account == account, has_it).values(bits=profiles.c.bits - (1 << bit))
    )


async def put_bits(tx: Tx, account: str, bits: Mapping[str, int]) -> None:
    """Customers' memberships, by id. Whoever never bought gets the profile of somebody who never bought.

    One statement with one value, here and with moves: a row of its own for each would cost twice as much on SQLite.
    """
    if bits and tx.is_sqlite:
        await tx.change(_put_bits_sqlite, {"of_account": account, "bits": _written(bits).decode()})
    elif bits:
        named = {"of_account": account, "fh_ids": list(bits), "bits": list(bits.values())}
        await tx.change(_put_bits_postgresql, named)


async def add_moves(tx: Tx, account: str, at: datetime, alike: Mapping[Alike, Sequence[str]]) -> None:
    """Of one evaluation: the ids of those who moved alike, which most did, are written at once."""
    for (segment_key, entered, why), fh_ids in alike.items():
        same = {"account": account, "segment_key": segment_key, "at": at, "entered": entered, "why": why}
        named = {f"of_{name}": same[name] for name in _SAME}
        if tx.is_sqlite:
            await tx.change(_add_moves_sqlite, {**named, "fh_ids": _written(fh_ids).decode()})
        else:
            await tx.change(_add_moves_postgresql, {**named, "fh_ids": fh_ids})


async def moves_of(tx: Tx, account: str, key: str, *, since: datetime) -> list[Moved]:
    """From that moment on, the oldest first."""
    return await _moves(tx, account, movements.c.segment_key == key, movements.c.at >= since)


async def moves_after(tx: Tx, account: str, last_id: int, *, most: int = 500) -> list[Moved]:
    """The next moves in the account after the one with this id, in the order of their ids; 0 begins with the first."""
    return await _moves(tx, account, movements.c.id > last_id, most=most)


async def last_move_id(tx: Tx, account: str) -> int:
    """0 when nobody has moved yet: from here on, for somebody who is not interested in what was before."""
    query = select(func.max(movements.c.id)).where(movements.c.account == account)
    return int((await tx.connection.execute(query)).scalar() or 0)


async def _moves(tx: Tx, account: str, *where: Any, most: int | None = None) -> list[Moved]:
    query = select(movements).where(movements.c.account == account, *where).order_by(movements.c.id).limit(most)
    rows = (await tx.connection.execute(query)).mappings()
    return [Moved(row["segment_key"], row["fh_id"], row["at"], row["entered"], row["why"], row["id"]) for row in rows]


async def add_run(
    tx: Tx, account: str, key: str, sizes: Sizes, at: datetime, *, recounted: bool = False, is_counted: bool = True
) -> None:
    """What was done to a segment; the steps of one evaluation, which have the same `at`, are one run.

    Without `is_counted` the segment is not evaluated by it. Raises ValueError for one that does not add up: better no
    figures than wrong ones.
    """
    if not sizes.adds_up:
        raise ValueError(f"segment {key}: {sizes} does not add up")
    counts = {"before": sizes.before, "entered": sizes.entered, "gone": sizes.left, "size": sizes.size}
    run = {"account": account, "segment_key": key, "at": at, "recounted": recounted, **counts}
    await tx.change(_add_run_sqlite if tx.is_sqlite else _add_run_postgresql, run)
    done = {"of_account": account, "of_key": key, "size": sizes.size}
    if is_counted:
        await tx.change(_is_counted, {**done, "counted_at": at})
    else:
        await tx.change(_has_size, done)


async def note_recount(tx: Tx, account: str, key: str, *, coming: int, going: int) -> None:
    """How far a recount has come, in the transaction that wrote it."""
    where = (segments.c.account == account, segments.c.key == key)
    await tx.connection.execute(update(segments).where(*where).values(coming=coming, going=going))


async def runs_of(tx: Tx, account: str, key: str, *, since: datetime) -> list[Sizes]:
    """From that moment on, the oldest first."""
    query = select(runs).where(runs.c.account == account, runs.c.segment_key == key, runs.c.at >= since)
    rows = (await tx.connection.execute(query.order_by(runs.c.at, runs.c.id))).mappings()
    return [Sizes(row["before"], row["entered"], row["gone"], row["size"]) for row in rows]


async def changes(tx: Tx, account: str, *, since: datetime) -> dict[str, tuple[int, int]]:
    """By segment key, how many entered and how many left from that moment on; what recounts found is no change."""
    query = (
        select(runs.c.segment_key, func.sum(runs.c.entered), func.sum(runs.c.gone))
        .where(runs.c.account == account, runs.c.at >= since, runs.c.recounted.is_(False))
        .group_by(runs.c.segment_key)
    )
    return {key: (int(entered), int(gone)) for key, entered, gone in await tx.connection.execute(query)}


async def member_ids(tx: Tx, account: str, segment: Segment) -> list[str]:
    """In the order of their ids; nobody for one without a bit."""
    if segment.bit is None:
        return []
    has_it = profiles.c.bits.bitwise_and(1 << segment.bit) != 0
    query = select(profiles.c.fh_id).where(profiles.c.account == account, has_it)
    return list((await tx.connection.execute(query.order_by(profiles.c.fh_id))).scalars())
