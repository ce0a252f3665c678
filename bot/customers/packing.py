"""Records to rows: read, held against what may be kept, sealed. Computing alone, which a thread or another process can do."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from bot.customers.keeping import Keeping, Withheld
from bot.errors import Unreadable
from bot.flowhub.customer_records import customer
from bot.flowhub.sale_records import customer_sale
from bot.store.packing import Packed, Packer

Unread = list[tuple[str, Any]]
"""Why it can't be read, and what was there."""


Fetched = tuple[str, bytes, bytes]
"""The id of a record, empty when it has none that can be read; its print; the record as it came."""


class Lot(NamedTuple):
    """Records that are packed in one go: sales of the store by whose id Flowhub knows it, or with None customers."""

    fetched: Sequence[Fetched]
    sold_by: str | None = None


class Parcel(NamedTuple):
    """What became of a lot: the ids and a row for each of them, what is parked, and how many records may not be kept.

    Rows that another process keeps to write them itself are not here: then `kept` is that lot's number there, and `lot` what
    they were made of, should that process die.
    """

    ids: list[str]
    rows: list[Packed]
    unread: Unread
    withheld: int
    kept: int | None = None
    lot: Lot | None = None


class Packing:
    """One account's, for one run. `keeping` learns who was withheld."""

    def __init__(self, packer: Packer, keeping: Keeping) -> None:
        self.packer, self.keeping = packer, keeping

    def packed(self, lot: Lot) -> Parcel:
        rows: dict[str, Packed] = {}
        unread: Unread = []
        withheld = 0
        for fh_id, print_, raw in lot.fetched:
            try:
                row = self._row(print_, raw, lot.sold_by)
                if not fh_id:
                    raise Unreadable("a record whose id can't be read")
                rows[fh_id] = row
            except Withheld:
                withheld += 1
            except Unreadable as problem:
                unread.append((problem.sentence, raw.decode("utf-8", "replace")))
        return Parcel(list(rows), list(rows.values()), unread, withheld)

    def _row(self, print_: bytes, raw: bytes, sold_by: str | None) -> Packed:
        """Raises Unreadable, and Withheld for what may not be kept."""
        if sold_by is None:
            return self.packer.customer(print_, self.keeping.customer(customer(raw)))
        return self.packer.sale(print_, self.keeping.sale(customer_sale(raw, sold_by)))
