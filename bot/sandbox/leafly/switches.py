"""What differs between Leafly as documented and Leafly as one may meet it. The defaults are the documented values."""

from dataclasses import dataclass
from typing import Literal


@dataclass
class Switches:
    """Plain values; change one and the next event sees it."""

    acknowledge_within_seconds: float = 15 * 60
    readable_after_end_seconds: float = 24 * 60 * 60
    token_lifetime_seconds: float = 3600
    webhook_timeout_seconds: float = 9.0
    # Three retries after 15–25, 15–35 and 30–60 seconds; the scale shortens all of them.
    retry_wait_scale: float = 1.0
    webhooks_twice: bool = False
    # Which id of the point of sale the menu feed gave Leafly; nobody says.
    variant_ids: Literal["variant", "product", "sku"] = "variant"
    # The spec says UUID; an example that goes round has a number.
    numeric_order_ids: bool = False
    # Documented as an expectation on integrators, not as a refusal.
    refuse_straight_to_picked_up: bool = False
