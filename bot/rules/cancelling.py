"""Cancelling: the reasons people may give, and Leafly's code for each (apis.md 7.2)."""

from enum import StrEnum

from bot.rules.order_values import Order, Source
from bot.rules.orders import is_open


class Reason(StrEnum):
    CUSTOMER = "customer"
    NOT_PICKED_UP = "not_picked_up"
    OUT_OF_STOCK = "out_of_stock"
    NOT_ALLOWED = "not_allowed"
    POS_PROBLEM = "pos_problem"
    DELIVERY = "delivery"
    DUPLICATE = "duplicate"
    OTHER = "other"


LEAFLY_CODES: dict[Reason, str] = {
    Reason.CUSTOMER: "customer",
    Reason.NOT_PICKED_UP: "not_picked_up",
    Reason.OUT_OF_STOCK: "dispensary",
    Reason.NOT_ALLOWED: "dispensary",
    Reason.POS_PROBLEM: "pos",
    Reason.DELIVERY: "delivery_partner",
    Reason.DUPLICATE: "ecommerce_partner",
    Reason.OTHER: "dispensary",
}

CANCELED_BY_POS = "pos"
"""Leafly's code when Flowhub shows `deleted` and nobody asked us: the guide says no reason carries over from the POS."""


def leafly_code(reason: str) -> str:
    """Leafly's reason code; unknown reasons are the dispensary's, which is Leafly's own default."""
    known = reason_of(reason)
    return LEAFLY_CODES[known] if known else "dispensary"


def reason_of(value: str) -> Reason | None:
    return next((reason for reason in Reason if reason.value == value), None)


def reason_named(text: str) -> Reason | None:
    """The reason a person typed after `/orders cancel ID`, by its name or its beginning ("not picked", "out")."""
    folded = "_".join(text.lower().replace("-", " ").split())
    found = [reason for reason in Reason if folded and reason.value.startswith(folded)]
    return found[0] if len(found) == 1 else None


def is_cancellable(order: Order) -> bool:
    """Whether a cancel may be asked for: another system's order is cancelled there, and one request at a time is enough."""
    waiting = order.cancel is not None and order.cancel.is_waiting
    return order.source is not Source.FLOWHUB and is_open(order) and not waiting


NAG_LIMIT = 6


def nag_after_minutes(first: float, times: int) -> float:
    """Minutes to wait before nag number `times` (from 0): each wait is twice the one before."""
    return float(first * 2**times)
