"""The rows of the durable queue. What they mean is in `bot.rules.deliveries`; who works them is in `bot.deliveries`."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Text, and_, bindparam, case, cast, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from bot.rules.deliveries import REPEATABLE, Delivery, Kind, Outcome, State, Wanted
from bot.store.rows import DeliveryRow
from bot.store.transaction import Tx

table: Any = DeliveryRow.__table__  # type: ignore[attr-defined]
LEFT_OVERNIGHT = "morning:"  # how the subjects of those notices begin
_WORKABLE = (State.DUE.value, State.UNKNOWN.value)
_workable = or_(*[table.c.state == state for state in _WORKABLE])
"""As `in_(_WORKABLE)`, in statements that are made often: a list inside a statement is spelt out anew each time."""
columns = [
    getattr(table.c, name)
    for name in (
        "id", "kind", "subject", "lane", "band", "order_key", "store_key",
        "state", "wanted", "attempts", "due_at", "created_at", "payload", "sealed", "priority",
    )
]  # fmt: skip


async def want(tx: Tx, *wanted: Wanted) -> None:
    """Ask for each delivery: a new row, or one more wish on the row that is there, so that updates coalesce.

    A wish sets a parked row going again, because what could not be done may be possible with the order as it is now; what
    must not be made twice is looked for first. A held row still waits for its person.
    """
    if not wanted:
        return
    await tx.change_all(_wish(tx.is_sqlite), _in_one_order(wanted))
    tx.wake(wanted)


@cache
def _wish(is_sqlite: bool) -> Any:
    row = _insert(is_sqlite)
    parked = table.c.state == State.PARKED.value
    asleep = or_(table.c.state == State.DONE.value, parked)
    look_first = and_(parked, *[table.c.kind != kind.value for kind in REPEATABLE])
    changed = {
        "wanted": table.c.wanted + 1,
        "state": case((look_first, State.UNKNOWN.value), (asleep, State.DUE.value), else_=table.c.state),
        "attempts": case((parked, 0), else_=table.c.attempts),
        "due_at": case(
            (asleep, row.excluded.due_at),
            (row.excluded.due_at < table.c.due_at, row.excluded.due_at),
            else_=table.c.due_at,
        ),
        # What a row remembers of its own (how far a thread was told) must outlive a wish that brings nothing.
        "payload": case((cast(row.excluded.payload, Text) == "{}", table.c.payload), else_=row.excluded.payload),
    }
    return row.on_conflict_do_update(index_elements=["kind", "subject"], set_=changed)


async def want_once(tx: Tx, *wanted: Wanted) -> None:
    """Ask for each delivery unless it was ever asked for before."""
    if not wanted:
        return
    await tx.change_all(_first_wish(tx.is_sqlite), _in_one_order(wanted))
    tx.wake(wanted)


@cache
def _first_wish(is_sqlite: bool) -> Any:
    return _insert(is_sqlite).on_conflict_do_nothing(index_elements=["kind", "subject"])


def _in_one_order(wanted: Iterable[Wanted]) -> list[dict[str, Any]]:
    """The rows to write. Two replicas that each took some of the same rows and waited for the rest would wait for ever."""
    return [_values(one) for one in sorted(wanted, key=lambda one: (one.kind, one.subject))]


def _insert(is_sqlite: bool) -> Any:
    return sqlite_insert(table) if is_sqlite else postgresql_insert(table)


def _values(wanted: Wanted) -> dict[str, Any]:
    return {
        "kind": wanted.kind.value,
        "subject": wanted.subject,
        "order_key": wanted.order_key,
        "store_key": wanted.store_key,
        "lane": wanted.lane,
        "band": wanted.band,
        "priority": wanted.priority,
        "state": State.DUE.value,
        "wanted": 1,
        "done": 0,
        "attempts": 0,
        "due_at": wanted.due_at,
        "created_at": wanted.due_at,
        "payload": wanted.payload,
        "sealed": wanted.sealed,
        "problem": "",
    }


async def next_due(
    tx: Tx, lane: str, now: datetime, *, busy: Collection[int] = (), band: str | None = None
) -> tuple[Delivery | None, bool]:
    """The most pressing delivery of a lane that may be worked now and is not in `busy`, and whether there are more."""
    named = {"of_lane": lane, "now": now, "most": len(busy) + 2} | ({} if band is None else {"of_band": band})
    rows = await tx.rows(due_query(band is not None), named)
    free = [row for row in rows if row["id"] not in busy]
    return (delivery_of(free[0]) if free else None), len(free) > 1


@cache
def due_query(of_band: bool) -> Any:
    """The deliveries of `of_lane` that may be worked at `now`, the most pressing first, at `most` so many."""
    query = select(*columns).where(table.c.lane == bindparam("of_lane"), _workable, table.c.due_at <= bindparam("now"))
    if of_band:
        query = query.where(table.c.band == bindparam("of_band"))
    return query.order_by(table.c.priority, table.c.due_at, table.c.id).limit(bindparam("most"))


async def bands_due(tx: Tx, lane: str, now: datetime) -> Sequence[str]:
    """The bands of a lane that have something due, the longest waiting first."""
    return [str(row["band"]) for row in await tx.rows(_bands_due, {"of_lane": lane, "now": now})]


_bands_due = (
    select(table.c.band)
    .where(table.c.lane == bindparam("of_lane"), _workable, table.c.due_at <= bindparam("now"))
    .group_by(table.c.band)
    .order_by(func.min(table.c.due_at))
)


async def next_time(tx: Tx, lane: str, *, busy: Collection[int] = ()) -> datetime | None:
    """When the lane next has something to do; None when it is empty."""
    rows = await tx.rows(_next_times, {"of_lane": lane, "most": len(busy) + 1})
    times: list[datetime] = [row["due_at"] for row in rows if row["id"] not in busy]
    return times[0] if times else None


_next_times = (
    select(table.c.id, table.c.due_at)
    .where(table.c.lane == bindparam("of_lane"), _workable)
    .order_by(table.c.due_at)
    .limit(bindparam("most"))
)


async def lanes_waiting(tx: Tx, *, due_by: datetime | None = None) -> Sequence[str]:
    """Lanes that have something to do, by then or at any time."""
    query = select(table.c.lane).where(table.c.state.in_(_WORKABLE)).distinct()
    query = query if due_by is None else query.where(table.c.due_at <= due_by)
    return [str(lane) for (lane,) in await tx.connection.execute(query)]


async def put_off(tx: Tx, lane: str, band: str, *, until: datetime, problem: str) -> None:
    """Whatever could be worked in a lane's band before then waits until then."""
    query = update(table).where(table.c.lane == lane, table.c.band == band, table.c.state.in_(_WORKABLE))
    await tx.connection.execute(query.where(table.c.due_at < until).values(due_at=until, problem=problem[:500]))


