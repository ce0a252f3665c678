"""All that is kept of one customer, as a file for the owner who was asked for it. What is sensitive stays out: the file goes
through Slack."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.customers.finding import audit_name, kept
from bot.customers.forgetting import stores_of
from bot.customers.theirs import theirs
from bot.desk import Desk
from bot.desk.recording import note_deed
from bot.rules.audit import Deed
from bot.rules.customers import FIELDS, DataClass
from bot.rules.order_values import Contact, Order
from bot.rules.permissions import Person
from bot.rules.profiles import Profile
from bot.rules.stores import Store
from bot.store import audit, firings
from bot.store.customers import Kept
from bot.store.firings import Firing
from bot.store.forgetting import Sold

LEFT_OUT = tuple(name for name, (shown_to, _) in FIELDS.items() if shown_to is DataClass.SENSITIVE)


async def export(desk: Desk, account: str, fh_id: str) -> bytes:
    """JSON in UTF-8. Times are UTC, money is cents. Raises Refused when they are no longer kept."""
    stores = stores_of(desk, account)
    one = await kept(desk, account, fh_id)
    found = await theirs(desk, one, stores)
    async with desk.database.read() as tx:
        looked = await audit.about(tx, await audit_name(tx, account, fh_id))
        said = await firings.of_customer(tx, account, fh_id)
    names = {store.import_id or store.location_id: store.name for store in stores}
    by_key = {store.key: store.name for store in stores}
    document = {
        "made_at": desk.now(),
        "about": "All that Order Ahead keeps of this customer. The source is Flowhub, which may keep more.",
        "not_in_this_file": {"fields": LEFT_OUT, "why": "These never pass through Slack; Flowhub shows them."},
        "profile": _profile(one, names),
        "sales": [_sale(sale, names) for sale in found.sales],
        "orders": [_order(order, contact, by_key) for order, contact in found.orders],
        "automations": [_firing(firing, automation) for firing, automation in said],
        "who_looked": [{"at": entry.at, "what": entry.action, "why": entry.reason} for entry in looked],
    }
    return json.dumps(document, ensure_ascii=False, indent=2, default=_spelt).encode()


async def note_export(desk: Desk, account: str, fh_id: str, person: Person, store: Store, reason: str) -> None:
    """Before the file leaves: an export that nobody knows of must not be."""
    async with desk.database.write() as tx:
        name = await audit_name(tx, account, fh_id)
        await note_deed(tx, store, person, Deed.EXPORT_CUSTOMER, name, now=desk.now(), reason=reason)


def _profile(one: Kept, names: Mapping[str, str]) -> dict[str, Any]:
    """Every field of `FIELDS` that is not sensitive, under its name."""
    profile, personal = one.profile or Profile(), one.personal
    known: dict[str, Any] = {
        "first_name": personal.first_name,
        "last_name": personal.last_name,
        "email": personal.email,
        "mobile": personal.mobile,
        "address": " ".join(part for part in (personal.address, personal.address2) if part),
        "city": one.city,
        "state": one.state,
        "postal_code": one.postal_code,
        "latitude": one.latitude,
        "longitude": one.longitude,
        "fh_id": one.fh_id,
        "fh_isloyal": one.is_loyal,
        "fh_points": one.points,
        "fh_products": profile.products,
        "fh_categories": profile.categories,
        "fh_last_budtender": profile.last_budtender,
        "fh_total_spent": profile.total_spent_cents,
        "fh_total_orders": profile.total_orders,
        "fh_last_ordertype": profile.last_order_type,
        "fh_last_orderstatus": profile.last_order_status,
        "fh_last_orderdate": profile.last_order_at,
        "first_order_date": profile.first_order_at,
        "consents_email": one.consents_email,
        "consents_sms": one.consents_sms,
        "groups": one.groups,
        "home_store": names.get(profile.home_store_id, ""),
    }
    return {name: known[name] for name in FIELDS if name not in LEFT_OUT}


def _sale(sale: Sold, names: Mapping[str, str]) -> dict[str, Any]:
    lines: Sequence[tuple[str, str, int]] = json.loads(sale.lines)
    return {
        "at": sale.at,
        "store": names.get(sale.store_id, ""),
        "kind": sale.order_type,
        "status": sale.status,
        "total_cents": sale.total_cents,
        "lines": [{"product": product, "category": category} for product, category, voided in lines if not voided],
    }


def _firing(one: Firing, automation: str) -> dict[str, Any]:
    return {
        "at": one.at,
        "automation": automation,
        "because": one.happened.value,
        "what": one.action.value,
        "dry_run": one.is_dry,
        "said": one.text,
    }


def _order(order: Order, contact: Contact | None, names: Mapping[str, str]) -> dict[str, Any]:
    made: dict[str, Any] = {
        "id": order.short_id,
        "store": names.get(order.store_key, ""),
        "from": order.source.value,
        "arrived_at": order.arrived_at,
        "status": order.status,
        "shopper": order.shopper,
        "items": [{"name": item.name, "quantity": str(item.quantity)} for item in order.items],
        "note": order.note,
    }
    if contact is not None:
        made["contact"] = {
            "name": f"{contact.first_name} {contact.last_name}".strip(),
            "phone": contact.phone,
            "email": contact.email,
            "address": contact.address.model_dump() if contact.address is not None else None,
        }
    return made


def _spelt(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)
