"""Summaries between values and rows: one for each store (or account) and local day."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import delete, insert, select, update

from bot.rules.summaries import Summary
from bot.store.digest_rows import SummaryRow
from bot.store.transaction import Tx

summaries: Any = SummaryRow.__table__  # type: ignore[attr-defined]
_summary = TypeAdapter(Summary)


@dataclass(frozen=True)
class KeptSummary:
    """`ts` is empty until it is posted. `told` is by segment key: how many had come and left when its thread was told."""

    key: str
    account: str
    store_key: str
    made: Summary
    told: Mapping[str, tuple[int, int]]
    workspace: str
    channel: str
    ts: str


async def get(tx: Tx, key: str, *, lock: bool = False) -> KeptSummary | None:
    query = select(summaries).where(summaries.c.key == key)
    row = (await tx.connection.execute(tx.locked(query) if lock else query)).mappings().first()
    if row is None:
        return None
    told = {name: (int(entered), int(left)) for name, (entered, left) in json.loads(row["told"] or "{}").items()}
    return KeptSummary(
        key=row["key"],
        account=row["account"],
        store_key=row["store_key"],
        made=_summary.validate_json(row["doc"]),
        told=told,
        workspace=row["workspace"],
        channel=row["channel"],
        ts=row["ts"],
    )


async def add(tx: Tx, kept: KeptSummary, day: date) -> None:
    """Whoever evaluates an account is alone in it, so there is nobody to be faster."""
    owned = {"key": kept.key, "account": kept.account, "store_key": kept.store_key, "day": day.isoformat()}
    place = {"workspace": kept.workspace, "channel": kept.channel, "ts": ""}
    await tx.connection.execute(insert(summaries).values(**owned, **place, **_said(kept.made, kept.told)))


async def say(tx: Tx, key: str, made: Summary, told: Mapping[str, tuple[int, int]]) -> None:
    await tx.connection.execute(update(summaries).where(summaries.c.key == key).values(**_said(made, told)))


def _said(made: Summary, told: Mapping[str, tuple[int, int]]) -> dict[str, str]:
    return {"doc": _summary.dump_json(made).decode(), "told": json.dumps(dict(told))}


async def set_ts(tx: Tx, key: str, ts: str) -> None:
    await tx.connection.execute(update(summaries).where(summaries.c.key == key).values(ts=ts))


async def sweep(tx: Tx, *, before: date) -> None:
    await tx.connection.execute(delete(summaries).where(summaries.c.day < before.isoformat()))


async def forget_store(tx: Tx, store_key: str) -> None:
    await tx.connection.execute(delete(summaries).where(summaries.c.store_key == store_key))
