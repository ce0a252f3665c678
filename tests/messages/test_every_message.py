"""Whatever somebody writes into an order, every message about it is one that Slack takes, and calls nobody."""

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.messages import calls, private
from bot.messages.parts import Message
from bot.rules.lateness import Clock
from bot.rules.order_values import CancelRequest, Item, Kind, Order, Placing, Source
from bot.rules.orders import Status
from bot.rules.stores import Store
from tests.messages.every_message import NAMED, NAMING_PEOPLE, WITH_CONTACT, makers, messages, views
from tests.messages.reading import (
    all_texts,
    mentions,
    mentions_in,
    text_objects,
    what_slack_would_refuse,
    what_slack_would_refuse_to_edit,
    what_slack_would_refuse_to_open,
)
from tests.named_orders import DOWNTOWN, JONAH, NOON, NORA, WALT, cancel_asked, claimed, minutes, now_in

NASTY = [
    "<!channel>", "<!here>", "<@U0123ABC>", "<#C0123ABC>", "<!subteam^S0123>", "<https://evil.example|Cashier>", "@channel",
    "&lt;!channel&gt;", "&amp;lt;", "&", "*bold* _slanted_ ~gone~ `code` ```block```", "> quote\n> quote", "\u202egnorw\u202c",
    "שלום עולם", "مرحبا", "🌿" * 20, "👨‍👩‍👧‍👦", "\x00\x07\x1b[31m", "\ud800", "\"quoted\" \\ back", ":smile:",
    "\u200b" * 9, "", " ", "\n\n", "x" * 10_000, "<!channel>" * 1_000, "&" * 10_000, "🌿" * 10_000, "ש" * 10_000, "\\" * 10_000,
    "*_~`" * 2_500,
]  # fmt: skip
WORDS = st.sampled_from(NASTY) | st.text(max_size=300) | st.lists(st.sampled_from(NASTY), max_size=4).map(" ".join)
MOMENTS = st.integers(0, 600).map(lambda number: NOON + minutes(number))
MAYBE = st.none() | MOMENTS
CENTS = st.integers(-(10**12), 10**12)

ITEMS = st.builds(
    Item,
    name=WORDS,
    quantity=st.decimals(min_value=0, max_value=Decimal(10**12), allow_nan=False, allow_infinity=False),
    unit_price_cents=st.none() | CENTS,
    deal=WORDS,
    matched=st.booleans(),
)
CANCELS = st.none() | st.builds(
    CancelRequest,
    asked_at=MOMENTS,
    asked_by=WORDS,
    asked_by_id=st.just("U0THEO"),
    reason=WORDS,
    proved_at=MAYBE,
    too_late_at=MAYBE,
)
ORDERS = st.builds(
    Order,
    key=st.just("3f2a" * 8),
    store_key=st.just("downtown"),
    source=st.sampled_from(Source),
    source_id=WORDS.map(lambda words: words[:100]),
    short_id=st.sampled_from(["A07", "Y9999"]),
    kind=st.sampled_from(Kind),
    shopper=WORDS,
    items=st.lists(ITEMS, max_size=3).flatmap(lambda few: st.sampled_from([tuple(few), tuple(few) * 30])),
    note=WORDS,
    total_cents=st.none() | CENTS,
    total_is_final=st.booleans(),
    placed_at=MOMENTS,
    requested_from=MAYBE,
    requested_until=MAYBE,
    placing=st.sampled_from(Placing),
    placing_problem=WORDS,
    status=st.sampled_from([status.value for status in Status]) | WORDS,
    vanished_at=MAYBE,
    reopened_at=MAYBE,
    arrived_at=MOMENTS,
    started_at=MAYBE,
    ready_at=MAYBE,
    closed_at=MAYBE,
    claimed_by=WORDS,
    cancel=CANCELS,
    late=st.sampled_from(["", *(clock.value for clock in Clock)]),
)
STORES = st.builds(lambda name: DOWNTOWN.model_copy(update={"name": name[:60] or "Store"}), WORDS)

UNMATCHED = Item(name="🌿" * 500, quantity=Decimal("1.123"), unit_price_cents=10**9, deal="🌿" * 500, matched=False)
EVERYTHING_AT_ONCE = cancel_asked(claimed(now_in("ready", NORA), "&" * 200)).model_copy(
    update={
        "shopper": "🌿" * 100,
        "note": "🌿" * 10_000,
        "items": (
            Item(name="🌿" * 500, quantity=Decimal("1.123"), unit_price_cents=10**9, deal="🌿" * 500, matched=False),
        )
        * 200,
        "placing": Placing.UNSURE,
        "placing_problem": "&" * 1_000,
        "vanished_at": NOON,
        "late": "ready",
        "reopened_at": NOON,
        "source_id": "🌿" * 16,
        "source": Source.FLOWHUB,
    }
)

