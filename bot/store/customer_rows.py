"""The tables of customers, sales and the sync, all scoped by `account` (a Flowhub organisation).

What tells who somebody is rests in `sealed` (a `Personal`), the medical id in a seal of its own; the rest is what segments
select by. `print` is what a record looked like when it was last read, under the account's key.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Column, Float, Index, Integer, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from bot.store.rows import _id as row_id
from bot.store.rows import _text as long_text
from bot.store.rows import _time as moment


def _bytes(*, nullable: bool = False) -> Any:
    return Field(default=None, sa_column=Column(LargeBinary, nullable=nullable))


def _big() -> Any:
    return Field(default=0, sa_column=Column(BigInteger().with_variant(Integer, "sqlite"), nullable=False))


def _vanished(table: str, *more: str) -> Index:
    """The few that vanished: to count the others no row need be read."""
    gone = text("vanished_at IS NOT NULL")
    return Index(f"ix_{table}_vanished", "account", *more, sqlite_where=gone, postgresql_where=gone)


def _degrees() -> Any:
    return Field(default=None, sa_column=Column(Float, nullable=True))


class AccountRow(SQLModel, table=True):
    """A Flowhub organisation as the sync knows it. `sealed_key` is its data key.

    `loaded_at` is when its first load ended: before, none of its figures may be shown. `run_id` and `leased_until` say who
    is syncing it now. `doc` is the report of the last run that ended. `waived_at` is an owner's word that the next run may do
    what the guard stopped.
    """

    __tablename__ = "accounts"
    key: str = Field(primary_key=True)
    sealed_key: str = long_text()
    loaded_at: datetime | None = moment(nullable=True)
    good_at: datetime | None = moment(nullable=True)
    wide_at: datetime | None = moment(nullable=True)
    waived_at: datetime | None = moment(nullable=True)
    run_id: int | None = Field(
        default=None, sa_column=Column(BigInteger().with_variant(Integer, "sqlite"), nullable=True)
    )
    leased_until: datetime | None = moment(nullable=True)
    doc: str = long_text()


class SyncRunRow(SQLModel, table=True):
    """One run. `period` is what keeps it to one run in each period, whoever starts it; `doc` is its `Report`."""

    __tablename__ = "sync_runs"
    __table_args__ = (UniqueConstraint("account", "period", name="uq_sync_runs_period"),)
    id: int | None = row_id()
    account: str
    period: str
    kind: str
    state: str
    started_at: datetime = moment(index=True)
    finished_at: datetime | None = moment(nullable=True)
    doc: str = long_text()


class SyncCursorRow(SQLModel, table=True):
    """How far a first load has come with one list: written in the transaction that wrote its rows."""

    __tablename__ = "sync_cursors"
    account: str = Field(primary_key=True)
    scope: str = Field(primary_key=True)
    doc: str = long_text()


class CustomerRow(SQLModel, table=True):
    """A profile. `email_print` and `mobile_print` find one without showing it. `groups` is a JSON list of names.

    Whom a text or an e-mail reaches stands in an index, too: records lie as they came, and to add up a million of them in the
    order of profiles would read a page of the file for each.
    """

    __tablename__ = "customers"
    __table_args__ = (
        Index("ix_customers_email_print", "account", "email_print"),
        Index("ix_customers_mobile_print", "account", "mobile_print"),
        Index(
            "ix_customers_reach", "account", "fh_id", "consents_sms", "consents_email", "mobile_print", "email_print"
        ),
        _vanished("customers", "fh_id"),
    )
    account: str = Field(primary_key=True)
    fh_id: str = Field(primary_key=True)
    print: bytes = _bytes()
    created_at: datetime | None = moment(nullable=True)
    updated_at: datetime | None = moment(nullable=True)
    customer_type: str
    is_loyal: bool
    points: int = _big()
    city: str
    state: str
    postal_code: str
    country: str
    latitude: float | None = _degrees()
    longitude: float | None = _degrees()
    consents_email: bool
    consents_sms: bool
    groups: str = long_text()
    email_print: bytes | None = _bytes(nullable=True)
    mobile_print: bytes | None = _bytes(nullable=True)
    sealed: bytes = _bytes()
    sealed_med_id: bytes | None = _bytes(nullable=True)
    vanished_at: datetime | None = moment(nullable=True)


class SaleRow(SQLModel, table=True):
    """A row of `/v1/orders`. `lines` is JSON: [product, category, 1 when voided] for each."""

    __tablename__ = "sales"
    __table_args__ = (
        Index("ix_sales_customer", "account", "customer_id"),
        Index("ix_sales_store", "account", "store_id", "created_at"),
        Index(
            "ix_sales_original",
            "account",
            "original_id",
            sqlite_where=text("original_id <> ''"),
            postgresql_where=text("original_id <> ''"),
        ),
        _vanished("sales"),
    )
    account: str = Field(primary_key=True)
    sale_id: str = Field(primary_key=True)
    print: bytes = _bytes()
    order_id: str
    store_id: str
    customer_id: str
    created_at: datetime = moment()
    completed_at: datetime | None = moment(nullable=True)
    order_type: str
    status: str
    budtender: str
    is_voided: bool
    total_cents: int = _big()
    original_id: str
    lines: str = long_text()
    vanished_at: datetime | None = moment(nullable=True)


class ProfileRow(SQLModel, table=True):
    """What is derived from a customer's sales; `products` and `categories` are JSON lists, the last bought first.

    `bits` says in which segments the customer is: 1 shifted by each segment's bit. It stands here because everybody's is read
    with everybody's sums; deriving leaves it alone. Whoever never bought has a profile once they are in a segment.

    On SQLite they lie in the order of their keys, in which segments read them. The dates have indices, because time alone moves
    people: whose date midnight has passed is found without reading the others.
    """

    __tablename__ = "profiles"
    __table_args__ = (
        Index("ix_profiles_first", "account", "first_order_at"),
        Index("ix_profiles_last", "account", "last_order_at"),
        {"sqlite_with_rowid": False},
    )
    account: str = Field(primary_key=True)
    fh_id: str = Field(primary_key=True)
    bits: int = Field(
        default=0, sa_column=Column(BigInteger().with_variant(Integer, "sqlite"), nullable=False, server_default="0")
    )
    total_spent_cents: int = _big()
    total_orders: int = 0
    first_order_at: datetime | None = moment(nullable=True)
    last_order_at: datetime | None = moment(nullable=True)
    last_order_type: str
    last_order_status: str
    last_budtender: str
    products: str = long_text()
    categories: str = long_text()
    home_store_id: str


class StaleProfileRow(SQLModel, table=True):
    """A customer whose sales were changed since the profile was derived; written with the sales, gone with the profile."""

    __tablename__ = "stale_profiles"
    account: str = Field(primary_key=True)
    fh_id: str = Field(primary_key=True)


class ForgottenRow(SQLModel, table=True):
    """A way to know somebody who asked to be forgotten: the print of an id, an address or a number under the account's key."""

    __tablename__ = "forgotten"
    account: str = Field(primary_key=True)
    print: bytes = Field(sa_column=Column(LargeBinary, primary_key=True))
    at: datetime = moment()
