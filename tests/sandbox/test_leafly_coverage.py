"""The list of what is imitated is the truth."""

from dataclasses import fields

from bot.sandbox.coverage import routes_of
from bot.sandbox.leafly import LeaflyStandIn, Switches
from bot.sandbox.leafly.coverage import COVERAGE, EVENTS, table
from bot.sandbox.leafly.webhooks import TRIED_AGAIN

from .running import SHOP


async def test_the_list_names_exactly_the_routes_that_exist() -> None:
    stand_in = LeaflyStandIn(shop=SHOP)
    assert set(COVERAGE.routes) == routes_of(stand_in.app, stand_in.auth_app)


def test_the_list_names_exactly_the_switches_that_exist() -> None:
    assert COVERAGE.switches == {field.name for field in fields(Switches)}


def test_the_list_says_which_events_are_tried_again() -> None:
    assert {event for event, when in EVENTS.items() if "three retries" in when} == set(TRIED_AGAIN)


def test_the_table_for_the_docs_has_a_line_for_each() -> None:
    text = table()
    assert all(f"`{name}`" in text for name in (*COVERAGE.routes, *COVERAGE.switches, *EVENTS))
