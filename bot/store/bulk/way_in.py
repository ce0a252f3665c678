"""The verbs of a bulk writer, the same on both databases."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from datetime import datetime
from typing import Any, NamedTuple

from bot.rules.occasions import Watched
from bot.store.bulk_table import BulkTable
from bot.store.packing import Packed
from bot.store.pen import Pen


class Fresh(NamedTuple):
    """Of a page's records: those that are new or differ, by id: True for a row that is there. `first_seen` is how many of the
    page this run had not met before, `again` which of the fresh ones it had."""

    known: Mapping[str, bool]
    again: frozenset[str]
    first_seen: int


class Within(NamedTuple):
    """Sales of one location, created from `first` to `last`: those that a window asked for without any doubt (A14)."""

    store_id: str
    first: datetime
    last: datetime


class Bulk(ABC):
    """One account's. Raises Unavailable when the database does not answer. One task may read while another
    writes; two must not do the same."""

    def __init__(self, account: str) -> None:
        self.account = account
        self.watched: Watched | None = None
        """Thresholds that somebody waits for: whatever passes one is noted when it is published or derived."""
        self.notes_changes = True
        """Whether whose data is written is marked as changed, for the segments; a first load need not, because all are counted
        after it."""

    @staticmethod
    @abstractmethod
    def as_stored(moment: datetime | None) -> Any:
        """A time as a row holds it."""

    @abstractmethod
    def as_read(self, stored: Any) -> datetime | None:
        """The other way round, in UTC."""

    @abstractmethod
    async def fresh(self, table: BulkTable, prints: Mapping[str, bytes]) -> Fresh:
        """What of these is new or has another print, and note all of them as seen by this run."""

    @abstractmethod
    async def put(self, table: BulkTable, rows: Sequence[Packed], *, scope: str, position: str) -> None:
        """Write rows and how far the list `scope` was read, in one transaction."""

    @property
    def pen(self) -> Pen | None:
        """What another process can `put` with in this one's stead; None where none can."""
        return None

    def turn(self) -> AbstractAsyncContextManager[None]:
        """Held while another process writes with the pen."""
        return nullcontext()

    @abstractmethod
    async def stage(self, table: BulkTable, rows: Sequence[Packed]) -> None:
        """Lay rows aside until `publish`; of one id the last counts. Gone when the run ends."""

    @abstractmethod
    async def publish(self, table: BulkTable) -> None:
        """Write what was staged, in batches."""

    @abstractmethod
    async def count(self, table: BulkTable, *, within: Within | None = None) -> int:
        """How many rows the account has, vanished ones not counted."""

    @abstractmethod
    async def missing(self, table: BulkTable, *, within: Within | None = None, most: int) -> tuple[int, list[str]]:
        """How many rows this run should have seen and has not, and the ids of the first `most`."""

    @abstractmethod
    async def saw(self, table: BulkTable, ids: Sequence[str]) -> None:
        """These were read otherwise, as they were."""

    @abstractmethod
    async def vanish(self, table: BulkTable, ids: Sequence[str], *, at: datetime) -> None:
        """Flowhub has these no more. They are kept, and count nowhere, until retention takes them."""

    @abstractmethod
    async def stale_customers(self, most: int) -> list[str]:
        """Customers whose profile must be derived anew."""

    @abstractmethod
    async def sales_of(self, customers: Sequence[str]) -> list[Packed]:
        """Their sales, and all refunds of these, whoever's name is on them; the columns of SALES, vanished ones left out."""

    @abstractmethod
    async def put_profiles(self, rows: Sequence[Packed], *, of: Sequence[str]) -> int:
        """Write the profiles of these customers, who are stale no more; returns how many were new or differ."""

    @abstractmethod
    async def close(self) -> None:
        """Drop what was staged, let go of the connection."""
