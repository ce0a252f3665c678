"""Finding one customer by phone, e-mail address or Flowhub id, and what of it people may see."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.desk import Desk
from bot.errors import Refused
from bot.phones import e164
from bot.rules.customer_views import Details, Shown, masked_customer, masked_email, masked_mobile, ref_of
from bot.rules.profiles import Profile
from bot.rules.stores import Store
from bot.store import Tx
from bot.store.customers import Kept, data_key_of, find

MOST_ASKED = 100
_SLACKS_OWN = re.compile(r"^<(?:mailto|tel):([^|>]+)(?:\|[^>]*)?>$")
"""How Slack writes an address or a number that it recognised."""
_PHONE = re.compile(r"^\+?[\d\s().-]{7,25}$")
_ID = re.compile(r"^[\w.:-]{1,80}$")


@dataclass(frozen=True)
class Asked:
    """One of the three is not empty; a phone number may also be an id of digits."""

    fh_id: str = ""
    email: str = ""
    mobile: str = ""

    def __repr__(self) -> str:
        return "Asked(…)"


def asked_for(text: str) -> Asked | None:
    """What somebody typed; None when it is neither a phone number nor an e-mail address nor an id."""
    text = text.strip().strip("“”\"'")
    if found := _SLACKS_OWN.match(text):
        text = found[1].strip()
    if not text or len(text) > MOST_ASKED:
        return None
    if "@" in text:
        local, _, domain = text.rpartition("@")
        fits = bool(local) and "." in domain and not re.search(r"\s", text)
        return Asked(email=text.lower()) if fits else None
    if _PHONE.match(text) and (mobile := e164(text)):
        return Asked(mobile=mobile, fh_id=text if _ID.match(text) else "")
    return Asked(fh_id=text) if _ID.match(text) else None


async def look_for(tx: Tx, account: str, asked: Asked) -> Sequence[Kept]:
    """Those it fits. Of a number that is a phone and could be an id, the phone counts first."""
    if asked.email:
        return await find(tx, account, email=asked.email)
    if asked.mobile and (found := await find(tx, account, mobile=asked.mobile)):
        return found
    return await find(tx, account, fh_id=asked.fh_id) if asked.fh_id else []


async def kept(desk: Desk, account: str, fh_id: str) -> Kept:
    """Raises Refused when there is no such customer any more."""
    async with desk.database.read() as tx:
        found = await find(tx, account, fh_id=fh_id)
    if not found:
        raise Refused("This customer is no longer kept here.", code="unknown_customer")
    return found[0]


async def audit_name(tx: Tx, account: str, fh_id: str) -> str:
    """What the audit log calls a customer: the same for the same one, and nothing that Flowhub or a person would know."""
    key = await data_key_of(tx, account)
    return f"customer {key.printer('audit')(fh_id.encode()).hex()[:16]}" if key is not None else "customer"


def shown(one: Kept, stores: Mapping[str, Store]) -> Shown:
    """`stores` are the account's, by the id that its sales name."""
    profile, personal = one.profile or Profile(), one.personal
    home = stores.get(profile.home_store_id)
    return Shown(
        ref=ref_of(one.account, one.fh_id),
        fh_id=one.fh_id,
        account=one.account,
        name=masked_customer(personal.first_name, personal.last_name),
        email=masked_email(personal.email),
        mobile=masked_mobile(personal.mobile),
        state=one.state,
        is_loyal=one.is_loyal,
        points=one.points,
        consents_email=one.consents_email,
        consents_sms=one.consents_sms,
        groups=one.groups,
        home_store=home.name if home is not None else "",
        total_spent_cents=profile.total_spent_cents,
        total_orders=profile.total_orders,
        first_order_at=profile.first_order_at,
        last_order_at=profile.last_order_at,
        last_order_type=profile.last_order_type,
        last_order_status=profile.last_order_status,
        last_budtender=profile.last_budtender,
    )


def details(one: Kept) -> Details:
    profile, personal = one.profile or Profile(), one.personal
    street = " ".join(part for part in (personal.address, personal.address2) if part)
    place = " ".join(part for part in (one.state, one.postal_code) if part)
    return Details(
        name=" ".join(part for part in (personal.first_name, personal.last_name) if part),
        email=personal.email,
        mobile=personal.mobile,
        address=", ".join(part for part in (street, one.city, place) if part),
        products=profile.products,
        categories=profile.categories,
    )


def by_sales_id(stores: Sequence[Store]) -> dict[str, Store]:
    """An account's stores by the id that its sales name (apis.md 3.1)."""
    return {store.import_id or store.location_id: store for store in stores}
