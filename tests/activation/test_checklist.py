"""Each row of the checklist: right, wrong, blocked by a page, and with nobody answering."""

import json
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot import doctor
from bot.activation import checking
from bot.activation.checking import checklist
from bot.activation.examining import examine
from bot.messages.checklist import in_a_terminal, words
from bot.rules.checklist import Check, Line, Mark, Why
from bot.rules.stores import Credentials, Store
from bot.sandbox import Sandbox
from bot.sandbox.wire import Fault
from bot.settings import load
from tests.activation.desk_clerk import Clerk

Spoil = Callable[[Clerk], None]
QUIET = {"order_poll_seconds": 3600, "pos_watch_seconds": 3600}


@pytest.fixture(scope="module")
async def _ward(_shared_sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Clerk]:
    await _shared_sandbox.reset()
    made = Clerk(_shared_sandbox, f"sqlite:///{tmp_path_factory.mktemp('ward')}/orders.db")
    await made.open("downtown", **QUIET)
    yield made
    await made.close()
    await _shared_sandbox.reset()


@pytest.fixture
def ward(_ward: Clerk) -> Iterator[Clerk]:
    """One bot for all rows; what a row spoils is mended after it."""
    yield _ward
    _ward.flowhub.wire.clear()
    _ward.leafly.wire.clear()
    _ward.flowhub.pos.stock = {one.product_id: one.quantity for one in _ward.sandbox.shop.products}


def faulty(stand_in: str, kind: str, path: str, **more: float) -> Spoil:
    def spoil(clerk: Clerk) -> None:
        getattr(clerk, stand_in).wire.add(Fault(kind, path=path, times=None, **more))  # type: ignore[arg-type]

    return spoil


def sold_out(clerk: Clerk) -> None:
    clerk.flowhub.pos.stock = dict.fromkeys(clerk.flowhub.pos.stock, 0.0)


def nothing(_clerk: Clerk) -> None:
    """All is well."""


ROWS: list[tuple[str, Spoil, Check, Why]] = [
    ("the account's key works", nothing, Check.ACCOUNT, Why.WORKS),
    ("the account's key is answered with a page", faulty("flowhub", "html_403", "/v0/clients*"), Check.ACCOUNT, Why.BLOCKED),
    ("the account's locations are slow", faulty("flowhub", "delay", "/v0/clients*", seconds=2), Check.ACCOUNT, Why.SILENT),
    ("the account's locations are garbage", faulty("flowhub", "garbage", "/v0/clients*"), Check.ACCOUNT, Why.SILENT),
    ("a token is issued", nothing, Check.ORDER_AHEAD, Why.WORKS),
    ("no token is issued", faulty("flowhub", "error", "/oauth/*", status=401), Check.ORDER_AHEAD, Why.REFUSED),
    ("the sign-in is answered with a page", faulty("flowhub", "html_403", "/oauth/*"), Check.ORDER_AHEAD, Why.BLOCKED),
    ("the sign-in is slow", faulty("flowhub", "delay", "/oauth/*", seconds=2), Check.ORDER_AHEAD, Why.SILENT),
    ("something is in stock", nothing, Check.STOCK, Why.WORKS),
    ("everything is sold out", sold_out, Check.STOCK, Why.EMPTY),
    ("the inventory is down", faulty("flowhub", "error", "/v0/locations/*"), Check.STOCK, Why.SILENT),
    ("postbacks reach us", nothing, Check.POSTBACK, Why.WORKS),
    ("the bot is in the channel", nothing, Check.CHANNEL, Why.WORKS),
    ("Leafly knows the key", nothing, Check.LEAFLY, Why.WORKS),
    ("Leafly is down", faulty("leafly", "error", "*"), Check.LEAFLY, Why.SILENT),
    ("nobody said that Order Ahead is enabled", nothing, Check.ENABLED, Why.ASKED),
]  # fmt: skip


async def checked(clerk: Clerk, **changed: str) -> dict[Check, Line]:
    assert clerk.bot is not None
    desk, office = clerk.bot.desk, clerk.bot.office
    store, credentials = desk.store("downtown"), desk.credentials("downtown")
    of_store = {name: value for name, value in changed.items() if name in Store.model_fields}
    of_pair = {name: value for name, value in changed.items() if name in Credentials.model_fields}
    lines = await checklist(office, store.model_copy(update=of_store), credentials.model_copy(update=of_pair))
    return {one.check: one for one in lines}


