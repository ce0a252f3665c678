"""The tables of segments, all scoped by `account` (a Flowhub organisation).

A customer's memberships are bits of one number: a row for each customer and segment would make the full difference fifteen
times as dear. Rows of movements are there for those alone who moved.
"""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from bot.store.customer_rows import _big as big
from bot.store.rows import _id as row_id
from bot.store.rows import _text as long_text
from bot.store.rows import _time as moment


class SegmentRow(SQLModel, table=True):
    """A `Segment`. `tree` is JSON; `size` is the number of its members when it was last evaluated, which was at `counted_at`;
    None, or before `changed_at`, it must be counted anew."""

    __tablename__ = "segments"
    account: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    name: str
    tree: str = long_text()
    bit: int | None = None
    state: str
    starter: str = ""
    made_by: str = ""
    changed_at: datetime = moment()
    counted_at: datetime | None = moment(nullable=True)
    size: int = 0


class MembershipRow(SQLModel, table=True):
    """In which segments a customer is: 1 shifted by each segment's bit. Nobody who is in none needs a row."""

    __tablename__ = "memberships"
    __table_args__ = {"sqlite_with_rowid": False}
    account: str = Field(primary_key=True)
    fh_id: str = Field(primary_key=True)
    bits: int = big()


class MovementRow(SQLModel, table=True):
    """Somebody came to a segment, or left it (`entered` is false); `why` in words."""

    __tablename__ = "movements"
    __table_args__ = (
        Index("ix_movements_segment", "account", "segment_key", "at"),
        Index("ix_movements_customer", "account", "fh_id"),
    )
    id: int | None = row_id()
    account: str
    segment_key: str
    fh_id: str
    at: datetime = moment()
    entered: bool
    why: str = ""


class SegmentRunRow(SQLModel, table=True):
    """What one evaluation did to one segment: `before` + `entered` − `gone` = `size`."""

    __tablename__ = "segment_runs"
    __table_args__ = (Index("ix_segment_runs_segment", "account", "segment_key", "at"),)
    id: int | None = row_id()
    account: str
    segment_key: str
    at: datetime = moment()
    before: int
    entered: int
    gone: int
    size: int
