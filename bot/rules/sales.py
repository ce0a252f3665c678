"""Rows of the point of sale, and which of them are orders for the desk.

Whether an Order Ahead order shows up among the sales, under which id and as what type is not documented (A12): every guess
about it is in this file.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from bot.rules.order_values import GUEST, Contact, Incoming, Kind, Order, OrderedItem, Placing, Source, masked_name
from bot.rules.orders import Status, known_status

ORDER_AHEAD_TYPES = {"pickup", "delivery", "kiosk", "orderahead", "preorder", "curbside", "online"}
"""A12: words for orders that were placed ahead; "in-store" and "walk-in" were seen and are not."""


@dataclass(frozen=True)
class SoldLine:
    """A line of a sale. `price_cents` is for the whole line, before discounts."""

    name: str
    quantity: Decimal
    price_cents: int | None

    @property
    def unit_price_cents(self) -> int | None:
        if self.price_cents is None or not self.quantity:
            return None
        return int((self.price_cents / self.quantity).to_integral_value())


@dataclass(frozen=True)
class SaleRecord:
    """A row of `/v1/orders`. `ids` are all the ids it goes by; money is cents, times are UTC."""

    ids: tuple[str, ...]
    created_at: datetime
    completed_at: datetime | None
    name: str
    order_type: str
    status: str
    integrator_id: str
    voided: bool
    total_cents: int | None
    lines: tuple[SoldLine, ...]
    original_id: str = ""
    """The sale that this row gives back, empty for a sale."""


def placed_ahead(sale: SaleRecord) -> bool:
    if sale.original_id:
        return False
    word = "".join(letter for letter in sale.order_type.lower() if letter.isalpha())
    return word in ORDER_AHEAD_TYPES or bool(sale.integrator_id)


def kind_of(sale: SaleRecord) -> Kind:
    word = sale.order_type.lower()
    return Kind.DELIVERY if "delivery" in word else Kind.KIOSK if "kiosk" in word else Kind.PICKUP


def status_of(sale: SaleRecord) -> str:
    """The row's status in the words of the life cycle; documents show Sold, Pending and Cancelled (apis.md 3.2)."""
    if sale.voided:
        return Status.DELETED.value
    word = sale.status.strip().lower()
    if known := known_status(word):
        return known.value
    synonyms = {
        "pending": Status.NEW,
        "cancelled": Status.DELETED,
        "canceled": Status.DELETED,
        "voided": Status.DELETED,
    }
    return synonyms[word].value if word in synonyms else sale.status


def shopper_of(sale: SaleRecord) -> str:
    return masked_name(*_names(sale))


def _names(sale: SaleRecord) -> tuple[str, str]:
    """First and last name out of the row's one field."""
    first, _, rest = sale.name.strip().partition(" ")
    return first, rest.rpartition(" ")[2]


def incoming_of(sale: SaleRecord) -> Incoming:
    """An order that another system put into the POS, as it comes onto the desk."""
    first, last = _names(sale)
    return Incoming(
        source=Source.FLOWHUB,
        source_id=sale.ids[0],
        kind=kind_of(sale),
        placed_at=sale.created_at,
        contact=Contact(first_name=first, last_name=last),
        items=tuple(
            OrderedItem(name=line.name, quantity=line.quantity, unit_price_cents=line.unit_price_cents)
            for line in sale.lines
        ),
        total_cents=sale.total_cents,
    )


def is_same(sale: SaleRecord, order: Order) -> bool:
    """Whether a row is the sale of an order we know: by id, or, because the ids may differ (A12), by who and when.

    The second is a guess that errs towards one card too few: a doubled order is worse than one that staff see in the POS.
    """
    if order.sale_id:
        return order.sale_id in sale.ids
    if order.flowhub_id is not None and order.flowhub_id in sale.ids:
        return True
    same_name = order.shopper.casefold() == shopper_of(sale).casefold() != GUEST.casefold()
    return same_name and (sale.completed_at or sale.created_at) >= order.arrived_at


class KnownOrders:
    """A store's orders of the last days, to find the one that a row belongs to. A busy store has thousands of both, so they are
    found by their ids and by the shopper's name and never gone through."""

    def __init__(self) -> None:
        self._orders: dict[str, Order] = {}
        self._by_id: defaultdict[str, set[str]] = defaultdict(set)
        self._by_shopper: defaultdict[str, set[str]] = defaultdict(set)

    def put(self, order: Order) -> None:
        """Add an order, or what has become of one."""
        self._orders[order.key] = order
        self._by_shopper[order.shopper.casefold()].add(order.key)
        for name in (order.flowhub_id, order.sale_id):
            if name:
                self._by_id[name].add(order.key)

    def has_id_of(self, sale: SaleRecord) -> bool:
        return any(name in self._by_id for name in sale.ids)

    def of(self, sale: SaleRecord) -> Order | None:
        """The order this row belongs to; one that is linked to it by id goes before one that only looks like it."""
        ids = set(sale.ids)
        keys = {key for name in ids for key in self._by_id.get(name, ())}
        for order in self._in_order(keys):
            if order.flowhub_id in ids or order.sale_id in ids:  # it may go by another one since
                return order
        for order in self._alike(sale):
            # An order that has not left for Flowhub is not in the POS, whoever else's order looks like it: it must still go.
            if order.source is not Source.FLOWHUB and order.placing is not Placing.WAITING:
                return order
        return None

    def may_be_being_sent(self, sale: SaleRecord) -> bool:
        """Whether the row may be an order of ours whose create is under way; the next look can tell."""
        return any(order.placing is Placing.WAITING for order in self._alike(sale))

    def _alike(self, sale: SaleRecord) -> list[Order]:
        shopper = shopper_of(sale)
        keys = self._by_shopper.get(shopper.casefold(), ()) if shopper != GUEST else ()
        return [order for order in self._in_order(keys) if is_same(sale, order)]

    def _in_order(self, keys: Iterable[str]) -> list[Order]:
        return sorted((self._orders[key] for key in keys), key=lambda order: (order.arrived_at, order.key))
