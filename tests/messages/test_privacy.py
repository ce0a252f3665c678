"""What must not reach Slack: it is not an attribute of what messages are made from, and no message shows it."""

import inspect
import json
from collections.abc import Iterator
from datetime import date
from typing import Any, get_args, get_type_hints

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from bot.messages import private
from bot.rules.history import Event
from bot.rules.order_values import (
    Address,
    Contact,
    Incoming,
    Item,
    Order,
    OrderedItem,
    Source,
    masked_name,
)
from bot.rules.stores import Credentials, Store
from tests.messages.every_message import WITH_CONTACT, makers, messages, views
from tests.named_orders import DOWNTOWN, JONAH

SEALED: tuple[type[BaseModel], ...] = (Contact, Address, Incoming, OrderedItem, Credentials)
"""What travels sealed and is opened by the verbs that need it."""
NEVER_SHOWN = ("birth_date", "medical_id", "medical_id_expires", "customer_type")


def inside(kind: Any) -> Iterator[type]:
    """The classes that a value of this type can hold, at any depth."""
    if arguments := get_args(kind):
        for argument in arguments:
            yield from inside(argument)
    elif inspect.isclass(kind):
        yield kind
        if issubclass(kind, BaseModel):
            for field in kind.model_fields.values():
                yield from inside(field.annotation)


@pytest.mark.parametrize("view", [Order, Item, Event, Store])
def test_what_messages_are_made_from_has_no_such_attribute(view: type) -> None:
    personal = set(Contact.model_fields) | {"street1", "street2", "contact", "sealed"} | set(Credentials.model_fields)
    for kind in inside(view):
        names = set(getattr(kind, "model_fields", ())) | set(getattr(kind, "__dataclass_fields__", ()))
        assert not names & personal, f"{kind.__name__} would carry it to every message"


@pytest.mark.parametrize("name", sorted(set(makers()) - {WITH_CONTACT}))
def test_no_message_function_is_given_what_is_sealed(name: str) -> None:
    given_to_it = {kind for hint in get_type_hints(makers()[name]).values() for kind in inside(hint)}
    assert not given_to_it & set(SEALED), f"{name} gets more than it may show"


CONSONANTS = st.text("bcdfghjklmnpqrstvwxz", min_size=7, max_size=30)
"""No word of ours has seven consonants in a row, so a hit is a leak."""
DIGITS = st.text("0123456789", min_size=9, max_size=15)
CONTACTS = st.builds(
    Contact,
    first_name=st.text("aeiou", min_size=3, max_size=10),
    last_name=CONSONANTS,
    phone=DIGITS,
    email=CONSONANTS.map(lambda name: f"{name}@example.com"),
    birth_date=st.dates(date(1930, 1, 1), date(2005, 1, 1)).map(str),
    customer_type=st.sampled_from(["med", "rec"]),
    medical_id=DIGITS.map(lambda number: f"MED-{number}"),
    medical_id_expires=st.dates(date(2027, 1, 1)).map(str),
    address=st.builds(
        Address, street1=CONSONANTS, street2=CONSONANTS, city=CONSONANTS, state=st.just("CO"), zip=st.just("80202")
    ),
)


def values_of(contact: Contact) -> list[str]:
    address = contact.address
    assert address is not None
    personal = [contact.last_name, contact.phone, contact.email, contact.birth_date, contact.medical_id]
    return [*personal, contact.medical_id_expires, address.street1, address.street2, address.city]


def everything_sent(order: Order) -> str:
    sent: list[Any] = [[one.text, one.blocks, one.attachments] for _, one in messages(order, DOWNTOWN, "a reason")]
    return json.dumps([*sent, *(view for _, view in views(order, DOWNTOWN, "a reason"))], ensure_ascii=False).casefold()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(contact=CONTACTS, source=st.sampled_from(Source))
def test_no_message_shows_a_contact_value(contact: Contact, source: Source) -> None:
    shopper = masked_name(contact.first_name, contact.last_name)
    sent = everything_sent(JONAH.model_copy(update={"shopper": shopper, "source": source}))
    assert shopper.casefold() in sent
    assert [value for value in values_of(contact) if value.casefold() in sent] == []


@settings(max_examples=50, deadline=None)
@given(contact=CONTACTS)
def test_the_one_who_asked_sees_how_to_reach_the_shopper_and_nothing_else(contact: Contact) -> None:
    shown = private.contact_details(JONAH, contact)
    sent = json.dumps([shown.text, shown.blocks, shown.attachments], ensure_ascii=False)
    assert all(value in sent for value in (contact.last_name, contact.phone, contact.email))
    hidden = [getattr(contact, name) for name in NEVER_SHOWN if name != "customer_type"]
    assert [value for value in hidden if value in sent] == []
    assert '"med"' not in sent
    assert shown.text == f"Contact details for {JONAH.short_id}", "notifications carry the text past the one who asked"


def test_the_masks_hold_for_a_whole_name_in_one_field() -> None:
    sent = everything_sent(JONAH.model_copy(update={"shopper": masked_name("Jonah Reedington", "")}))
    assert "jonah r." in sent
    assert "reedington" not in sent