NAMED_PRIVATELY = {f"<@{person}>" for person in NAMED[0]} | {f"<!subteam^{group}>" for group in NAMED[1]}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(order=ORDERS, store=STORES, words=WORDS)
@example(order=EVERYTHING_AT_ONCE, store=DOWNTOWN, words="🌿" * 10_000)
@example(order=EVERYTHING_AT_ONCE, store=DOWNTOWN, words="<!channel>" * 1_000)
@example(order=EVERYTHING_AT_ONCE, store=DOWNTOWN, words="\\" * 10_000)
def test_slack_takes_every_message_and_nobody_is_called(order: Order, store: Store, words: str) -> None:
    for name, message in messages(order, store, words):
        assert (name, what_slack_would_refuse(message)) == (name, [])
        called = set(mentions(message)) - (NAMED_PRIVATELY if name in NAMING_PEOPLE else set())
        assert (name, called) == (name, set())
        if name == "order_card":
            assert what_slack_would_refuse_to_edit(message) == []
    for name, view in views(order, store, words):
        assert (name, what_slack_would_refuse_to_open(view)) == (name, [])
        called = set(mentions_in(view)) - (NAMED_PRIVATELY if name in NAMING_PEOPLE else set())
        assert (name, called) == (name, set())


@pytest.mark.parametrize("mention", ["S0CREW", "here", "channel", ""])
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(order=ORDERS)
def test_only_the_second_rung_calls_people_and_only_whom_the_store_named(mention: str, order: Order) -> None:
    store = DOWNTOWN.model_copy(update={"mention": mention})
    message = calls.late_mention(order, Clock.SEEN, store, NOON)
    named = {"S0CREW": "<!subteam^S0CREW>", "": None}.get(mention, f"<!{mention}>")
    assert what_slack_would_refuse(message) == []
    assert set(mentions(message)) == ({named} if named else set())
    assert mentions(calls.late_reply(order, Clock.SEEN, NOON)) == []


@pytest.mark.parametrize("order", [JONAH, NORA, WALT, EVERYTHING_AT_ONCE], ids=lambda order: order.shopper[:8])
def test_notifications_say_no_more_than_the_card(order: Order) -> None:
    """What `text` says is repeated by e-mail, lock screens and exports: each part of it stands on the card too."""
    message = dict(messages(order, DOWNTOWN, ""))["order_card"]
    on_the_card = "\n".join(text["text"] for text in text_objects([message.blocks, message.attachments]))
    counted = f"{len(order.items)} item"
    for part in message.text.split(" · "):
        assert part.startswith(counted) or part in on_the_card
    assert all(attachment["fallback"] == message.text for attachment in message.attachments)


def test_no_escape_is_made_twice_and_none_is_cut_in_half() -> None:
    order = JONAH.model_copy(update={"shopper": "Tom & Jerry <3", "note": "&" * 10_000, "items": NORA.items * 40})
    texts = [text for _, message in messages(order, DOWNTOWN, "&" * 10_000) for text in all_texts(message)]
    texts += [text["text"] for _, view in views(order, DOWNTOWN, "&" * 10_000) for text in text_objects(view)]
    assert not any("&amp;amp;" in text or "&amp;lt;" in text for text in texts)
    assert all(text.count("&") == text.count("&amp;") + text.count("&lt;") + text.count("&gt;") for text in texts)
    assert not any(text.count("<!date") > text.count("UTC>") for text in texts)


def test_every_message_of_the_house_is_in_these_tests() -> None:
    here = {name for name, _ in messages(JONAH, DOWNTOWN, "")} | {name for name, _ in views(JONAH, DOWNTOWN, "")}
    assert set(makers()) == here | {"late_mention", WITH_CONTACT}, "a message without a row in every_message.py"


def test_a_refusal_quotes_nobodys_mention() -> None:
    quoted = private.refusal("<!channel> asked to cancel A07 already.")
    assert isinstance(quoted, Message)
    assert quoted.text == "&lt;!channel&gt; asked to cancel A07 already."
