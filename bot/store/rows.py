"""The tables. Rows never leave `bot/store`: its functions take and give values.

What is queried is a column; the rest of a value rests as JSON in `doc`. Personal data and secrets rest in `sealed`
columns, which only the vault can open.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, DateTime, Dialect, Index, Integer, Text, UniqueConstraint
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC datetime on both databases; SQLite keeps a text without a zone, which is put back on reading.

    On SQLite SQLAlchemy's way through three functions takes four times as long as the two calls below.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        return value.astimezone(UTC) if value is not None else None

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], Any] | None:
        return _as_text if dialect.name == "sqlite" else super().bind_processor(dialect)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None] | None:
        return _of_text if dialect.name == "sqlite" else super().result_processor(dialect, coltype)


def _as_text(moment: datetime | None) -> str | None:
    if moment is None:
        return None
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


def _of_text(stored: str | None) -> datetime | None:
    return datetime.fromisoformat(f"{stored}+00:00") if stored is not None else None


def _time(*, nullable: bool = False, index: bool = False) -> Any:
    return Field(default=None, sa_column=Column(UtcDateTime, nullable=nullable, index=index))


def _text(default: str = "") -> Any:
    return Field(default=default, sa_column=Column(Text, nullable=False, server_default=""))


def _id() -> Any:
    return Field(
        default=None,
        sa_column=Column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    )


class WorkspaceRow(SQLModel, table=True):
    """A Slack workspace that installed the app. `sealed` is its tokens, `doc` what is not secret.

    With a plain token in the settings there is no such row, and everything belongs to the workspace "".
    """

    __tablename__ = "workspaces"
    id: str = Field(primary_key=True)
    doc: str = _text()
    sealed: str = _text()
    installed_at: datetime = _time()
    expires_at: datetime | None = _time(nullable=True)
    refreshing_until: datetime | None = _time(nullable=True)
    gone_at: datetime | None = _time(nullable=True)


class InstallRow(SQLModel, table=True):
    """Somebody is about to install the app: the print of the state that their browser must bring back, once, in time."""

    __tablename__ = "installs"
    state: str = Field(primary_key=True)
    until: datetime = _time(index=True)


class KeyRow(SQLModel, table=True):
    """A key that seals values in this database: its print, and a value that only this key opens."""

    __tablename__ = "keys"
    print: str = Field(primary_key=True)
    sealed: str = _text()
    since: datetime = _time()


class StoreRow(SQLModel, table=True):
    """A store and its credentials. `doc` is a `StoreSettings` without secrets, `sealed` the secrets.

    `origin` is who set it up ("settings" or "slack"), `state` whether it works ("active", "paused", "removed"): a removed
    store has no credentials any more, and its orders' personal data goes after a grace period. `enabled_at` is when somebody
    said that Order Ahead is enabled in Flowhub.
    """

    __tablename__ = "stores"
    key: str = Field(primary_key=True)
    workspace: str = Field(default="", index=True)
    account: str = ""
    origin: str = "settings"
    state: str = "active"
    state_since: datetime | None = _time(nullable=True)
    channel: str = Field(index=True)
    leafly_key: str = Field(index=True)
    doc: str = _text()
    sealed: str = _text()
    next_number: int = Field(default=0)
    since: datetime = _time()
    flowhub_down_since: datetime | None = _time(nullable=True)
    channel_closed_since: datetime | None = _time(nullable=True)
    enabled_at: datetime | None = _time(nullable=True)


class OrderRow(SQLModel, table=True):
    """An order. `number` counts orders within the store; `sealed` is the shopper's contact and the order to place."""

    __tablename__ = "orders"
    __table_args__ = (
        UniqueConstraint("store_key", "source", "source_id", name="uq_orders_source"),
        UniqueConstraint("store_key", "short_id", name="uq_orders_short_id"),
        Index("ix_orders_open", "is_open", "store_key"),
    )
    key: str = Field(primary_key=True)
    store_key: str
    source: str
    source_id: str
    short_id: str
    flowhub_id: str | None = Field(default=None, index=True)
    is_open: bool
    arrived_at: datetime = _time(index=True)
    closed_at: datetime | None = _time(nullable=True, index=True)
    doc: str = _text()
    sealed: str = _text()


