"""What of Flowhub's customers may be kept: nobody who was forgotten, and of the others what their stores' states allow."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from bot.desk import Desk
from bot.rules.customers import Customer, CustomerSale
from bot.rules.state_profiles import Limits, limits_of, within
from bot.rules.stores import Store
from bot.store import Tx, forgetting
from bot.vault import DataKey


class Withheld(Exception):
    """This record is counted, and not kept."""


def ways_to_know(key: DataKey, *, fh_id: str = "", email: str = "", mobile: str = "") -> frozenset[bytes]:
    """Prints of all of these that there are, which nobody can read without the account's key."""
    printed = key.printer("forgotten")
    named = (("id", fh_id), ("email", email.lower()), ("mobile", mobile))
    return frozenset([printed(f"{kind} {value}".encode()) for kind, value in named if value])


def limits_for(stores: Iterable[Store]) -> Limits:
    return limits_of(store.state_profile for store in stores)


@dataclass
class Keeping:
    """For one run. `forgotten` grows when somebody who was forgotten comes back under another id."""

    key: DataKey
    limits: Limits
    forgotten: set[bytes]
    came_back: set[bytes] = field(default_factory=set)
    no_longer: list[str] = field(default_factory=list)
    """Ids that were withheld, of whom there may be a row."""

    @classmethod
    async def of(cls, tx: Tx, account: str, stores: Iterable[Store], key: DataKey) -> "Keeping":
        return cls(key, limits_for(stores), set(await forgetting.prints(tx, account)))

    def customer(self, one: Customer) -> Customer:
        """Raises Withheld. Called in a worker thread."""
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

    def _ways(self, one: Customer) -> frozenset[bytes]:
        personal = one.personal
        return ways_to_know(self.key, fh_id=one.fh_id, email=personal.email, mobile=personal.mobile)


async def settle(desk: Desk, account: str, keeping: Keeping) -> None:
    """After a run has written, and before profiles are derived: whoever may not be kept is gone.

    Somebody may have been forgotten while the run had them laid aside, so those who are forgotten now are looked for again.
    """
    async with desk.database.write() as tx:
        if keeping.came_back:
            await forgetting.remember(tx, account, keeping.came_back, at=desk.now())
        gone = set(keeping.no_longer)
        meanwhile = await forgetting.prints(tx, account) - keeping.forgotten
        if meanwhile:
            printed = {one: ways_to_know(keeping.key, fh_id=one) for one in await forgetting.everybody(tx, account)}
            gone |= {one for one, ways in printed.items() if ways & meanwhile}
        if gone:
            await forgetting.erase_customers(tx, account, sorted(gone), at=desk.now())
        if keeping.limits.only_consenting:
            await forgetting.unname_strangers(tx, account)


async def keep_within_limits(desk: Desk) -> int:
    """Where a profile was chosen for a store that had customers already: whoever did not agree goes now. What else it
    limits goes with the next nightly run, which reads every record anew. Returns how many went."""
    accounts: dict[str, list[Store]] = {}
    for store in desk.stores.values():
        accounts.setdefault(store.account, []).append(store)
    gone = 0
    for account, stores in accounts.items():
        if limits_for(stores).only_consenting:
            async with desk.database.write() as tx:
                some = await forgetting.without_consent(tx, account)
                await forgetting.erase_customers(tx, account, some, at=desk.now())
            gone += len(some)
    return gone
