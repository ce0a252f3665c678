"""Digests between values and rows: one to a store and morning, whoever finds it due; and what each store wants to be told."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import and_, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from bot.rules.digests import Digest, Due
from bot.rules.telling import Rollup, Telling
from bot.store.digest_rows import DigestRow, RollupRow, TellingRow
from bot.store.rows import StoreRow
from bot.store.transaction import Tx

digests: Any = DigestRow.__table__  # type: ignore[attr-defined]
tellings: Any = TellingRow.__table__  # type: ignore[attr-defined]
stores: Any = StoreRow.__table__  # type: ignore[attr-defined]
rollups: Any = RollupRow.__table__  # type: ignore[attr-defined]

WANTED, POSTED, MISSED = "wanted", "posted", "missed"
NO_PICTURE = "-"
_due, _digest = TypeAdapter(Due), TypeAdapter(Digest)


@dataclass(frozen=True)
class KeptDigest:
    """`made` is None until its figures are known. `picture_id` is `NO_PICTURE` where there is none to be had."""

    key: str
    store_key: str
    due: Due
    made: Digest | None
    named: tuple[str, ...]
    picture_id: str
    picture_at: datetime | None
    channel: str
    ts: str
    state: str


async def telling(tx: Tx, store_key: str) -> Telling | None:
    """What somebody chose for the store in Slack."""
    doc = (await tx.connection.execute(select(tellings.c.doc).where(tellings.c.store_key == store_key))).scalar()
    return Telling.model_validate_json(doc) if doc else None


async def put_telling(tx: Tx, store_key: str, chosen: Telling) -> None:
    row = (sqlite_insert if tx.is_sqlite else postgresql_insert)(tellings)
    row = row.values(store_key=store_key, doc=chosen.model_dump_json())
    await tx.connection.execute(row.on_conflict_do_update(index_elements=["store_key"], set_={"doc": row.excluded.doc}))


async def rollup(tx: Tx, account: str) -> Rollup:
    query = select(rollups.c.workspace, rollups.c.channel).where(rollups.c.account == account)
    row = (await tx.connection.execute(query)).mappings().first()
    return Rollup(**row) if row else Rollup()


async def put_rollup(tx: Tx, account: str, chosen: Rollup) -> None:
    row = (sqlite_insert if tx.is_sqlite else postgresql_insert)(rollups)
    row = row.values(account=account, **chosen.model_dump())
    await tx.connection.execute(row.on_conflict_do_update(index_elements=["account"], set_=chosen.model_dump()))


async def last_morning(tx: Tx, store_key: str) -> date | None:
    """Of the last digest that was not missed; the days of one that was are told by the next."""
    query = select(func.max(digests.c.morning)).where(digests.c.store_key == store_key, digests.c.state != MISSED)
    found = (await tx.connection.execute(query)).scalar()
    return date.fromisoformat(found) if found else None


@dataclass(frozen=True)
class Standing:
    """What decides whether a store's digest is due: when the store came to the desk, what was chosen for it in Slack, and, of
    its last digest that was not missed, the morning and the hour it tells of."""

    since: datetime
    telling: Telling | None
    last_morning: date | None
    told: datetime | None


async def standings(tx: Tx) -> dict[str, Standing]:
    """Of all stores, by key, in one question."""
    last: Any = select(digests.c.store_key, func.max(digests.c.morning).label("morning")).where(
        digests.c.state != MISSED
    )
    last = last.group_by(digests.c.store_key).subquery()
    is_last = and_(digests.c.store_key == last.c.store_key, digests.c.morning == last.c.morning)
    query = select(stores.c.key, stores.c.since, tellings.c.doc, last.c.morning, digests.c.due_at).select_from(
        stores.outerjoin(tellings, tellings.c.store_key == stores.c.key)
        .outerjoin(last, last.c.store_key == stores.c.key)
        .outerjoin(digests, is_last)
    )
    return {
        key: Standing(
            since=since,
            telling=Telling.model_validate_json(doc) if doc else None,
            last_morning=date.fromisoformat(morning) if morning else None,
            told=told,
        )
        for key, since, doc, morning, told in await tx.connection.execute(query)
    }


async def add(tx: Tx, store_key: str, due: Due) -> None:
    """Whoever comes second finds it there. One that was missed is wanted again."""
    row = (sqlite_insert if tx.is_sqlite else postgresql_insert)(digests)
    row = row.values(
        key=due.key(store_key),
        store_key=store_key,
        morning=due.morning.isoformat(),
        due_at=due.due_at,
        state=WANTED,
        due=_due.dump_json(due).decode(),
        picture_id="",
        channel="",
        ts="",
    )
    again = {"state": WANTED, "due": row.excluded.due, "due_at": row.excluded.due_at, "doc": ""}
    await tx.connection.execute(
        row.on_conflict_do_update(index_elements=["key"], set_=again, where=digests.c.state == MISSED)
    )


async def get(tx: Tx, key: str) -> KeptDigest | None:
    row = (await tx.connection.execute(select(digests).where(digests.c.key == key))).mappings().first()
    if row is None:
        return None
    return KeptDigest(
        key=row["key"],
        store_key=row["store_key"],
        due=_due.validate_json(row["due"]),
        made=_digest.validate_json(row["doc"]) if row["doc"] else None,
        named=tuple(json.loads(row["named"] or "[]")),
        picture_id=row["picture_id"],
        picture_at=row["picture_at"],
        channel=row["channel"],
        ts=row["ts"],
        state=row["state"],
    )


async def set_made(tx: Tx, key: str, made: Digest, named: Collection[str]) -> None:
    await _set(tx, key, doc=_digest.dump_json(made).decode(), named=json.dumps(list(named)))


async def set_picture(tx: Tx, key: str, picture_id: str, at: datetime | None) -> None:
    await _set(tx, key, picture_id=picture_id, picture_at=at)


async def set_posted(tx: Tx, key: str, channel: str, ts: str) -> None:
    await _set(tx, key, state=POSTED, channel=channel, ts=ts)


async def set_place(tx: Tx, key: str, channel: str, ts: str) -> None:
    await _set(tx, key, channel=channel, ts=ts, state=POSTED if ts else WANTED)


async def set_missed(tx: Tx, key: str) -> None:
    await _set(tx, key, state=MISSED)


async def make_again(tx: Tx, key: str, *, due_at: datetime | None = None) -> None:
    """Its figures and its picture are those of another hour: they are made when it is drawn next.

    `due_at` is the hour it tells of then, if that is another one too.
    """
    hour = {} if due_at is None else {"due_at": due_at}
    await _set(tx, key, doc="", named="", picture_id="", picture_at=None, **hour)


async def _set(tx: Tx, key: str, **changed: Any) -> None:
    await tx.connection.execute(update(digests).where(digests.c.key == key).values(**changed))


async def unname(tx: Tx, store_keys: Collection[str], fh_id: str) -> list[tuple[str, str]]:
    """Take somebody out of every digest that names them. The result is each one's key and its store's."""
    query = select(digests.c.key, digests.c.store_key, digests.c.named)
    query = query.where(
        digests.c.store_key.in_(list(store_keys)), digests.c.named.contains(json.dumps(fh_id), autoescape=True)
    )
    found = []
    for key, store_key, named in list(await tx.connection.execute(query)):
        left = [one for one in json.loads(named) if one != fh_id]
        await _set(tx, key, named=json.dumps(left))
        found.append((str(key), str(store_key)))
    return found


async def sweep(tx: Tx, *, before: date) -> None:
    """Digests that are long gone: what they name was said in Slack, so those that name somebody stay."""
    old = (digests.c.morning < before.isoformat(), digests.c.named.in_(("", "[]")))
    await tx.connection.execute(delete(digests).where(*old))


async def forget_store(tx: Tx, store_key: str) -> None:
    for table in (digests, tellings):
        await tx.connection.execute(delete(table).where(table.c.store_key == store_key))
