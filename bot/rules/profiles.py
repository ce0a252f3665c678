"""A customer's profile, derived from the sales: what Flowhub's customer record lacks (apis.md 4.1: no spend, no orders).

A sale counts when it was completed and not voided. A refund is a row of its own that names the first sale (A17); it counts
against that sale only, at most up to what that sale cost, so that no order of events makes a total wrong or negative. A
negative row that names no sale is a refund too, of who knows which.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from bot.rules.customers import CustomerSale

MOST_NAMES = 500
"""Products and categories that a profile names: the most recent ones."""
COMPLETED = frozenset({"sold", "delivered", "completed", "complete", "closed", ""})
"""Live rows say `sold`, in whatever casing (apis.md 3.2); a row that was completed may also say nothing."""


class Profile(NamedTuple):
    """Money is cents, times are UTC. Products and categories are distinct, the last bought first.

    `last_order_type` and `last_order_status` are the latest row's, whatever became of it; dates and budtender are of completed
    purchases. `home_store_id` is the location with most orders, of equals the one that was visited last.
    """

    total_spent_cents: int = 0
    total_orders: int = 0
    first_order_at: datetime | None = None
    last_order_at: datetime | None = None
    last_order_type: str = ""
    last_order_status: str = ""
    last_budtender: str = ""
    products: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    home_store_id: str = ""


def profile_of(sales: Iterable[CustomerSale]) -> Profile:
    """From all of one customer's rows, and all refunds of them, in any order; a row that is there twice counts once."""
    rows = {sale.sale_id: sale for sale in sales}.values()
    bought = sorted((row for row in rows if not row.original_id), key=_when)
    ordered = [row for row in bought if not _is_unnamed_refund(row)]
    if not ordered:
        return Profile()
    given_back = _given_back(rows)
    purchases = [row for row in ordered if is_purchase(row)]
    spent = {row.sale_id: row.total_cents - min(row.total_cents, given_back(row)) for row in purchases}
    kept = [row for row in purchases if not _is_refunded(row, given_back(row))]
    last = ordered[-1]
    return Profile(
        total_spent_cents=max(
            0, sum(spent.values()) - sum(-row.total_cents for row in bought if _is_unnamed_refund(row))
        ),
        total_orders=len(kept),
        first_order_at=_when(kept[0])[0] if kept else None,
        last_order_at=_when(kept[-1])[0] if kept else None,
        last_order_type=last.order_type,
        last_order_status=_status(last, given_back(last)),
        last_budtender=next((row.budtender for row in reversed(kept) if row.budtender), ""),
        products=_names(line.product for row in reversed(kept) for line in row.lines if not line.is_voided),
        categories=_names(line.category for row in reversed(kept) for line in row.lines if not line.is_voided),
        home_store_id=home_store(kept),
    )


def is_purchase(sale: CustomerSale) -> bool:
    """Completed, paid and not taken back as a whole. An empty cart that was voided line by line is a void."""
    voided = sale.is_voided or (bool(sale.lines) and all(line.is_voided for line in sale.lines))
    return not voided and not sale.original_id and sale.completed_at is not None and sale.status in COMPLETED


def home_store(kept: Sequence[CustomerSale]) -> str:
    """Where most orders were; of equals the one with the latest. `kept` is in order of time."""
    counts = Counter(row.store_id for row in kept)
    latest = {row.store_id: number for number, row in enumerate(kept)}
    return max(counts, key=lambda store: (counts[store], latest[store]), default="")


def _is_unnamed_refund(sale: CustomerSale) -> bool:
    return sale.total_cents < 0 and not sale.is_voided and sale.status in COMPLETED


def _given_back(rows: Iterable[CustomerSale]) -> "_GivenBack":
    by_original: Counter[str] = Counter()
    for row in rows:
        if row.original_id and not row.is_voided and row.status in COMPLETED:
            # Refund lines carry negative values in the POS; the API's form is unverified (A17), so either sign will do.
            by_original[row.original_id] += abs(row.total_cents)
    return _GivenBack(by_original)


class _GivenBack:
    def __init__(self, by_original: Counter[str]) -> None:
        self._by_original = by_original

    def __call__(self, sale: CustomerSale) -> int:
        """Cents. A refund may name the sale by either of its ids (apis.md 3.2)."""
        back = self._by_original[sale.sale_id]
        return back + (self._by_original[sale.order_id] if sale.order_id not in ("", sale.sale_id) else 0)


def _is_refunded(sale: CustomerSale, back: int) -> bool:
    return 0 < sale.total_cents <= back


def _status(sale: CustomerSale, back: int) -> str:
    if sale.is_voided or (sale.lines and all(line.is_voided for line in sale.lines)):
        return "voided"
    return "refunded" if _is_refunded(sale, back) else sale.status or "sold"


def _when(sale: CustomerSale) -> tuple[datetime, str]:
    """Rows of the same moment are in the order of their ids, on every machine and in every run."""
    return sale.completed_at or sale.created_at, sale.sale_id


def _names(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(list(dict.fromkeys(name for name in names if name))[:MOST_NAMES])
