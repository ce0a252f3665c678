"""What Leafly should be told, and when. Leafly's statuses only go forward, and the same one is refused (apis.md 7.2)."""

from datetime import datetime, timedelta

from bot.rules.cancelling import CANCELED_BY_POS, leafly_code
from bot.rules.order_values import Order, Placing
from bot.rules.orders import Status, known_status, stage_of

FORWARD = ("pending", "confirmed", "ready", "out_for_delivery", "arrived_at_customer", "picked_up")
ENDS = {"picked_up", "canceled", "expired"}

ACKNOWLEDGE_AHEAD = timedelta(minutes=2)
"""How long before its deadline an order is acknowledged even though Flowhub has not taken it: it is on its card by then."""


def worth_telling(order: Order) -> str | None:
    """The status that Leafly should hear next, or None."""
    if order.leafly_told in ENDS:
        return None
    if order.cancel is not None and order.cancel.is_waiting:
        return "canceled"
    wanted = stage_of(order.status).leafly
    if wanted is None or wanted == order.leafly_told:
        return None
    if wanted in ENDS:
        return wanted
    return wanted if FORWARD.index(wanted) > FORWARD.index(order.leafly_told) else None


def cancelation_code(order: Order) -> str:
    if order.cancel is not None:
        return leafly_code(order.cancel.reason)
    if known_status(order.status) is Status.UNABLE_TO_COMPLETE:
        return "delivery_partner"
    return CANCELED_BY_POS if known_status(order.status) is Status.DELETED else "dispensary"


def acknowledge_at(order: Order, now: datetime) -> datetime | None:
    """When to acknowledge to Leafly: at once when the order is in Flowhub or a person has been asked, else just in time."""
    if order.acknowledged_at is not None or order.acknowledge_by is None:
        return None
    if order.placing is not Placing.WAITING:
        return now
    return order.acknowledge_by - ACKNOWLEDGE_AHEAD