class EventRow(SQLModel, table=True):
    """A line of an order's history. `seq` counts within the order, from 1."""

    __tablename__ = "events"
    __table_args__ = (UniqueConstraint("order_key", "seq", name="uq_events_seq"),)
    id: int | None = _id()
    order_key: str
    seq: int
    at: datetime = _time()
    kind: str
    who: str = ""
    through: str = ""
    loud: bool = True
    detail: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))


class DeliveryRow(SQLModel, table=True):
    """One thing that the outside must be told or asked; see `bot.deliveries`.

    `wanted` counts how often it was asked for and `done` up to which of those it is true. `lane` is what is worked one
    after the other, `band` who shares a lane fairly.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("kind", "subject", name="uq_deliveries_subject"),
        Index("ix_deliveries_lane", "lane", "state", "due_at"),
        Index("ix_deliveries_state", "state", "due_at"),
    )
    id: int | None = _id()
    kind: str
    subject: str
    order_key: str = Field(default="", index=True)
    store_key: str = ""
    lane: str
    band: str = ""
    priority: int = 5
    state: str = "due"
    wanted: int = 1
    done: int = 0
    attempts: int = 0
    due_at: datetime = _time()
    leased_until: datetime | None = _time(nullable=True)
    created_at: datetime = _time()
    payload: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    sealed: str = _text()
    problem: str = _text()


class ViewerRow(SQLModel, table=True):
    """Who opened the App Home, when, and a fingerprint of what was shown."""

    __tablename__ = "viewers"
    workspace: str = Field(default="", primary_key=True)
    user_id: str = Field(primary_key=True)
    opened_at: datetime = _time(index=True)
    page: int = 0
    shown: str = ""


class DraftRow(SQLModel, table=True):
    """What is known between the steps of a modal: sealed, and gone after a short while."""

    __tablename__ = "drafts"
    id: str = Field(primary_key=True)
    expires_at: datetime = _time(index=True)
    sealed: str = _text()


class ParkedRow(SQLModel, table=True):
    """A record that couldn't be read: why, and the record itself, sealed."""

    __tablename__ = "parked"
    id: int | None = _id()
    at: datetime = _time()
    store_key: str = ""
    came_from: str
    reason: str = _text()
    sealed: str = _text()


class RoleRow(SQLModel, table=True):
    """A role that somebody was given. `subject` is a person ("U…") or a user group ("S…"); without a store, in all of them."""

    __tablename__ = "roles"
    workspace: str = Field(default="", primary_key=True)
    store_key: str = Field(default="", primary_key=True)
    subject: str = Field(primary_key=True)
    role: str
    given_by: str
    at: datetime = _time()


class SignoffRow(SQLModel, table=True):
    """An owner's word that orders may be posted into a channel that others can see; `exposure` is what they were shown."""

    __tablename__ = "signoffs"
    workspace: str = Field(default="", primary_key=True)
    channel: str = Field(primary_key=True)
    exposure: str = _text()
    who: str
    at: datetime = _time()


class ChannelRow(SQLModel, table=True):
    """Who besides the store's people can read its channel, when that was last looked at, and what owners were told of it."""

    __tablename__ = "channels"
    workspace: str = Field(default="", primary_key=True)
    channel: str = Field(primary_key=True)
    seen: str = _text()
    seen_at: datetime = _time()
    told: str = _text()


class AuditRow(SQLModel, table=True):
    """Who did what to what, why, and how it ended. Append-only, free of personal data.

    `hash` covers the row and the hash of the row before it, so that a changed or missing row shows.
    """

    __tablename__ = "audit"
    id: int | None = _id()
    at: datetime = _time(index=True)
    store_key: str = ""
    who: str
    action: str
    what: str
    reason: str = ""
    result: str = ""
    workspace: str = ""
    hash: str = _text()
