"""Which Flowhub organisations a person may act in: customers belong to an organisation, and people to its stores."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.customers.finding import by_sales_id
from bot.errors import NotAllowed, Refused
from bot.rules.permissions import IN_EVERY_STORE, Act, Person
from bot.rules.stores import Store
from handlers.front import Acted, Front


@dataclass(frozen=True)
class Realm:
    """An organisation in which somebody may do what they asked for. `store` is the one they act for in the audit log."""

    person: Person
    account: str
    stores: Sequence[Store]
    store: Store

    @property
    def by_sales_id(self) -> Mapping[str, Store]:
        return by_sales_id(self.stores)


async def realms(front: Front, where: Acted, act: Act) -> list[Realm]:
    """In a store's channel its organisation, elsewhere all of the workspace's. Raises NotAllowed, which says who could."""
    here = front.store_here(where)
    accounts: dict[str, list[Store]] = {}
    for store in front.stores(where):
        accounts.setdefault(store.account, []).append(store)
    chosen = {here.account: accounts[here.account]} if here is not None else accounts
    if not chosen:
        raise Refused("No store is connected yet: /flowhub connect connects the first one.")
    found: list[Realm] = []
    refusal: NotAllowed | None = None
    for account, stores in chosen.items():
        try:
            found.append(await _realm(front, where, act, account, stores, here))
        except NotAllowed as problem:
            refusal = refusal or problem
    if not found and refusal is not None:
        raise refusal
    return found


async def realm_of(front: Front, where: Acted, act: Act, account: str) -> Realm:
    """One that a button or a modal names. Raises NotAllowed; Refused for another workspace's as for one that isn't there."""
    stores = [store for store in front.stores(where) if store.account == account]
    if not stores:
        raise Refused("These stores are no longer set up here.", code="unknown_account")
    return await _realm(front, where, act, account, stores, None)


async def _realm(
    front: Front, where: Acted, act: Act, account: str, stores: Sequence[Store], here: Store | None
) -> Realm:
    first = here or stores[0]
    if act in IN_EVERY_STORE:
        for store in stores:
            person = await front.permitted(where, act, store)
        return Realm(person, account, stores, first)
    refusal: NotAllowed | None = None
    for store in [here] if here is not None else stores:
        try:
            return Realm(await front.permitted(where, act, store), account, stores, store)
        except NotAllowed as problem:
            refusal = refusal or problem
    assert refusal is not None
    raise refusal
