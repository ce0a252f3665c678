"""Customers, sales and profiles as rows that the bulk writers take. It knows no database: it also runs where there is none."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec

from bot.rules.customers import Customer, CustomerSale
from bot.rules.profiles import Profile
from bot.vault import DataKey

Packed = tuple[Any, ...]
"""A value for each column of its table, as the database takes it; nobody outside the store looks inside."""
AsStored = Callable[[datetime | None], Any]

_written = msgspec.json.Encoder().encode


def as_text(moment: datetime | None) -> str | None:
    """As SQLAlchemy writes a time for SQLite; `moment` is in UTC. `isoformat` would take three times as long."""
    if moment is None:
        return None
    written = _written(moment).decode()
    return f"{written[1:11]} {written[12:20]}{written[20:-2] or '.000000'}"


def as_it_is(moment: datetime | None) -> datetime | None:
    """For PostgreSQL."""
    return moment


class Packer:
    """Values to rows of one account, in the order of the table's columns; used in a thread or a process beside the loop."""

    def __init__(self, account: str, key: DataKey, as_stored: AsStored) -> None:
        self._account = account
        self._key = key
        self._as_stored = as_stored
        self._email, self._mobile = key.printer("email"), key.printer("mobile")

    def __reduce__(self) -> tuple[Any, ...]:
        return Packer, (self._account, self._key, self._as_stored)

    def customer(self, print_: bytes, one: Customer) -> Packed:
        personal, as_stored = one.personal, self._as_stored
        about = f"{self._account} {one.fh_id}"
        return (
            self._account,
            one.fh_id,
            print_,
            as_stored(one.created_at),
            as_stored(one.updated_at),
            one.customer_type,
            one.is_loyal,
            one.points,
            one.city,
            one.state,
            one.postal_code,
            one.country,
            one.latitude,
            one.longitude,
            one.consents_email,
            one.consents_sms,
            json.dumps(one.groups, ensure_ascii=False) if one.groups else "[]",
            self._email(personal.email.encode()) if personal.email else None,
            self._mobile(personal.mobile.encode()) if personal.mobile else None,
            self._key.seal(msgspec.json.encode(personal), about),
            self._key.seal(one.medical_id.encode(), f"{about} medical id") if one.medical_id else None,
            None,
        )

    def sale(self, print_: bytes, one: CustomerSale) -> Packed:
        return (
            self._account,
            one.sale_id,
            print_,
            one.order_id,
            one.store_id,
            one.customer_id,
            self._as_stored(one.created_at),
            self._as_stored(one.completed_at),
            one.order_type,
            one.status,
            one.budtender,
            one.is_voided,
            one.total_cents,
            one.original_id,
            msgspec.json.encode([(line.product, line.category, int(line.is_voided)) for line in one.lines]).decode(),
            None,
        )

    def profile(self, fh_id: str, one: Profile) -> Packed:
        return (
            self._account,
            fh_id,
            one.total_spent_cents,
            one.total_orders,
            self._as_stored(one.first_order_at),
            self._as_stored(one.last_order_at),
            one.last_order_type,
            one.last_order_status,
            one.last_budtender,
            json.dumps(one.products, ensure_ascii=False),
            json.dumps(one.categories, ensure_ascii=False),
            one.home_store_id,
        )
