"""A customer as Flowhub writes it (apis.md section 4), read.

A record of the usual shape is decoded by msgspec into a payload; any other goes through the tolerant readers of `values`,
into the same payload, so that both are judged by the same words. What can't be read at all is `Unreadable`.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import msgspec

from bot.errors import Unreadable
from bot.flowhub import values
from bot.flowhub.fields import flag, moment, odd, reader_of, words
from bot.phones import e164
from bot.places import place_of
from bot.rules.customers import Customer, Personal, birth_date_of
from bot.rules.person_names import split_name


class _Group(msgspec.Struct):
    name: str | None = None


class CustomerPayload(msgspec.Struct):
    id: str | None = None
    underscored: str | None = msgspec.field(default=None, name="_id")
    createdAt: str | None = None  # noqa: N815
    updatedAt: str | None = None  # noqa: N815
    type: str | None = None
    name: str | None = None
    state: str | None = None
    birthDate: str | None = None  # noqa: N815
    isLoyal: bool | None = None  # noqa: N815
    loyaltyPoints: int | Decimal | None = None  # noqa: N815
    phone: str | None = None
    email: str | None = None
    streetAddress1: str | None = None  # noqa: N815
    streetAddress2: str | None = None  # noqa: N815
    city: str | None = None
    zip: str | None = None
    country: str | None = None
    consentsToPromotionalEmail: bool | None = None  # noqa: N815
    consentsToPromotionalSMS: bool | None = None  # noqa: N815
    groups: list[_Group] | None = None
    medId: str | None = None  # noqa: N815


_customer = msgspec.json.Decoder(CustomerPayload)
_CUSTOMER_TEXTS = (
    "id", "_id", "createdAt", "updatedAt", "type", "name", "state", "birthDate", "phone", "email", "streetAddress1",
    "streetAddress2", "city", "zip", "country", "medId",
)  # fmt: skip


def customer(raw: bytes) -> Customer:
    """Raises Unreadable with what is wrong with it."""
    try:
        found = _customer.decode(raw)
    except msgspec.DecodeError:
        found = _odd_customer(odd(raw, "a customer"))
    read = reader_of(raw)
    fh_id = read(found.id) or read(found.underscored)
    if not fh_id:
        raise Unreadable("a customer without an id")
    first, last = split_name(read(found.name))
    phone, postal_code = read(found.phone), read(found.zip)
    if len(postal_code) == 4 and postal_code.isdigit():
        postal_code = f"0{postal_code}"  # written as a number somewhere on its way
    latitude, longitude = place_of(postal_code)
    personal = Personal(
        first,
        last,
        read(found.email).lower(),
        (e164(phone) or phone) if phone else "",
        read(found.streetAddress1),
        read(found.streetAddress2),
        birth_date_of(read(found.birthDate)),
    )
    return Customer(
        fh_id,
        moment(found.createdAt, "createdAt"),
        moment(found.updatedAt, "updatedAt"),
        read(found.type),
        found.isLoyal is True,
        _points(found.loyaltyPoints),
        read(found.city),
        read(found.state),
        postal_code,
        read(found.country),
        latitude,
        longitude,
        # A flag that is not there is no consent (apis.md 4: the only evidence of opt-in).
        found.consentsToPromotionalEmail is True,
        found.consentsToPromotionalSMS is True,
        _names(found.groups) if found.groups else (),
        personal,
        read(found.medId),
    )


def _points(points: int | Decimal | None) -> int:
    if isinstance(points, Decimal):
        return int(points) if points.is_finite() and abs(points) < 10**15 else 0
    return points if points and abs(points) < 10**15 else 0


def _names(groups: list[_Group]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for group in groups if (name := words(group.name))))


def _odd_customer(record: Mapping[str, Any]) -> CustomerPayload:
    texts: dict[str, Any] = {
        ("underscored" if name == "_id" else name): values.text(record, name) for name in _CUSTOMER_TEXTS
    }
    flags: dict[str, Any] = {
        name: flag(record, name) for name in ("isLoyal", "consentsToPromotionalEmail", "consentsToPromotionalSMS")
    }
    groups = record.get("groups")
    if not isinstance(groups, list | None):
        raise Unreadable("groups is not a list")
    named = [
        _Group(values.text(group, "name") if isinstance(group, Mapping) else values.text({"name": group}, "name"))
        for group in groups or ()
    ]
    points = values.number(record, "loyaltyPoints")
    return CustomerPayload(**texts, **flags, groups=named, loyaltyPoints=points)
