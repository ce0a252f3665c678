"""Which of the typed values is wrong, and what store comes of right ones."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest

from bot.rules.checklist import Why
from bot.rules.connecting import (
    NO_STATE,
    Draft,
    Field,
    Pair,
    Place,
    Wishes,
    account_flaws,
    hours_flaws,
    hours_of,
    order_ahead_flaws,
    store_key,
    store_of,
)
from bot.rules.state_profiles import StateProfile

GOOD = "0d702b0b-d88f-486d-a1fc-81b8497f72c6"
KEY = "11111111-2222-4333-8444-555555555555"
ACCOUNT = {Field.CLIENT_ID, Field.KEY}
PAIR = {Field.ORDER_AHEAD_CLIENT_ID, Field.ORDER_AHEAD_TOKEN}
DRAFT = Draft(
    user_id="U0ROSA",
    places=(Place(location_id="L1", import_id="M1", name="Uptown, 2nd floor", time_zone="America/Denver"),),
)


@pytest.mark.parametrize(
    ("why", "pair", "known", "fields"),
    [
        (Why.WORKS, Pair(id=GOOD, secret=KEY), {}, set()),
        (Why.REFUSED, Pair(id=GOOD, secret=KEY), {}, ACCOUNT),
        (Why.REFUSED, Pair(id=GOOD, secret=KEY), {GOOD: "Downtown"}, {Field.KEY}),
        (Why.REFUSED, Pair(id="1234", secret="secret"), {}, {Field.KEY}),
        (Why.REFUSED, Pair(id="oa-client", secret=KEY), {}, {Field.CLIENT_ID}),
        (Why.REFUSED, Pair(id="oa-client", secret="oa-token"), {}, ACCOUNT),
        (Why.ORDER_AHEAD_PAIR, Pair(id="oa-client", secret="oa-token"), {}, ACCOUNT),
        (Why.WRONG_WAY_ROUND, Pair(id=KEY, secret=GOOD), {}, ACCOUNT),
        (Why.BLOCKED, Pair(id=GOOD, secret=KEY), {}, {Field.KEY}),
        (Why.SILENT, Pair(id=GOOD, secret=KEY), {}, {Field.CLIENT_ID}),
    ],
)
def test_which_of_the_accounts_two_values_is_wrong(
    why: Why, pair: Pair, known: dict[str, str], fields: set[Field]
) -> None:
    assert set(account_flaws(why, pair, known)) == fields


@pytest.mark.parametrize(
    ("why", "known", "fields"),
    [
        (Why.WORKS, {}, set()),
        (Why.WORKS, {"oa": "Downtown"}, PAIR),
        (Why.REFUSED, {"oa": "Downtown"}, {Field.ORDER_AHEAD_TOKEN}),
        (Why.REFUSED, {}, PAIR),
        (Why.ACCOUNT_PAIR, {}, PAIR),
        (Why.WRONG_WAY_ROUND, {}, PAIR),
        (Why.SILENT, {}, {Field.ORDER_AHEAD_CLIENT_ID}),
    ],
)
def test_which_of_the_stores_two_values_is_wrong(why: Why, known: dict[str, str], fields: set[Field]) -> None:
    assert set(order_ahead_flaws(why, Pair(id="oa", secret="token"), known)) == fields


def test_hours_are_asked_for_as_a_closing_time() -> None:
    assert hours_of(Wishes(), "America/Denver").always_open
    hours = hours_of(Wishes(closes="21:00"), "America/Denver")
    assert (hours.days[0].opens, hours.days[0].closes) == (time(8), time(21))  # type: ignore[union-attr]
    assert not hours.is_open(datetime(2026, 11, 20, 23, tzinfo=ZoneInfo("America/Denver")))
    assert hours_of(Wishes(closes="21:00"), "Mars/Olympus").zone == "UTC"
    assert set(hours_flaws(Wishes(opens="09:00"))) == {Field.CLOSES}
    assert set(hours_flaws(Wishes(opens="09:00", closes="09:00"))) == {Field.CLOSES}
    assert not hours_flaws(Wishes(opens="09:00", closes="02:00"))


@pytest.mark.parametrize(
    ("name", "key"), [("Uptown", "uptown-7f3a"), ("Uptown, 2nd floor!", "uptown-2nd-floor-7f3a"), ("⛰️", "store-7f3a")]
)
def test_a_stores_key_is_readable_and_not_to_be_guessed(name: str, key: str) -> None:
    assert store_key(name, "7f3a") == key


def test_what_the_modal_does_not_ask_for_stays_as_it_was() -> None:
    wishes = Wishes(location_id="L1", channel="C0UPTOWN", mention="here", closes="21:00", leafly_key="leafly")
    first = store_of(DRAFT, wishes, "uptown-7f3a", account="a1")
    assert (first.name, first.import_id, first.managers) == ("Uptown, 2nd floor", "M1", ("U0ROSA",))
    tuned = first.model_copy(update={"nag_minutes": 3, "managers": ("U0THEO",)})
    again = store_of(DRAFT, Wishes(location_id="L1", channel="C0NEW"), "x", account="a1", before=tuned)
    assert (again.key, again.channel, again.nag_minutes, again.managers) == ("uptown-7f3a", "C0NEW", 3, ("U0THEO",))
    assert (again.leafly_key, again.mention, again.hours) == ("leafly", "here", first.hours)


@pytest.mark.parametrize(
    ("before", "chosen", "after"),
    [("", "", ""), ("", "OR", "OR"), ("OR", "", "OR"), ("OR", "WA", "WA"), ("OR", NO_STATE, "")],
)
def test_what_a_state_lets_a_store_keep_changes_when_it_is_chosen(before: str, chosen: str, after: str) -> None:
    first = store_of(DRAFT, Wishes(location_id="L1", channel="C0UPTOWN"), "uptown-7f3a", account="a1")
    first = first.model_copy(update={"state_profile": StateProfile(before)})
    wishes = Wishes(location_id="L1", channel="C0UPTOWN", state_profile=chosen)
    assert store_of(DRAFT, wishes, "x", account="a1", before=first).state_profile is StateProfile(after)


def test_a_secret_is_not_shown_by_what_holds_it() -> None:
    held = repr(
        [
            Pair(id=GOOD, secret=KEY),
            Draft(user_id="U0ROSA", pair=Pair(secret=KEY), leafly_key=KEY),
            Wishes(leafly_key=KEY),
        ]
    )
    assert KEY not in held