@pytest.mark.parametrize(("spoil", "check", "why"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
async def test_a_row_says_what_was_found_and_how_to_mend_it(
    ward: Clerk, monkeypatch: pytest.MonkeyPatch, spoil: Spoil, check: Check, why: Why
) -> None:
    if why is Why.SILENT:
        monkeypatch.setattr(checking, "PATIENCE_SECONDS", 0.7)
    spoil(ward)
    found = (await checked(ward))[check]
    assert found.why is why, in_a_terminal(found)
    assert all(words(found)) or found.mark is Mark.GOOD or why is Why.SILENT


WRONG_VALUES: list[tuple[dict[str, str], Check, Why]] = [
    ({"flowhub_key": "11111111-2222-4333-8444-555555555555"}, Check.ACCOUNT, Why.REFUSED),
    ({"location_id": "nowhere"}, Check.ACCOUNT, Why.NOT_AMONG),
    ({"import_id": "another"}, Check.ACCOUNT, Why.WRONG_IMPORT),
    ({"order_ahead_token": "old"}, Check.ORDER_AHEAD, Why.REFUSED),
    ({"channel": "C0NOWHERE"}, Check.CHANNEL, Why.ABSENT),
    ({"leafly_key": "another"}, Check.LEAFLY, Why.ABSENT),
    ({"leafly_key": ""}, Check.LEAFLY, Why.NOT_USED),
]


async def test_each_wrong_value_shows_in_its_own_row(ward: Clerk) -> None:
    for changed, check, why in WRONG_VALUES:
        found = await checked(ward, **changed)
        assert found[check].why is why, (changed, in_a_terminal(found[check]))


async def test_the_channel_is_looked_at_and_not_believed(ward: Clerk) -> None:
    general = ward.sandbox.general
    assert (await checked(ward, channel=general))[Check.CHANNEL].why is Why.OUTSIDE
    await ward.slack.archive(ward.channel)
    found = await checked(ward)
    await ward.slack.unarchive(ward.channel)
    assert found[Check.CHANNEL].why is Why.ARCHIVED


async def test_without_an_address_of_ours_polling_is_enough(ward: Clerk) -> None:
    assert ward.bot is not None
    desk = ward.bot.desk
    ours = desk.public_url
    for address, why in (("", Why.POLLING), ("http://127.0.0.1:9", Why.NOT_FROM_HERE), (ours, Why.WORKS)):
        desk.public_url = address
        assert (await checked(ward))[Check.POSTBACK].why is why


async def test_the_doctor_sees_a_clock_that_is_off_and_scopes_that_are_missing(ward: Clerk) -> None:
    assert ward.bot is not None
    desk, office = ward.bot.desk, ward.bot.office
    found = {(line.check, line.why) for line in await examine(office, [""])}
    assert {(Check.CLOCK, Why.WORKS), (Check.SCOPES, Why.WORKS), (Check.QUEUE, Why.WORKS)} <= found
    real = desk.now
    desk.now = lambda: real() + timedelta(minutes=10)
    ward.slack.switches.withheld_scopes = ("groups:read",)
    try:
        lines = await examine(office, [""])
    finally:
        desk.now = real
        ward.slack.switches.withheld_scopes = ()
    clocks = [line for line in lines if line.check is Check.CLOCK]
    assert [line.why for line in clocks] == [Why.FAST, Why.FAST]
    assert {"Flowhub", "Slack"} == {line.detail.split()[0] for line in clocks}
    (scopes,) = [line for line in lines if line.check is Check.SCOPES]
    assert (scopes.why, scopes.detail) == (Why.MISSING, "groups:read")


async def test_the_doctor_says_the_same_in_slack_and_in_a_terminal(ward: Clerk) -> None:
    assert ward.bot is not None
    said: list[str] = []
    await doctor.examine(ward.bot.settings, say=said.append, as_json=True)
    (answer,) = said
    found = {(one["check"], one["about"], one["why"]) for one in json.loads(answer)}
    own = {(line.check.value, line.about, line.why.value) for line in await examine(ward.bot.office, [""])}
    assert found == own
    await ward.types("doctor", channel=ward.channel)
    told = await ward.told("All is well")
    for line in (
        "*Slack*",
        "*Slack scopes*",
        "*Clock*",
        "*Database*",
        "*Downtown*",
        "*Account key*",
        "*Order Ahead token*",
    ):
        assert line in told
    seen = ward.slack.ephemerals(ward.owner)[-1]
    await ward.press(ward.owner, seen, "order_ahead_is_on")
    await ward.told("Noted: Order Ahead is enabled at Downtown")
    assert (await checked(ward))[Check.ENABLED].why is Why.SAID_SO


async def test_the_doctor_works_before_there_is_a_database(ward: Clerk, tmp_path: Path) -> None:
    settings = load(ward.sandbox.environment(database_url=f"sqlite:///{tmp_path}/none.db"))
    said: list[str] = []
    assert await doctor.examine(settings, say=said.append)
    assert sum("Account key" in line for line in said) == 3
    assert ward.sandbox.shop.key not in "\n".join(said)
