"""Stores in the database: their settings in the open, their credentials sealed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, case, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from bot.rules.short_ids import short_id
from bot.rules.stores import Credentials, Origin, Store, StoreState
from bot.store.rows import StoreRow
from bot.store.transaction import Tx

table: Any = StoreRow.__table__  # type: ignore[attr-defined]


async def put(
    tx: Tx, store: Store, credentials: Credentials, *, now: datetime, origin: Origin = Origin.SETTINGS
) -> None:
    """Add a store or replace what is known of it; its orders and their numbers stay, and a paused one stays paused."""
    values = {
        "workspace": store.workspace,
        "account": store.account,
        "channel": store.channel,
        "leafly_key": store.leafly_key,
        "doc": store.model_dump_json(),
        "sealed": tx.vault.seal(credentials.model_dump_json()),
        "origin": origin.value,
    }
    # In one statement, because replicas that start together all find a new database empty.
    row = (sqlite_insert if tx.is_sqlite else postgresql_insert)(table)
    row = row.values(key=store.key, next_number=0, since=now, state=StoreState.ACTIVE.value, **values)
    kept = case((table.c.state == StoreState.REMOVED.value, StoreState.ACTIVE.value), else_=table.c.state)
    await tx.connection.execute(row.on_conflict_do_update(index_elements=["key"], set_={**values, "state": kept}))


async def remove_others(tx: Tx, keep: Sequence[str], *, now: datetime) -> None:
    """Stores that the settings no longer name keep their history and lose their credentials."""
    gone = (table.c.key.not_in(list(keep)), table.c.origin == Origin.SETTINGS.value)
    await tx.connection.execute(
        update(table)
        .where(*gone, table.c.state != StoreState.REMOVED.value)
        .values(state=StoreState.REMOVED.value, state_since=now, sealed="")
    )


async def all_stores(tx: Tx) -> Sequence[tuple[Store, Credentials]]:
    """The stores that work."""
    query = select(table.c.doc, table.c.sealed).where(table.c.state == StoreState.ACTIVE.value).order_by(table.c.key)
    return [
        (Store.model_validate_json(doc), Credentials.model_validate_json(tx.vault.open(sealed)))
        for doc, sealed in await tx.connection.execute(query)
    ]


@dataclass(frozen=True)
class Known:
    """A store in whatever state, and what the bot remembers of it. `credentials` is None where it has none any more."""

    store: Store
    credentials: Credentials | None
    origin: Origin
    state: StoreState
    since: datetime
    state_since: datetime | None
    enabled_at: datetime | None


async def known(tx: Tx) -> Sequence[Known]:
    """Every store that there is or was, the removed ones too."""
    return [_known(tx, row) for row in await tx.connection.execute(_all)]


async def one(tx: Tx, store_key: str) -> Known | None:
    row = (await tx.connection.execute(_all.where(table.c.key == store_key))).first()
    return _known(tx, row) if row else None


async def fingerprint(tx: Tx) -> int:
    """Changes whenever anything of a store does, its credentials too; says nothing about them, and nothing to another process.

    It is asked for every few seconds and must cost nothing with five hundred stores.
    """
    return hash(tuple(tuple(row.values()) for row in await tx.rows(_all_that_changes)))


_all_that_changes = select(table.c.key, table.c.state, table.c.doc, table.c.sealed).order_by(table.c.key)


_COLUMNS = ("doc", "sealed", "origin", "state", "since", "state_since", "enabled_at")
_all = select(*(table.c[name] for name in _COLUMNS)).order_by(table.c.key)


def _known(tx: Tx, row: Any) -> Known:
    doc, sealed, origin, state, *times = row
    credentials = Credentials.model_validate_json(tx.vault.open(sealed)) if sealed else None
    return Known(Store.model_validate_json(doc), credentials, Origin(origin), StoreState(state), *times)


async def set_state(tx: Tx, store_key: str, state: StoreState, *, now: datetime) -> bool:
    """A removed store loses its credentials with the same statement. False when it is in that state already."""
    changed: dict[str, Any] = {"state": state.value, "state_since": now}
    if state is StoreState.REMOVED:
        changed |= {"sealed": "", "leafly_key": "", "enabled_at": None}
    query = update(table).where(table.c.key == store_key, table.c.state != state.value)
    return bool((await tx.connection.execute(query.values(**changed))).rowcount)


async def set_credentials(tx: Tx, store_key: str, credentials: Credentials) -> None:
    """New ones in the place of the old ones, of which nothing is left."""
    sealed = tx.vault.seal(credentials.model_dump_json())
    await tx.connection.execute(update(table).where(table.c.key == store_key).values(sealed=sealed))


async def set_enabled(tx: Tx, store_key: str, at: datetime) -> None:
    await tx.connection.execute(update(table).where(table.c.key == store_key).values(enabled_at=at))


async def next_short_id(tx: Tx, store_key: str) -> str:
    """The store's next short id; counted in its row, so it is never given twice."""
    return short_id(int(await tx.value(_take_number, {"of_store": store_key})) - 1)


