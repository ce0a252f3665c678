"""Messages and modals about customers and syncs: Slack takes each, whatever somebody is called, and what is sensitive has no
way into one."""

from collections.abc import Callable, Iterator
from dataclasses import fields
from datetime import timedelta
from inspect import getmembers, isfunction
from typing import Any, get_type_hints

import pytest

from bot.messages import customers, sync
from bot.messages.parts import Block, Message
from bot.rules.customer_sync import Count, Report, RunKind, RunState
from bot.rules.customer_views import Details, Shown, masked_customer, masked_email, masked_mobile
from bot.rules.customers import FIELDS, Customer, DataClass, Personal
from bot.rules.forgetting import Receipt, Rewriting
from bot.rules.sync_telling import Underway, time_left
from tests.messages.reading import mentions, mentions_in, what_slack_would_refuse, what_slack_would_refuse_to_open
from tests.messages.test_every_message import NASTY
from tests.named_orders import NOON, minutes

MODULES = (customers, sync)
NAMING_PEOPLE = {"goes_on", "left"}
"""They say who answered a question, in its place."""


def shown(words: str) -> Shown:
    return Shown(
        ref="green-mesa/1",
        fh_id=words,
        account="green-mesa",
        name=masked_customer(words, words),
        email=masked_email(words),
        mobile=masked_mobile(words),
        state=words,
        is_loyal=True,
        points=12,
        consents_email=True,
        consents_sms=False,
        groups=(words,) * 30,
        home_store=words,
        total_spent_cents=123_456,
        total_orders=7,
        first_order_at=NOON,
        last_order_at=NOON,
        last_order_type=words,
        last_order_status=words,
        last_budtender=words,
    )


def underway(words: str = "", *, total: int | None = None) -> Underway:
    return Underway(NOON, NOON, NOON + minutes(1), words, words, 500, total, is_first=True)


def messages(words: str) -> Iterator[tuple[str, Message]]:
    one = shown(words)
    yield "customer_help", customers.customer_help()
    yield "not_readable", customers.not_readable()
    yield "nobody", customers.nobody()
    yield "nobody", customers.nobody(never_synced=True)
    yield "still_loading", customers.still_loading()
    yield "several", customers.several([one] * 20, [words] * 9)
    yield "profile", customers.profile(one)
    refused = (("C0DOWNTOWN", "A07", words),) * 60
    yield "forgotten_receipt", customers.forgotten_receipt(Receipt("AB12", 3, 2, 9, 1), Rewriting(2))
    yield "forgotten_receipt", customers.forgotten_receipt(Receipt("AB12", 80, 80), Rewriting(2, refused))
    yield "export_message", customers.export_message()
    yield "progress", sync.progress(underway())
    yield "progress", sync.progress(underway(words, total=10_000))
    for state in RunState:
        report = Report(words, RunKind.NIGHTLY, state, NOON, 3.2, Count(9, 1, 1, 4, 1, 1, 1), problem=words)
        yield "ended", sync.ended(report, "green-mesa")
    yield "already", sync.already(None)
    yield "already", sync.already(underway(words))
    yield "started", sync.started("C0DOWNTOWN")
    yield "goes_on", sync.goes_on("U0ROSA")
    yield "left", sync.left("U0ROSA")


def views(words: str) -> Iterator[tuple[str, Block]]:
    one = shown(words)
    details = Details(words, words, words, words, (words,) * 40, (words,) * 40)
    yield "reveal_modal", customers.reveal_modal(one, "green-mesa/1 C0", error="Please choose a reason.")
    yield "details_view", customers.details_view(one, details)
    yield "details_view", customers.details_view(one, Details("", "", "", ""))
    yield "forget_modal", customers.forget_modal(one, "green-mesa/1 C0", error=customers.NOT_SURE)
    yield "forgotten", customers.forgotten(Receipt("AB12", 3, 2))
    yield "export_modal", customers.export_modal(one, "green-mesa/1 C0")
    yield "exported", customers.exported()


@pytest.mark.parametrize("words", [*NASTY, "Jonah Reed"], ids=lambda words: repr(words[:12]))
def test_slack_takes_them_whatever_somebody_is_called(words: str) -> None:
    for name, message in messages(words):
        assert (name, what_slack_would_refuse(message)) == (name, [])
        assert name in NAMING_PEOPLE or (name, mentions(message)) == (name, [])
    for name, view in views(words):
        assert (name, what_slack_would_refuse_to_open(view)) == (name, [])
        assert (name, mentions_in(view)) == (name, [])


def test_every_message_about_customers_is_in_these_tests() -> None:
    here = {name for name, _ in [*messages("x"), *views("x")]} | {"asks_for_reason"}
    makers: dict[str, Callable[..., Any]] = {
        name: function
        for module in MODULES
        for name, function in getmembers(module, isfunction)
        if function.__module__ == module.__name__ and not name.startswith("_")
    }
    assert set(makers) == here


def test_what_messages_are_made_from_has_no_sensitive_attribute() -> None:
    sensitive = {name.removeprefix("fh_") for name, (kind, _) in FIELDS.items() if kind is DataClass.SENSITIVE}
    sensitive |= {"medical_id", "customer_type", "personal", "sealed"}
    for view in (Shown, Details):
        assert not {field.name for field in fields(view)} & sensitive
    given_to_them = {
        hint
        for module in MODULES
        for _, function in getmembers(module, isfunction)
        if function.__module__ == module.__name__
        for hint in get_type_hints(function).values()
    }
    assert not given_to_them & {Customer, Personal}


MASKED = [
    (("Jonah", "Reed"), "Jonah R."),
    (("", "Cher"), "Cher"),
    (("", ""), "Guest"),
    (("Maria", "de la Cruz"), "Maria D."),
]


@pytest.mark.parametrize(("name", "mask"), MASKED)
def test_masked_names(name: tuple[str, str], mask: str) -> None:
    assert masked_customer(*name) == mask


def test_masked_addresses_and_numbers() -> None:
    assert [masked_email(one) for one in ("jonah@reed.example", "nonsense", "")] == ["j…@…", "…", ""]
    assert [masked_mobile(one) for one in ("+13035550102", "12", "")] == ["…02", "…", ""]


def test_an_estimate_is_given_where_one_can_be() -> None:
    assert time_left(underway("customers", total=1500)) == timedelta(minutes=2)
    assert time_left(underway("customers")) is None
    assert time_left(underway("customers", total=400)) == timedelta(0)
