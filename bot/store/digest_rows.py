"""The tables of what stores are told of their customers. No row names anybody: a digest that does holds ids, and the names are
looked up when it is drawn."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from bot.store.rows import _text as long_text
from bot.store.rows import _time as moment


class TellingRow(SQLModel, table=True):
    """What a store wants (`Telling`), where somebody chose it in Slack."""

    __tablename__ = "tellings"
    store_key: str = Field(primary_key=True)
    doc: str = long_text()


class RollupRow(SQLModel, table=True):
    """The channel in which all stores of an account are told of together."""

    __tablename__ = "rollups"
    account: str = Field(primary_key=True)
    workspace: str = ""
    channel: str = ""


class DigestRow(SQLModel, table=True):
    """The digest of one store and morning: its key is what keeps it to one.

    `doc` is the `Digest` once its figures are known, `named` a JSON list of customers' ids. `picture_id` is Slack's id of the
    picture, "-" where there is none to be had. `state` is wanted, posted, or missed.
    """

    __tablename__ = "digests"
    __table_args__ = (Index("ix_digests_store", "store_key", "morning"),)
    key: str = Field(primary_key=True)
    store_key: str
    morning: str
    due_at: datetime = moment()
    state: str = "wanted"
    due: str = long_text()
    doc: str = long_text()
    named: str = long_text()
    picture_id: str = ""
    picture_at: datetime | None = moment(nullable=True)
    channel: str = ""
    ts: str = ""


class SummaryRow(SQLModel, table=True):
    """The living summary of one store and local day, or of an account (`store_key` is empty). `doc` is what it says (a
    `Summary`), `told` is JSON: the moves of each segment that its thread has told."""

    __tablename__ = "summaries"
    __table_args__ = (Index("ix_summaries_account", "account", "day"),)
    key: str = Field(primary_key=True)
    account: str
    store_key: str = ""
    day: str
    doc: str = long_text()
    told: str = long_text()
    workspace: str = ""
    channel: str = ""
    ts: str = ""