async def finish(tx: Tx, delivery: Delivery, outcome: Outcome, *, now: datetime) -> Outcome:
    """Write how an attempt ended, and answer with the same outcome, written. A wish that came in meanwhile makes the row
    due again."""
    changed: dict[str, Any] = {"which": delivery.id, "problem": outcome.problem[:500], "due_at": outcome.due_at or now}
    if outcome.payload is not None:
        changed["payload"] = outcome.payload
    if outcome.lane is not None:
        changed |= {"lane": outcome.lane, "band": outcome.band or ""}
    if outcome.state is State.DONE:
        changed |= {"done": delivery.wanted, "seen": delivery.wanted, "due_at": now}
    else:
        changed |= {"state": outcome.state.value, "more_attempts": int(outcome.counted)}
    ended = await tx.value(_ended(outcome.state is State.DONE), changed)
    if ended in _WORKABLE:
        tx.wake_lane(outcome.lane or delivery.lane, changed["due_at"])
    return replace(outcome, written=True)


@cache
def _ended(is_done: bool) -> Any:
    """Its other columns are those that are given when it is executed."""
    more = table.c.wanted > bindparam("seen")
    done = {
        "state": case((more, State.DUE.value), else_=State.DONE.value),
        "attempts": 0,
        "sealed": case((more, table.c.sealed), else_=""),
    }
    not_done = {"attempts": table.c.attempts + bindparam("more_attempts")}
    query = update(table).where(table.c.id == bindparam("which")).values(leased_until=None)
    return query.values(done if is_done else not_done).returning(table.c.state)


async def release(tx: Tx, kind: Kind, subject: str, *, now: datetime) -> bool:
    """A person's answer sets a held or parked delivery going again. False when it was not waiting."""
    changed = await tx.connection.execute(
        update(table)
        .where(
            table.c.kind == kind.value,
            table.c.subject == subject,
            table.c.state.in_((State.HELD.value, State.PARKED.value)),
        )
        .values(state=State.DUE.value, attempts=0, due_at=now, problem="")
        .returning(table.c.lane)
    )
    lane = changed.scalar()
    if lane is None:
        return False
    tx.wake_lane(str(lane), now)
    return True


async def settle(tx: Tx, kind: Kind, subject: str) -> None:
    """Nothing is left to do for this delivery, whatever state it is in."""
    await tx.connection.execute(
        update(table)
        .where(table.c.kind == kind.value, table.c.subject == subject)
        .values(state=State.DONE.value, done=table.c.wanted, sealed="", leased_until=None)
    )


async def find(tx: Tx, kind: Kind, subject: str) -> Delivery | None:
    rows = await tx.rows(_by_subject, {"of_kind": kind.value, "of_subject": subject})
    return delivery_of(rows[0]) if rows else None


_by_subject = select(*columns).where(table.c.kind == bindparam("of_kind"), table.c.subject == bindparam("of_subject"))


async def counts(tx: Tx) -> dict[tuple[str, str], int]:
    """How many deliveries there are by kind and state, done ones left out."""
    query = (
        select(table.c.kind, table.c.state, func.count())
        .where(table.c.state != State.DONE.value)
        .group_by(table.c.kind, table.c.state)
    )
    return {(str(kind), str(state)): int(count) for kind, state, count in await tx.connection.execute(query)}


async def oldest_due(tx: Tx) -> datetime | None:
    query = select(func.min(table.c.due_at)).where(table.c.state.in_(_WORKABLE))
    return (await tx.connection.execute(query)).scalar()


async def sweep(tx: Tx, *, now: datetime, keep: timedelta, keep_sealed: timedelta | None = None) -> int:
    """Delete what is done and old, and what rests sealed in rows that were given up long ago. Rows that guard a once-only step
    stay as long as their order may still change."""
    given_up = and_(
        table.c.state == State.PARKED.value, table.c.due_at < now - (keep_sealed or keep), table.c.sealed != ""
    )
    await tx.connection.execute(update(table).where(given_up).values(sealed=""))
    query = delete(table).where(and_(table.c.state == State.DONE.value, table.c.due_at < now - keep))
    query = query.where(or_(table.c.kind != Kind.NOTICE.value, table.c.due_at < now - 10 * keep))
    query = query.where(
        table.c.subject.not_like(f"{LEFT_OVERNIGHT}%")
    )  # what names shoppers is rewritten when they ask
    return int((await tx.connection.execute(query)).rowcount)


def delivery_of(row: Mapping[Any, Any]) -> Delivery:
    """A row with these `columns`."""
    values = dict(row)
    return Delivery(**{**values, "kind": Kind(values["kind"]), "state": State(values["state"])})
