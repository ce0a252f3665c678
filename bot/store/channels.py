"""Stores' channels: how they were last seen, what an owner signed off, and what owners were told."""

import json
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from bot.rules.exposure import SAFE, Exposure, Standing
from bot.store import deliveries
from bot.store.rows import ChannelRow, SignoffRow
from bot.store.transaction import Tx

seen: Any = ChannelRow.__table__  # type: ignore[attr-defined]
signed: Any = SignoffRow.__table__  # type: ignore[attr-defined]


async def standing(tx: Tx, workspace: str, channel: str, *, lock: bool = False) -> Standing:
    """With `lock`, nobody else changes it until we commit."""
    if lock:
        await tx.connection.execute(
            tx.locked(select(seen.c.channel).where(seen.c.workspace == workspace, seen.c.channel == channel))
        )
    rows = await tx.rows(_standing, {"of_workspace": workspace, "of_channel": channel})
    if not rows:
        return Standing(signed=await _signed(tx, workspace, channel))
    row = rows[0]
    return Standing(seen=_read(row["seen"]), seen_at=row["seen_at"], signed=_read(row["exposure"]))


_standing = (
    select(seen.c.seen, seen.c.seen_at, signed.c.exposure)
    .select_from(
        seen.outerjoin(signed, (signed.c.workspace == seen.c.workspace) & (signed.c.channel == seen.c.channel))
    )
    .where(seen.c.workspace == bindparam("of_workspace"), seen.c.channel == bindparam("of_channel"))
)


def _written(exposure: Exposure) -> str:
    """The same text for the same exposure."""
    sets = {"shared_with": sorted(exposure.shared_with), "guests": sorted(exposure.guests)}
    return json.dumps(exposure.model_dump() | sets)


def _read(text: str | None) -> Exposure:
    return Exposure.model_validate_json(text) if text else SAFE


async def _signed(tx: Tx, workspace: str, channel: str) -> Exposure:
    query = select(signed.c.exposure).where(signed.c.workspace == workspace, signed.c.channel == channel)
    return _read((await tx.connection.execute(query)).scalar())


async def saw(tx: Tx, workspace: str, channel: str, exposure: Exposure, *, at: datetime) -> None:
    """How the channel looks now."""
    row = (sqlite_insert if tx.is_sqlite else postgresql_insert)(seen)
    values = {"seen": _written(exposure), "seen_at": at}
    row = row.values(workspace=workspace, channel=channel, told="", **values)
    await tx.connection.execute(row.on_conflict_do_update(index_elements=["workspace", "channel"], set_=values))


async def told(tx: Tx, workspace: str, channel: str, exposure: Exposure, *, day: date) -> bool:
    """Note what owners are told of, which is said again on another day; with `SAFE`, that there is nothing to tell. True
    for the one caller who changes it."""
    text = f"{day} {_written(exposure)}" if exposure.risks else ""
    here = (seen.c.workspace == workspace, seen.c.channel == channel, seen.c.told != text)
    return bool((await tx.connection.execute(update(seen).where(*here).values(told=text))).rowcount)


async def sign_off(tx: Tx, workspace: str, channel: str, exposure: Exposure, *, who: str, at: datetime) -> None:
    await take_back(tx, workspace, channel)
    values = {"workspace": workspace, "channel": channel, "exposure": _written(exposure), "who": who, "at": at}
    await tx.connection.execute(insert(signed).values(**values))


async def take_back(tx: Tx, workspace: str, channel: str) -> None:
    """Forget that a channel was signed off."""
    await tx.connection.execute(delete(signed).where(signed.c.workspace == workspace, signed.c.channel == channel))


async def let_go(tx: Tx, lane: str, problem: str, *, now: datetime) -> None:
    """Whatever waits in a lane for that reason is due now."""
    rows = deliveries.table
    waits = (rows.c.lane == lane, rows.c.problem == problem, rows.c.due_at > now)
    await tx.connection.execute(update(rows).where(*waits).values(due_at=now, problem=""))
    tx.wake_lane(lane, now)


async def forget(tx: Tx, workspace: str, channel: str) -> None:
    await take_back(tx, workspace, channel)
    await tx.connection.execute(delete(seen).where(seen.c.workspace == workspace, seen.c.channel == channel))
