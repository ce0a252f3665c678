"""What can happen to an order. A loud event earns a line in the card's thread; a quiet one rides along with the next."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Happened(StrEnum):
    ORDER_RECEIVED = "order_received"
    PLACED = "placed"
    PLACING_UNSURE = "placing_unsure"
    PLACING_REFUSED = "placing_refused"
    FOUND_BY_HAND = "found_by_hand"
    SENT_AGAIN = "sent_again"
    STATUS_CHANGED = "status_changed"
    VANISHED = "vanished"
    CLAIMED = "claimed"
    RELEASED = "released"
    CONTACT_REVEALED = "contact_revealed"
    CANCEL_ASKED = "cancel_asked"
    CANCEL_PROVED = "cancel_proved"
    CANCEL_TOO_LATE = "cancel_too_late"
    ACKNOWLEDGED = "acknowledged"
    LEAFLY_TOLD = "leafly_told"
    LEAFLY_REFUSED = "leafly_refused"
    STOREFRONT_TOLD = "storefront_told"
    STOREFRONT_NOT_TOLD = "storefront_not_told"
    LATE = "late"


QUIET = frozenset(
    {Happened.ORDER_RECEIVED, Happened.ACKNOWLEDGED, Happened.LEAFLY_TOLD, Happened.STOREFRONT_TOLD, Happened.LATE}
)


@dataclass(frozen=True)
class Event:
    """A line of an order's history: when, what, who ("" for nobody), and through what ("Slack", "postback", …).

    `detail` holds words and numbers, never personal data.
    """

    at: datetime
    kind: Happened
    who: str = ""
    through: str = ""
    detail: dict[str, Any] = field(default_factory=dict)
    seq: int = 0

    @property
    def is_loud(self) -> bool:
        return self.kind not in QUIET
