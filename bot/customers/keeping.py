"""What of Flowhub's customers may be kept: nobody who was forgotten, and of the others what their stores' states allow."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from bot.rules.customers import Customer, CustomerSale
from bot.rules.state_profiles import Limits, within
from bot.vault import DataKey


class Withheld(Exception):
    """This record is counted, and not kept."""


def ways_to_know(key: DataKey, *, fh_id: str = "", email: str = "", mobile: str = "") -> frozenset[bytes]:
    """Prints of all of these that there are, which nobody can read without the account's key."""
    printed = key.printer("forgotten")
    named = (("id", fh_id), ("email", email.lower()), ("mobile", mobile))
    return frozenset([printed(f"{kind} {value}".encode()) for kind, value in named if value])


@dataclass
class Keeping:
    """For one run. `forgotten` grows when somebody who was forgotten comes back under another id."""

    key: DataKey
    limits: Limits
    forgotten: set[bytes]
    came_back: set[bytes] = field(default_factory=set)
    no_longer: list[str] = field(default_factory=list)
    """Ids that were withheld, of whom there may be a row."""

    def customer(self, one: Customer) -> Customer:
        """Raises Withheld. Called beside the loop."""
        if self.forgotten and self._ways(one) & self.forgotten:
            own = ways_to_know(self.key, fh_id=one.fh_id)
            self.came_back |= own - self.forgotten
            self.forgotten |= own
            self.no_longer.append(one.fh_id)
            raise Withheld
        allowed = within(self.limits, one)
        if allowed is None:
            self.no_longer.append(one.fh_id)
            raise Withheld
        return allowed

    def sale(self, one: CustomerSale) -> CustomerSale:
        """Of somebody forgotten: a sale that names nobody."""
        if self.forgotten and one.customer_id and ways_to_know(self.key, fh_id=one.customer_id) & self.forgotten:
            return one._replace(customer_id="")
        return one

    def learn(self, came_back: Iterable[bytes], no_longer: Iterable[str]) -> None:
        """What a copy of this found out in another process."""
        self.came_back.update(came_back)
        self.forgotten.update(came_back)
        self.no_longer.extend(no_longer)

    def _ways(self, one: Customer) -> frozenset[bytes]:
        personal = one.personal
        return ways_to_know(self.key, fh_id=one.fh_id, email=personal.email, mobile=personal.mobile)
