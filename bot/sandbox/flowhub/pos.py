"""The point of sale itself: its orders, its shelves, its till and its customers, and nothing about HTTP."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from bot.sandbox.flowhub.switches import Switches
from bot.sandbox.shop import Books, Customer, NotPossible, Product, Sale, SaleLine, Shop, Store, history
from bot.sandbox.wire import Changes

JsonObject = dict[str, Any]

FINISHED = {"sold", "delivered", "deleted", "unableToComplete", "unableToVerify"}

COLUMNS = {
    "new": "New Orders",
    "started": "In Progress",
    "ready": "Ready",
    "inQueue": "Delivery",
    "inTransit": "Delivery",
    "sold": "Finished",
    "delivered": "Finished",
    "deleted": "Removed",
    "unableToComplete": "Failed",
    "unableToVerify": "Failed",
}


@dataclass(frozen=True)
class StatusChange:
    status: str
    at: datetime
    by: str


@dataclass
class PosOrder:
    """An Order Ahead order as the cashier has it. `partner` is the Order Ahead client id that sent it."""

    order_id: str
    store: Store
    partner: str
    body: JsonObject
    created_at: datetime
    status: str = "new"
    foreign: bool = False
    row_id: str = field(default_factory=lambda: str(uuid4()))
    changes: list[StatusChange] = field(default_factory=list)
    sale: Sale | None = None

    @property
    def column(self) -> str:
        """Where the cashier's screen has it; a status we never heard of stays where people look first."""
        return COLUMNS.get(self.status, "New Orders")

    @property
    def is_open(self) -> bool:
        return self.status not in FINISHED

    @property
    def order_type(self) -> str:
        return str(self.body.get("orderType") or "pickup")

    @property
    def postback_url(self) -> str | None:
        return self.body.get("postbackUrl") or None

    @property
    def shopper_name(self) -> str:
        customer = self.body.get("customer") or {}
        return f"{customer.get('firstName') or ''} {customer.get('lastName') or ''}".strip() or "Unknown"

    @property
    def phone(self) -> str:
        return str((self.body.get("customer") or {}).get("phone") or "")

    def sale_type(self, switches: Switches) -> str:
        """What `orderType` says in /v1/orders (A12)."""
        return self.order_type if switches.order_ahead_sale_type == "as_ordered" else switches.order_ahead_sale_type

    def integrator_id(self, switches: Switches) -> str:
        """What `integratorId` says in /v1/orders (A12)."""
        partner = self.partner if self.foreign else "Order Ahead"
        return {"empty": "", "partner": partner, "client_id": self.partner}[switches.integrator_id]

    def answer(self) -> JsonObject:
        """The three fields that create, update, status and, as we assume, the postback carry."""
        external_id = (self.body.get("customer") or {}).get("externalId")
        return {"customerExternalId": external_id or "", "orderId": self.order_id, "status": self.status}


class Pos:
    """Everything that the API reads and the cashier changes."""

    def __init__(self, shop: Shop, switches: Switches, now: Callable[[], datetime], changes: Changes) -> None:
        self.shop = shop
        self.switches = switches
        self.now = now
        self.changes = changes
        self.status_listeners: list[Callable[[PosOrder], None]] = []
        self.clear()

    def clear(self) -> None:
        """The shop as it is in the morning."""
        self.orders: dict[str, PosOrder] = {}
        self.created_count = 0
        self.stock: dict[str, float] = {product.product_id: product.quantity for product in self.shop.products}
        self._books: Books | None = None
        self._sold: list[Sale] = []

    # Orders ---------------------------------------------------------------------------------------------------------

    def accept(self, store: Store, body: JsonObject, *, partner: str, foreign: bool = False) -> PosOrder:
        order = PosOrder(str(uuid4()), store, partner, body, self.now(), foreign=foreign)
        order.changes.append(StatusChange("new", order.created_at, partner))
        self.orders[order.order_id] = order
        if not foreign:
            self.created_count += 1
        if self.switches.postback_on_create:
            self._tell(order)
        self.changes.announce()
        return order

    def order(self, order_id: str) -> PosOrder:
        if order_id not in self.orders:
            raise NotPossible(f"The till has no order {order_id}.")
        return self.orders[order_id]

    def move(self, order: PosOrder, status: str, *, by: str) -> None:
        order.status = status
        order.changes.append(StatusChange(status, self.now(), by))
        if status != "deleted" or self.switches.deletion_is_told:
            self._tell(order)
        self.changes.announce()

    def _tell(self, order: PosOrder) -> None:
        for listener in self.status_listeners:
            listener(order)

    # Shelves --------------------------------------------------------------------------------------------------------

    def product(self, store_key: str, product_id: object) -> Product | None:
        """The batch that an order names, by number or by UUID, whichever kind this account has."""
        wanted = str(product_id)
        for product in self.shop.shelf(store_key):
            if wanted == (str(product.number) if self.switches.numeric_product_ids else product.product_id):
                return product
        return None

    def shown_id(self, product: Product) -> str | int:
        return product.number if self.switches.numeric_product_ids else product.product_id

    def sibling_in_stock(self, product: Product) -> Product | None:
        for other in self.shop.shelf(product.store_key):
            if other.variant_id == product.variant_id and self.stock[other.product_id] > 0:
                return other
        return None

    def lower_stock(self, lines: tuple[SaleLine, ...]) -> None:
        for line in lines:
            self.stock[line.product.product_id] -= line.quantity

    def return_stock(self, lines: tuple[SaleLine, ...]) -> None:
        for line in lines:
            self.stock[line.product.product_id] += line.quantity

    # Till and customers ---------------------------------------------------------------------------------------------

    @property
    def books(self) -> Books:
        """The past, written when somebody first asks for it."""
        return self.write_books()

    def write_books(self) -> Books:
        """The same, for whoever can't wait for it later: it takes half a second once a day, and holds the loop."""
        if self._books is None:
            self._books = history(self.shop, self.now())
        return self._books

    @property
    def customers(self) -> dict[str, Customer]:
        return self.books.customers

    @property
    def sales(self) -> list[Sale]:
        """Everything ever rung up, the past first."""
        return [*self.books.sales, *self._sold]

    def ring_up(self, sale: Sale) -> Sale:
        self._sold.append(sale)
        self.lower_stock(sale.lines)
        self.changes.announce()
        return sale

    def book_refund(self, sale: Sale) -> Sale:
        self._sold.append(sale)
        self.changes.announce()
        return sale

    def sale(self, sale_id: str) -> Sale:
        for sale in self.sales:
            if sale.sale_id == sale_id:
                return sale
        raise NotPossible(f"The till has no sale {sale_id}.")

    def customer_with_phone(self, phone: str) -> Customer | None:
        wanted = last_ten_digits(phone)
        if not wanted:
            return None
        return next((c for c in self.customers.values() if last_ten_digits(c.phone) == wanted), None)


def last_ten_digits(phone: str) -> str:
    return "".join(c for c in phone if c.isdigit())[-10:]
