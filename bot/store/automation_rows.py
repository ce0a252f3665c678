"""The tables of automations: what was set up, what each has done for whom, and what is still to be looked at."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from bot.store.customer_rows import _big as big
from bot.store.rows import _id as row_id
from bot.store.rows import _text as long_text
from bot.store.rows import _time as moment


class AutomationRow(SQLModel, table=True):
    """An `Automation` of one workspace's stores in one account. `doc` is all of it but what is a column; `sealed_secret` is the
    key that its webhooks are signed with. `since` is when it was last switched on or came to wait for something else."""

    __tablename__ = "automations"
    __table_args__ = (
        UniqueConstraint("workspace", "account", "key", name="uq_automations_key"),
        Index("ix_automations_account", "account", "is_on"),
    )
    id: int | None = row_id()
    workspace: str = ""
    account: str
    key: str
    happened: str
    is_on: bool = False
    since: datetime | None = moment(nullable=True)
    archived_at: datetime | None = moment(nullable=True)
    doc: str = long_text()
    sealed_secret: str = long_text()
    made_by: str = ""
    changed_at: datetime = moment()


class FiringRow(SQLModel, table=True):
    """An automation fired for a customer (`fh_id`, "" once forgotten). `occasion` keeps it to once; `day` is the store's local
    day. `sealed` is the text that was made then. `channel` and `ts` are where it was posted."""

    __tablename__ = "firings"
    __table_args__ = (
        UniqueConstraint("automation_id", "occasion", name="uq_firings_occasion"),
        Index("ix_firings_day", "automation_id", "day", "is_dry"),
        Index("ix_firings_customer", "account", "fh_id"),
        Index("ix_firings_order", "order_key"),
    )
    key: str = Field(primary_key=True)
    automation_id: int = big()
    account: str
    fh_id: str
    occasion: str
    happened: str
    action: str
    at: datetime = moment(index=True)
    day: str
    is_dry: bool = False
    store_key: str = ""
    order_key: str = ""
    channel: str = ""
    ts: str = ""
    sealed: str = long_text()


class CrossingRow(SQLModel, table=True):
    """A customer's number passed a threshold that somebody waits for. Written with the number, gone with what followed."""

    __tablename__ = "crossings"
    __table_args__ = (Index("ix_crossings_account", "account", "id"),)
    id: int | None = row_id()
    account: str
    fh_id: str
    measure: str
    number_before: int = big()
    number_after: int = big()
    at: datetime = moment()


class AutomationCursorRow(SQLModel, table=True):
    """How far automations have looked: written in the transaction of whatever followed from what they saw."""

    __tablename__ = "automation_cursors"
    account: str = Field(primary_key=True)
    scope: str = Field(primary_key=True)
    position: str = ""
