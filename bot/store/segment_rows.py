"""The tables of segments, all scoped by `account` (a Flowhub organisation).

A customer's memberships are bits of one number, which stands in the profile (`ProfileRow.bits`): a row for each customer and
segment would make the full difference fifteen times as dear. Rows of movements are there for those alone who moved.
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
    None, or before `changed_at`, it must be counted anew. `coming` and `going` are what a recount that has not ended has
    found so far: it may be killed, and what it wrote before stays written."""

    __tablename__ = "segments"
    __table_args__ = (Index("ix_segments_bit", "account", "bit", unique=True),)
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
    coming: int = 0
    going: int = 0


class MovementRow(SQLModel, table=True):
    """Somebody came to a segment, or left it (`entered` is false); `why` in words. Of one account, rows are committed in the
    order of their ids, and an id is given once: who remembers the last one it has dealt with misses none."""

    __tablename__ = "movements"
    __table_args__ = (
        Index("ix_movements_segment", "account", "segment_key", "at"),
        Index("ix_movements_customer", "account", "fh_id"),
        {"sqlite_autoincrement": True},
    )
    id: int | None = row_id()
    account: str
    segment_key: str
    fh_id: str
    at: datetime = moment()
    entered: bool
    why: str = ""


class SegmentRunRow(SQLModel, table=True):
    """What one evaluation did to one segment: `before` + `entered` − `gone` = `size`. With `recounted` it was counted because
    it is new or asks for something else, which is no news about anybody; such a run has no movements."""

    __tablename__ = "segment_runs"
    __table_args__ = (Index("ix_segment_runs_segment", "account", "segment_key", "at", unique=True),)
    id: int | None = row_id()
    account: str
    segment_key: str
    at: datetime = moment()
    before: int
    entered: int
    gone: int
    size: int
    recounted: bool = False


class ChangedCustomerRow(SQLModel, table=True):
    """A customer whose data changed since segments were last evaluated; written with the change, gone with the evaluation."""

    __tablename__ = "changed_customers"
    account: str = Field(primary_key=True)
    fh_id: str = Field(primary_key=True)


class SegmentFiguresRow(SQLModel, table=True):
    """A segment's members of one home store ("" is none) as they were last evaluated. Money is cents."""

    __tablename__ = "segment_figures"
    account: str = Field(primary_key=True)
    segment_key: str = Field(primary_key=True)
    store_id: str = Field(primary_key=True)
    size: int
    by_sms: int
    by_email: int
    spent_cents: int = big()
