"""What segments know of one customer: nothing that rests sealed, so that a segment is evaluated without opening a seal."""

from datetime import datetime
from typing import NamedTuple

from bot.rules.customers import Customer
from bot.rules.profiles import Profile


class Facts(NamedTuple):
    """Money is cents, times are UTC and None where unknown; degrees are those of the postal code."""

    fh_id: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""
    latitude: float | None = None
    longitude: float | None = None
    has_email: bool = False
    has_mobile: bool = False
    is_loyal: bool = False
    points: int = 0
    groups: tuple[str, ...] = ()
    consents_email: bool = False
    consents_sms: bool = False
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


def facts_of(customer: Customer, profile: Profile | None = None) -> Facts:
    """Without a profile: somebody who never bought."""
    bought = profile or Profile()
    return Facts(
        fh_id=customer.fh_id,
        city=customer.city,
        state=customer.state,
        postal_code=customer.postal_code,
        latitude=customer.latitude,
        longitude=customer.longitude,
        has_email=bool(customer.personal.email),
        has_mobile=bool(customer.personal.mobile),
        is_loyal=customer.is_loyal,
        points=customer.points,
        groups=customer.groups,
        consents_email=customer.consents_email,
        consents_sms=customer.consents_sms,
        total_spent_cents=bought.total_spent_cents,
        total_orders=bought.total_orders,
        first_order_at=bought.first_order_at,
        last_order_at=bought.last_order_at,
        last_order_type=bought.last_order_type,
        last_order_status=bought.last_order_status,
        last_budtender=bought.last_budtender,
        products=bought.products,
        categories=bought.categories,
        home_store_id=bought.home_store_id,
    )


def reachable_by_sms(facts: Facts) -> bool:
    return facts.consents_sms and facts.has_mobile


def reachable_by_email(facts: Facts) -> bool:
    return facts.consents_email and facts.has_email
