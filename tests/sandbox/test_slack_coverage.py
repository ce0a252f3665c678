"""The list of what is imitated is the truth."""

import ast
from dataclasses import fields
from pathlib import Path

from bot.sandbox import slack
from bot.sandbox.coverage import routes_of
from bot.sandbox.slack import Switches, coverage
from bot.sandbox.slack.block_types import BLOCKS
from bot.sandbox.slack.coverage import COVERAGE, table
from bot.sandbox.slack.events import SCOPES
from bot.sandbox.slack.methods import METHODS
from tests.contracts.slack_office import an_office

SOURCE = Path(slack.__file__).parent


def test_the_list_names_exactly_the_methods_that_answer() -> None:
    assert list(coverage.METHODS) == sorted(METHODS)


def test_the_list_names_exactly_the_blocks_that_are_checked() -> None:
    assert list(coverage.BLOCKS) == sorted(BLOCKS)


def test_the_list_names_exactly_the_switches_that_exist() -> None:
    assert COVERAGE.switches == {field.name for field in fields(Switches)}


async def test_the_list_names_exactly_the_routes_that_are_served() -> None:
    async with an_office() as office:
        assert set(COVERAGE.routes) == routes_of(office.slack.app)


def test_every_event_that_needs_a_scope_is_listed() -> None:
    assert set(SCOPES) <= set(coverage.EVENTS)


def test_every_interaction_is_sent_somewhere() -> None:
    words = "".join(path.read_text() for path in SOURCE.glob("*.py") if path.name != "coverage.py")
    assert [kind for kind in coverage.INTERACTIONS if f'"{kind}"' not in words] == []


def test_the_table_for_the_docs_has_a_line_for_each() -> None:
    text = table()
    named = (*COVERAGE.routes, *COVERAGE.switches, *coverage.METHODS, *coverage.INTERACTIONS, *coverage.BLOCKS)
    assert [name for name in named if f"`{name}`" not in text] == []


def test_the_stand_in_imports_nothing_of_ours_outside_the_sandbox() -> None:
    """A stand-in that shared the bot's parser would agree with the bot's mistakes."""
    imported = {
        node.module or ""
        for path in SOURCE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom)
    }
    assert [name for name in imported if name.split(".")[0] in {"handlers", "sync"}] == []
    assert [name for name in imported if name.startswith("bot") and not name.startswith("bot.sandbox")] == []
