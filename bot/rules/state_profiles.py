"""What a law lets a store keep of its customers (field.md: Oregon, Washington). Chosen for each store; not legal advice.

Customers belong to a Flowhub organisation and not to a store, so the strictest of its stores' profiles holds for all of them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from bot.rules.customers import Customer, Personal


class StateProfile(StrEnum):
    NONE = ""
    OREGON = "OR"
    """SB 863: nothing that comes from an ID is kept, and nothing at all of whoever did not opt in."""
    WASHINGTON = "WA"
    """My Health My Data Act: what is not needed for an order takes consent of its own; numbers are kept, people are not."""


@dataclass(frozen=True)
class Limits:
    """What may be kept. All of it, unless a profile says otherwise."""

    only_consenting: bool = False
    without_ids: bool = False
    """No birth date, no medical id."""
    without_people: bool = False
    """No name, contact, address, or type of customer."""

    @property
    def name(self) -> str:
        """Two sets of limits that keep different things have different names."""
        chosen = {"consenting": self.only_consenting, "no ids": self.without_ids, "no people": self.without_people}
        return ", ".join(name for name, counts in chosen.items() if counts)


def limits_of(profiles: Iterable[StateProfile]) -> Limits:
    chosen = set(profiles)
    return Limits(
        only_consenting=StateProfile.OREGON in chosen,
        without_ids=bool(chosen & {StateProfile.OREGON, StateProfile.WASHINGTON}),
        without_people=StateProfile.WASHINGTON in chosen,
    )


def within(limits: Limits, one: Customer) -> Customer | None:
    """What of a customer is kept; None for nobody. Consent is either of Flowhub's flags, the only evidence of an opt-in."""
    if limits.only_consenting and not (one.consents_email or one.consents_sms):
        return None
    if limits.without_people:
        return one._replace(
            personal=Personal(),
            medical_id="",
            customer_type="",
            city="",
            postal_code="",
            latitude=None,
            longitude=None,
            groups=(),
        )
    if limits.without_ids:
        return one._replace(personal=one.personal._replace(birth_date=""), medical_id="")
    return one