_take_number = (
    update(table)
    .where(table.c.key == bindparam("of_store"))
    .values(next_number=table.c.next_number + 1)
    .returning(table.c.next_number)
)


async def flowhub_went_down(tx: Tx, store_key: str, since: datetime) -> bool:
    """True for the one caller who notices first."""
    changed = await tx.connection.execute(
        update(table)
        .where(table.c.key == store_key, table.c.flowhub_down_since.is_(None))
        .values(flowhub_down_since=since)
    )
    return bool(changed.rowcount)


async def flowhub_came_back(tx: Tx, store_key: str) -> datetime | None:
    """Since when it was down, for the one caller who notices first; else None."""
    row = await tx.connection.execute(tx.locked(select(table.c.flowhub_down_since).where(table.c.key == store_key)))
    since: datetime | None = row.scalar()
    if since is not None:
        await tx.connection.execute(update(table).where(table.c.key == store_key).values(flowhub_down_since=None))
    return since


async def channel_closed(tx: Tx, store_key: str, since: datetime) -> bool:
    """The store's channel can't be written to. True for the one caller who notices first."""
    changed = await tx.connection.execute(
        update(table)
        .where(table.c.key == store_key, table.c.channel_closed_since.is_(None))
        .values(channel_closed_since=since)
    )
    return bool(changed.rowcount)


async def channel_opened(tx: Tx, store_key: str) -> datetime | None:
    """Since when it was closed, for the one caller who notices first; else None."""
    row = await tx.connection.execute(tx.locked(select(table.c.channel_closed_since).where(table.c.key == store_key)))
    since: datetime | None = row.scalar()
    if since is not None:
        await tx.connection.execute(update(table).where(table.c.key == store_key).values(channel_closed_since=None))
    return since


async def troubles(tx: Tx) -> tuple[dict[str, datetime], dict[str, datetime]]:
    """By store key: since when Flowhub has been down, and since when the channel has been closed, as far as told."""
    query = select(table.c.key, table.c.flowhub_down_since, table.c.channel_closed_since)
    rows = list(await tx.connection.execute(query))
    return {key: down for key, down, _ in rows if down}, {key: closed for key, _, closed in rows if closed}


async def down_since(tx: Tx, store_key: str) -> datetime | None:
    """Since when the store has been told that Flowhub does not answer; None when it does."""
    query = select(table.c.flowhub_down_since).where(table.c.key == store_key)
    since: datetime | None = (await tx.connection.execute(query)).scalar()
    return since


async def watched_since(tx: Tx, store_key: str) -> datetime:
    """When the store came to the desk: what the point of sale did before that is not our news."""
    since: datetime = (await tx.connection.execute(select(table.c.since).where(table.c.key == store_key))).scalar_one()
    return since
