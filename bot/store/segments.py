"""The segments of an account, who moved, and how evaluations went: reading and writing what `segment_members` works out."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from bot.rules.segments.catalogue import Segment, State, starters
from bot.rules.segments.moving import Sizes
from bot.rules.segments.reading import as_json, tree_of
from bot.store.segment_rows import MembershipRow, MovementRow, SegmentRow, SegmentRunRow
from bot.store.transaction import Tx

segments: Any = SegmentRow.__table__  # type: ignore[attr-defined]
memberships: Any = MembershipRow.__table__  # type: ignore[attr-defined]
movements: Any = MovementRow.__table__  # type: ignore[attr-defined]
runs: Any = SegmentRunRow.__table__  # type: ignore[attr-defined]
_put_bits_sqlite = sqlite_insert(memberships)
_put_bits_sqlite = _put_bits_sqlite.on_conflict_do_update(
    index_elements=["account", "fh_id"], set_={"bits": _put_bits_sqlite.excluded.bits}
)
_put_bits_postgresql = postgresql_insert(memberships)
_put_bits_postgresql = _put_bits_postgresql.on_conflict_do_update(
    index_elements=["account", "fh_id"], set_={"bits": _put_bits_postgresql.excluded.bits}
)
_add_moves = insert(movements)


@dataclass(frozen=True)
class Kept:
    """A segment as it is kept. `counted_at` is None until its members have been counted as it is now; then `size` is true."""

    segment: Segment
    size: int
    counted_at: datetime | None
    made_by: str = ""


@dataclass(frozen=True)
class Moved:
    """A row of somebody's movement."""

    segment_key: str
    fh_id: str
    at: datetime
    entered: bool
    why: str


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
    return Kept(segment, row["size"], row["counted_at"] if is_counted else None, row["made_by"])


async def begin(tx: Tx, account: str, now: datetime) -> None:
    """The four starters, unless the account has had a segment before."""
    query = select(segments.c.key).where(segments.c.account == account).limit(1)
    if (await tx.connection.execute(query)).first() is None:
        for segment in starters():
            await put(tx, account, segment, now=now)


async def put(tx: Tx, account: str, segment: Segment, *, now: datetime, made_by: str = "") -> None:
    """A new segment, or what became of one; whatever asks for other customers than before must be counted again.

    An archived one loses its members with its bit, so that the next to get the bit begins with nobody.
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
        named["size"] = 0
    is_other = json.loads(before["tree"]) != as_json(segment.tree)
    was_asleep = before["state"] == State.PAUSED and segment.state is State.ACTIVE
    again = {"changed_at": now, "counted_at": None} if is_other or was_asleep else {}
    await tx.connection.execute(update(segments).where(*where).values(**named, **again))


async def _clear(tx: Tx, account: str, bit: int) -> None:
    has_it = memberships.c.bits.bitwise_and(1 << bit) != 0
    await tx.connection.execute(
        update(memberships).where(memberships.c.account == account, has_it).values(bits=memberships.c.bits - (1 << bit))
    )


async def put_bits(tx: Tx, account: str, bits: Sequence[tuple[str, int]]) -> None:
    """Customers' memberships, by id."""
    if bits:
        rows = [{"account": account, "fh_id": fh_id, "bits": one} for fh_id, one in bits]
        await tx.change_all(_put_bits_sqlite if tx.is_sqlite else _put_bits_postgresql, rows)


async def add_moves(tx: Tx, account: str, moved: Sequence[Moved]) -> None:
    if moved:
        rows = [
            {
                "account": account,
                "segment_key": one.segment_key,
                "fh_id": one.fh_id,
                "at": one.at,
                "entered": one.entered,
                "why": one.why,
            }
            for one in moved
        ]
        await tx.change_all(_add_moves, rows)


async def moves_of(tx: Tx, account: str, key: str, *, since: datetime) -> list[Moved]:
    """From that moment on, the oldest first."""
    query = select(movements).where(
        movements.c.account == account, movements.c.segment_key == key, movements.c.at >= since
    )
    rows = (await tx.connection.execute(query.order_by(movements.c.at, movements.c.id))).mappings()
    return [Moved(row["segment_key"], row["fh_id"], row["at"], row["entered"], row["why"]) for row in rows]


async def add_run(tx: Tx, account: str, key: str, sizes: Sizes, at: datetime) -> None:
    """Raises ValueError for one that does not add up: better no figures than wrong ones."""
    if not sizes.adds_up:
        raise ValueError(f"segment {key}: {sizes} does not add up")
    counts = {"before": sizes.before, "entered": sizes.entered, "gone": sizes.left, "size": sizes.size}
    await tx.connection.execute(insert(runs).values(account=account, segment_key=key, at=at, **counts))
    where = (segments.c.account == account, segments.c.key == key)
    await tx.connection.execute(update(segments).where(*where).values(size=sizes.size, counted_at=at))


async def runs_of(tx: Tx, account: str, key: str, *, since: datetime) -> list[Sizes]:
    """From that moment on, the oldest first."""
    query = select(runs).where(runs.c.account == account, runs.c.segment_key == key, runs.c.at >= since)
    rows = (await tx.connection.execute(query.order_by(runs.c.at, runs.c.id))).mappings()
    return [Sizes(row["before"], row["entered"], row["gone"], row["size"]) for row in rows]


async def member_ids(tx: Tx, account: str, segment: Segment) -> list[str]:
    """In the order of their ids; nobody for one without a bit."""
    if segment.bit is None:
        return []
    has_it = memberships.c.bits.bitwise_and(1 << segment.bit) != 0
    query = select(memberships.c.fh_id).where(memberships.c.account == account, has_it)
    return list((await tx.connection.execute(query.order_by(memberships.c.fh_id))).scalars())
