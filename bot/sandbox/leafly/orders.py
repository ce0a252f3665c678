"""A Leafly order as a value with a life: how it reads over the API, and which steps it may take."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from bot.sandbox.shop import Shopper, Store

JsonObject = dict[str, Any]

# Forward only; `canceled` and `expired` may follow any status that is not an end.
STEPS = ("pending", "confirmed", "ready", "out_for_delivery", "arrived_at_customer", "picked_up")
ENDS = ("picked_up", "canceled", "expired")
STATUSES = (*STEPS, "canceled", "expired")

CANCEL_REASONS = {
    "not_picked_up": "The order was not picked up",
    "customer": "Canceled by the customer",
    "dispensary": "Canceled by the dispensary",
    "pos": "Canceled by the point of sale",
    "delivery_partner": "Canceled by the delivery partner",
    "ecommerce_partner": "Canceled by the ecommerce partner",
    "order_api_unacknowledged": "The order was not acknowledged in time",
}


def instant(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z") if at else None


@dataclass(frozen=True)
class CartItem:
    """One line; prices in cents for one piece. `variant_id` is what the menu feed gave, maybe unknown to the till."""

    name: str
    category: str
    brand: str
    variant_id: str
    quantity: int
    price_cents: int
    discounted_cents: int | None = None
    deal: str | None = None
    unit: str = "each"
    size: str = "1.0"
    created_at: datetime | None = None
    item_id: str = field(default_factory=lambda: str(uuid4()))

    @property
    def full_cents(self) -> int:
        return self.price_cents * self.quantity

    @property
    def paid_cents(self) -> int:
        return (self.price_cents if self.discounted_cents is None else self.discounted_cents) * self.quantity

    def shown(self) -> JsonObject:
        return {
            "id": self.item_id,
            "createdAt": instant(self.created_at),
            "name": self.name,
            "category": self.category,
            "brandName": self.brand,
            "integratorVariantId": self.variant_id,
            "quantity": self.quantity,
            "packageUnit": self.unit,
            "packageSize": self.size,
            "packagePrice": self.price_cents,
            "discountedPackagePrice": self.discounted_cents,
            "discountedPriceCents": self.paid_cents,
            "dealTitle": self.deal,
            "priceCents": self.full_cents,
            "savingsCents": self.full_cents - self.paid_cents,
        }


@dataclass(frozen=True)
class Told:
    """A status that the integrator told."""

    status: str
    reason: str | None
    at: datetime


@dataclass
class LeaflyOrder:
    order_id: str
    store: Store
    shopper: Shopper
    cart: list[CartItem]
    created_at: datetime
    acknowledge_by: datetime
    delivery: bool = False
    marketplace: str = "leafly"
    payment: str | None = "cash"
    delivery_fee_cents: int = 0
    tip_cents: int = 0
    taxes: list[JsonObject] = field(default_factory=list)
    window: tuple[datetime, datetime] | None = None
    instructions: str | None = None
    status: str = "pending"
    acknowledged_at: datetime | None = None
    ended_at: datetime | None = None
    reason: str | None = None
    reached: dict[str, datetime] = field(default_factory=dict)
    changes: list[tuple[str, datetime]] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)

    @property
    def is_live(self) -> bool:
        return self.status not in ENDS

    def move(self, status: str, at: datetime, *, reason: str | None = None) -> None:
        self.status = status
        self.reached[status] = at
        self.changes.append((status, at))
        if status == "canceled":
            self.reason = reason or "dispensary"
        if status in ENDS:
            self.ended_at = at

    def refusal_of(self, status: str) -> str | None:
        """Why the integrator can't move it there now, or None."""
        if status not in STATUSES:
            return f"{status} is not a valid status"
        if status in ("pending", "expired"):
            return f"Order status cannot be set to {status}"
        if not self.is_live:
            return f"Order is already {self.status}"
        if status == self.status:
            return f"Order is already {status}"
        if status != "canceled" and STEPS.index(status) < STEPS.index(self.status):
            return f"Order cannot be moved from {self.status} to {status}"
        if status in ("out_for_delivery", "arrived_at_customer") and not self.delivery:
            return f"A pickup order cannot be {status}"
        return None

    def shown(self) -> JsonObject:
        uber = self.marketplace == "uberEats"
        subtotal = sum(item.full_cents for item in self.cart)
        discounts = sum(item.full_cents - item.paid_cents for item in self.cart)
        total = subtotal - discounts + self.delivery_fee_cents + sum(tax["amountCents"] for tax in self.taxes)
        shopper, medical = self.shopper, self.shopper.buyer_type == "med"
        return {
            "id": self.order_id,
            "status": self.status,
            "timeZone": "America/Denver",
            "createdAt": instant(self.created_at),
            "confirmedAt": instant(self.reached.get("confirmed")),
            "readyAt": instant(self.reached.get("ready")),
            "pickedUpAt": instant(self.reached.get("picked_up")),
            "canceledAt": instant(self.reached.get("canceled")),
            "cancelationReasonCode": self.reason,
            "cancelationReason": CANCEL_REASONS[self.reason] if self.reason else None,
            "firstName": shopper.first_name,
            "lastName": shopper.last_name[0] if uber else shopper.last_name,
            "emailAddress": None if uber else shopper.email,
            "phoneNumber": None if uber else shopper.phone,
            "dateOfBirth": f"{shopper.birth_date.isoformat()}T00:00:00.000Z",
            "fulfillmentMechanism": "delivery" if self.delivery else "pickup",
            "marketplace": self.marketplace,
            "medicalStatus": "medical" if medical else "recreational",
            "medicalCardState": "CO" if medical else None,
            "medicalCardNumber": shopper.medical_id,
            "medicalCardExpiration": _midnight(shopper),
            "paymentPreference": self.payment,
            "subtotal": subtotal,
            "deliveryFee": self.delivery_fee_cents,
            "tip": self.tip_cents,
            "totalDiscounts": discounts,
            "total": total,
            "totalWithTip": total + self.tip_cents,
            "deliveryAddress": self._address() if self.delivery else None,
            "scheduled": self.window is not None,
            "startOfScheduledWindow": instant(self.window[0]) if self.window else None,
            "endOfScheduledWindow": instant(self.window[1]) if self.window else None,
            "cartItems": [item.shown() for item in self.cart],
            "statusChanges": [{"to": status, "createdAt": instant(at)} for status, at in self.changes],
            "taxes": self.taxes,
            "thirdPartyFacilitatorData": (
                {"uberEats": {"customerPhoneCode": "382 390", "proxyPhoneNumber": "+13035550190"}} if uber else None
            ),
        }

    def _address(self) -> JsonObject:
        return {
            "address1": self.shopper.street,
            "address2": None,
            "city": self.shopper.city,
            "county": None,
            "state": "CO",
            "postalCode": self.shopper.zip_code,
            "countryCode": "US",
            "addressType": "residential",
            "coordinates": None,
            "deliveryInstructions": self.instructions,
        }


def _midnight(shopper: Shopper) -> str | None:
    return f"{shopper.medical_id_expires.isoformat()}T00:00:00.000Z" if shopper.medical_id_expires else None
