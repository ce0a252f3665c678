"""A customer and a customer's sale, as the sync reads and keeps them.

What is personal or sensitive is an attribute of `Personal` alone, which rests sealed; the medical id is not even there: it
has a seal of its own, which nothing that renders opens.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple


class DataClass(StrEnum):
    """Who may see a field (field.md, P1)."""

    STAFF = "staff"
    PERSONAL = "personal"
    SENSITIVE = "sensitive"


class Personal(NamedTuple):
    """What tells who somebody is. `mobile` is E.164, or what was typed when it is no number; `birth_date` is ISO or empty."""

    first_name: str = ""
    last_name: str = ""
    email: str = ""
    mobile: str = ""
    address: str = ""
    address2: str = ""
    birth_date: str = ""


class Customer(NamedTuple):
    """A profile of a Flowhub organisation (apis.md 4). Times are UTC, None where the record has none.

    `latitude` and `longitude` are those of the postal code, so a few kilometres wide at best; None is unknown.
    `medical_id` is sealed by the store at once and never read back with the rest.
    """

    fh_id: str
    created_at: datetime | None
    updated_at: datetime | None
    customer_type: str
    is_loyal: bool
    points: int
    city: str
    state: str
    postal_code: str
    country: str
    latitude: float | None
    longitude: float | None
    consents_email: bool
    consents_sms: bool
    groups: tuple[str, ...]
    personal: Personal
    medical_id: str = ""


class BoughtLine(NamedTuple):
    """A line of a sale: cents are for the whole line, before discounts."""

    product: str
    category: str
    is_voided: bool = False


class CustomerSale(NamedTuple):
    """A row of `/v1/orders` as far as profiles need it. Money is cents; times are UTC; `status` is in small letters.

    `order_id` is the row's second id where it has one. `original_id` is the sale that this row gives back, "" for a sale.
    """

    sale_id: str
    order_id: str
    store_id: str
    customer_id: str
    created_at: datetime
    completed_at: datetime | None
    order_type: str
    status: str
    budtender: str
    is_voided: bool
    total_cents: int
    original_id: str
    lines: tuple[BoughtLine, ...]


FIELDS: dict[str, tuple[DataClass, str]] = {
    "first_name": (DataClass.PERSONAL, "customer"),
    "last_name": (DataClass.PERSONAL, "customer"),
    "email": (DataClass.PERSONAL, "customer"),
    "mobile": (DataClass.PERSONAL, "customer"),
    "address": (DataClass.PERSONAL, "customer"),
    "city": (DataClass.PERSONAL, "customer"),
    "state": (DataClass.STAFF, "customer"),
    "postal_code": (DataClass.PERSONAL, "customer"),
    "birth_date": (DataClass.SENSITIVE, "customer"),
    "latitude": (DataClass.PERSONAL, "postal code"),
    "longitude": (DataClass.PERSONAL, "postal code"),
    "fh_id": (DataClass.STAFF, "customer"),
    "fh_cust_type": (DataClass.SENSITIVE, "customer"),
    "fh_isloyal": (DataClass.STAFF, "customer"),
    "fh_points": (DataClass.STAFF, "customer"),
    "fh_products": (DataClass.PERSONAL, "sales"),
    "fh_categories": (DataClass.PERSONAL, "sales"),
    "fh_med_id": (DataClass.SENSITIVE, "customer"),
    "fh_last_budtender": (DataClass.STAFF, "sales"),
    "fh_total_spent": (DataClass.STAFF, "sales"),
    "fh_total_orders": (DataClass.STAFF, "sales"),
    "fh_last_ordertype": (DataClass.STAFF, "sales"),
    "fh_last_orderstatus": (DataClass.STAFF, "sales"),
    "fh_last_orderdate": (DataClass.STAFF, "sales"),
    "first_order_date": (DataClass.STAFF, "sales"),
    "consents_email": (DataClass.STAFF, "customer"),
    "consents_sms": (DataClass.STAFF, "customer"),
    "groups": (DataClass.STAFF, "customer"),
    "home_store": (DataClass.STAFF, "sales"),
}
"""Every field by its token name (DailyStory's guide): who may see it, and whether Flowhub's customer record has it or it is
derived. The README's table is made from this one."""


def birth_date_of(text: str) -> str:
    """An ISO day, or "" for what is none or can't be anybody's."""
    day = text[:10]
    try:
        return day if date.fromisoformat(day).year > 1900 and day[4] == day[7] == "-" else ""
    except (ValueError, IndexError):
        return ""
