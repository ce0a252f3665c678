"""Modals and messages about stores and their connection: Slack takes each, whatever a store or a location is called, and
no secret ever comes back in one."""

from collections.abc import Callable, Iterator
from inspect import getmembers, isfunction
from typing import Any, get_type_hints

import pytest

from bot.messages import checklist, connecting, flowhub, resting, rotating, status
from bot.messages.connecting import SENTENCES, sentence_of
from bot.messages.parts import Block, Message
from bot.rules.checklist import Check, Line, Mark, Why, line
from bot.rules.connecting import Draft, Field, Flaw, Pair, Place, Wishes
from bot.rules.status import StoreStatus
from bot.rules.stores import Origin, Store, StoreState
from tests.messages.reading import (
    mentions,
    mentions_in,
    view_as_read,
    what_slack_would_refuse,
    what_slack_would_refuse_to_open,
)
from tests.messages.test_every_message import NASTY
from tests.named_orders import DOWNTOWN, JONAH, NOON, minutes

MODULES = (checklist, connecting, flowhub, resting, rotating, status)
PAIR = Pair(id="canary-client-id", secret="canary-secret")


def every_line(words: str) -> list[Line]:
    return [line(check, why, words, "Downtown") for check, why in checklist.WORDS]


def draft(words: str, places: int) -> Draft:
    named = tuple(Place(location_id=f"L{number}", name=words[:500]) for number in range(places))
    return Draft(user_id="U0ROSA", pair=PAIR, places=named, order_ahead=PAIR, leafly_key="canary-leafly")


def flaws(words: str) -> dict[Field, Flaw]:
    return {field: Flaw(why=why, detail=words) for field, why in SENTENCES}


def messages(store: Store, words: str) -> Iterator[tuple[str, Message]]:
    yield "welcome", checklist.welcome(store, [line(Check.ENABLED, Why.ASKED)])
    yield "welcome", checklist.welcome(store, every_line(words)[:8])
    yield "findings", checklist.findings([])
    yield "findings", checklist.findings(every_line(words)[:12])
    asked = line(Check.ENABLED, Why.ASKED, about=store.name)
    yield "findings", checklist.findings([asked], [store, store.model_copy(update={"key": "uptown"})])
    yield "noted", checklist.noted(store)
    yield "flowhub_help", flowhub.flowhub_help()
    yield "unknown_subcommand", flowhub.unknown_subcommand(words, "")
    yield "unknown_subcommand", flowhub.unknown_subcommand(words, "connect")
    for what in ("paused", "resumed", "removed"):
        yield "told", resting.told(store, what, words)
    yield "nothing_paused", resting.nothing_paused()
    yield "resumed", resting.resumed(store)
    yield "which_store", resting.which_store([store] * 30, "rotate")
    now = NOON + minutes(90)
    full = StoreStatus(
        store, Origin.SLACK, StoreState.ACTIVE, NOON, NOON, 3, NOON, NOON, NOON, NOON, minutes(5), (words,) * 5
    )
    paused = StoreStatus(store, Origin.SETTINGS, StoreState.PAUSED, NOON, NOON, postbacks_reach_us=False)
    yield "status", status.status([], now)
    yield "status", status.status([full, paused], now)


def views(store: Store, words: str) -> Iterator[tuple[str, Block]]:
    metadata = "a-name-that-nobody-guesses C0DOWNTOWN"
    yield "account_modal", connecting.account_modal(metadata)
    yield "account_modal", connecting.account_modal(metadata, flaws=flaws(words))
    names = {f"account-{number}": [words, "Downtown"] for number in range(120)}
    yield "choose_account_modal", connecting.choose_account_modal(metadata, names)
    for places in (1, 100, 101, 230):
        made = draft(words, places)
        groups = [(words, f"S{number}") for number in range(120)]
        known = [words] * 20
        wishes = Wishes(location_id="L0", channel="C0UPTOWN", opens="09:00", closes="21:00", mention="S1")
        yield (
            "store_modal",
            connecting.store_modal(metadata, made, {"L0": " · paused"}, groups, known=known, wishes=wishes),
        )
        unproved = made.model_copy(update={"order_ahead": Pair(), "leafly_key": ""})
        yield "store_modal", connecting.store_modal(metadata, unproved, {}, [], flaws=flaws(words))
    yield "checking", connecting.checking(connecting.READING)
    yield "connected", connecting.connected(store, every_line(words)[:8])
    yield "disconnect_modal", resting.disconnect_modal(store, [], metadata, is_paused=True)
    yield "disconnect_modal", resting.disconnect_modal(store, [JONAH] * 120, metadata, is_paused=False)
    yield "done", resting.done(store, resting.PAUSE)
    yield "done", resting.done(store, resting.REMOVE)
    yield "rotate_modal", rotating.rotate_modal(store, metadata, siblings=[words] * 20)
    yield "rotate_modal", rotating.rotate_modal(store, metadata, siblings=[], flaws=flaws(words))
    yield "rotated", rotating.rotated(store, [words] * 30, order_ahead=True)


def store_called(words: str) -> Store:
    return DOWNTOWN.model_copy(update={"name": words[:60] or "Store"})


@pytest.mark.parametrize("words", [*NASTY, "Uptown, 2nd floor"], ids=lambda words: repr(words[:12]))
def test_slack_takes_them_whatever_a_store_is_called(words: str) -> None:
    for name, message in messages(store_called(words), words):
        assert (name, what_slack_would_refuse(message)) == (name, [])
        assert (name, mentions(message)) == (name, [])
    for name, view in views(store_called(words), words):
        assert (name, what_slack_would_refuse_to_open(view)) == (name, [])
        assert (name, mentions_in(view)) == (name, [])


def test_what_was_typed_is_in_no_later_view() -> None:
    for name, view in views(DOWNTOWN, "Uptown"):
        assert "canary" not in str(view), name
        assert "canary" not in view_as_read(view), name


def test_every_flaw_has_its_own_sentence_that_names_the_value() -> None:
    for (field, why), text in SENTENCES.items():
        said = sentence_of(field, Flaw(why=why, detail="Downtown"))
        assert said
        assert len(said) < 200
        assert ("…" in text) == ("Downtown" in said)


def test_a_finding_says_how_to_mend_it_in_both_places() -> None:
    for one in every_line("Downtown"):
        found, fix = checklist.words(one)
        in_terminal = checklist.in_a_terminal(one)
        assert in_terminal.startswith(checklist.MARKS[one.mark])
        assert not set("`*<>") & set(in_terminal)
        assert found
        if one.mark is Mark.WRONG:
            assert fix in checklist.spoken(one)


def test_every_message_about_stores_is_in_these_tests() -> None:
    here = {name for name, _ in messages(DOWNTOWN, "")} | {name for name, _ in views(DOWNTOWN, "")}
    makers: dict[str, Callable[..., Any]] = {
        name: function
        for module in MODULES
        for name, function in getmembers(module, isfunction)
        if function.__module__ == module.__name__
        and not name.startswith("_")
        and get_type_hints(function)["return"] in {Message, Block}
    }
    assert set(makers) == here
