"""What a dispensary is made of. Values only: no clock, no network, and nothing about how an API spells them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, TypeVar
from uuid import UUID, uuid5

BuyerType = Literal["rec", "med"]

T = TypeVar("T")

NAMESPACE = UUID("6d657361-0000-4000-8000-677265656e00")


def fixed_id(*parts: str) -> str:
    """The same UUID for the same words, on every machine and every day."""
    return str(uuid5(NAMESPACE, "/".join(parts)))


class NotPossible(Exception):
    """What somebody in this world tried can't be done; the message is a sentence for that person."""


@dataclass(frozen=True)
class Store:
    """One location. `import_id` is what /v1/orders asks for, and differs from `location_id` in old accounts."""

    key: str
    name: str
    location_id: str
    import_id: str
    time_zone: str
    street: str
    city: str
    zip_code: str
    phone: str
    order_ahead_client_id: str
    order_ahead_token: str
    leafly_key: str
    licences: tuple[BuyerType, ...] = ("rec", "med")


@dataclass(frozen=True)
class Staff:
    key: str
    name: str
    staff_id: str


@dataclass(frozen=True)
class Shopper:
    """Somebody who orders by name in the demo. `phone` is E.164."""

    key: str
    first_name: str
    last_name: str
    phone: str
    email: str
    birth_date: date
    buyer_type: BuyerType = "rec"
    medical_id: str | None = None
    medical_id_expires: date | None = None
    street: str = ""
    city: str = "Denver"
    zip_code: str = "80205"

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"


@dataclass(frozen=True)
class Tier:
    name: str
    grams: float
    price_cents: int


@dataclass(frozen=True)
class Product:
    """One batch on one store's shelf.

    Batches of the same variant share `parent_id` and `variant_id` and differ in `product_id` and `sku`. `quantity` is
    what lies in the room that is for sale when the world begins, `back_stock` what lies elsewhere.
    """

    store_key: str
    product_id: str
    number: int
    parent_id: str
    variant_id: str
    parent_name: str
    variant_name: str
    category: str
    brand: str
    strain: str
    species: str
    price_cents: int
    sku: str
    quantity: float
    back_stock: float = 0
    grams: float = 0
    milligrams: float = 0
    thc: float = 0
    purchase_category: Literal["rec", "med", "unrestricted"] = "rec"
    tiers: tuple[Tier, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.parent_name} - {self.variant_name}"

    def cost_of(self, quantity: float) -> int:
        """Cents for this many, before tax; by weight it is the price per gram of the largest tier that was reached."""
        if not self.tiers:
            return round(self.price_cents * quantity)
        reached = [tier for tier in self.tiers if tier.grams <= quantity] or [self.tiers[0]]
        return round(reached[-1].price_cents / reached[-1].grams * quantity)


@dataclass
class Customer:
    """A profile of the organisation, not of one store. `phone` is as somebody typed it."""

    customer_id: str
    created_at: datetime
    updated_at: datetime
    buyer_type: BuyerType
    name: str
    birth_date: date
    phone: str = ""
    email: str = ""
    state: str = "CO"
    street: str = ""
    street2: str = ""
    city: str = ""
    zip_code: str = ""
    is_loyal: bool = False
    points: int = 0
    wants_email: bool = False
    wants_sms: bool = False
    groups: tuple[str, ...] = ()
    medical_id: str | None = None
    medical_id_expires: str | None = None
    state_id: str | None = None
    state_id_expires: str | None = None


@dataclass(frozen=True)
class SaleLine:
    """`discount_cents` is taken off the whole line; `cents` is the line before it."""

    line_id: str
    product: Product
    quantity: float
    cents: int
    discount_cents: int = 0
    deal: str = ""
    voided: bool = False


@dataclass
class Sale:
    """A row of the till. `completed_at` is None while it is an order that nobody has paid yet."""

    sale_id: str
    order_id: str
    store: Store
    created_at: datetime
    completed_at: datetime | None
    lines: tuple[SaleLine, ...]
    order_type: str
    status: str = "sold"
    buyer_type: BuyerType = "rec"
    buyer_name: str = ""
    customer: Customer | None = None
    budtender: Staff | None = None
    integrator_id: str = ""
    original_sale_id: str = ""
    voided: bool = False
    fees_cents: int = 0
    payment: str = "cash"


@dataclass(frozen=True)
class Leafly:
    """One set for the integrator, whatever the number of shops."""

    client_id: str
    client_secret: str
    hmac_key: str


@dataclass(frozen=True)
class Shop:
    """One Flowhub account. `other_locations` are rows of its location list that sell nothing.

    `other_keys` are more pairs of client id and key that open the same reads, for a shop that is run as several accounts.
    """

    name: str
    client_id: str
    key: str
    stores: tuple[Store, ...]
    staff: tuple[Staff, ...]
    shoppers: tuple[Shopper, ...]
    products: tuple[Product, ...]
    leafly: Leafly
    other_locations: tuple[Store, ...] = ()
    other_keys: tuple[tuple[str, str], ...] = ()
    web_shop_secrets: Mapping[str, str] = field(default_factory=dict, hash=False)

    def store(self, key: str) -> Store:
        return _one(self.stores, key, [s.key for s in self.stores], "store")

    def shopper(self, key: str) -> Shopper:
        return _one(self.shoppers, key, [s.key for s in self.shoppers], "shopper")

    def colleague(self, name: str) -> Staff:
        by_either = {s.key: s for s in self.staff} | {s.name: s for s in self.staff}
        if name not in by_either:
            raise NotPossible(f"Nobody called “{name}” works here. There are: {', '.join(s.name for s in self.staff)}.")
        return by_either[name]

    def shelf(self, store_key: str) -> list[Product]:
        return [product for product in self.products if product.store_key == store_key]

    def batches(self, store_key: str, wanted: str) -> list[Product]:
        """All batches at one store that somebody may mean: by product id, SKU, variant id, full name or short name."""
        shelf, low = self.shelf(store_key), wanted.lower()
        for same in (
            lambda p: wanted in (p.product_id, p.sku) or wanted == str(p.number),
            lambda p: wanted == p.variant_id or p.name.lower() == low,
            lambda p: p.parent_name.lower() == low,
        ):
            if found := [product for product in shelf if wanted and same(product)]:
                return found
        raise NotPossible(f"{self.store(store_key).name} has nothing called “{wanted}”.")

    def in_stock(self, store_key: str, wanted: str) -> Product:
        """The batch a shopper would be shown: the first with stock, else the first."""
        found = self.batches(store_key, wanted)
        return next((product for product in found if product.quantity > 0), found[0])


def _one(things: Iterable[T], key: str, keys: list[str], kind: str) -> T:
    for thing, known in zip(things, keys, strict=True):
        if known == key:
            return thing
    raise NotPossible(f"There is no {kind} “{key}”. There are: {', '.join(keys)}.")
