"""The list of what is imitated is the truth."""

from dataclasses import fields

from bot.sandbox.coverage import routes_of
from bot.sandbox.flowhub import FlowhubStandIn, Switches
from bot.sandbox.flowhub.coverage import COVERAGE, table

from .running import SHOP


def test_the_list_names_exactly_the_routes_that_exist() -> None:
    stand_in = FlowhubStandIn(shop=SHOP)
    assert set(COVERAGE.routes) == routes_of(stand_in.app, stand_in.auth_app)


def test_the_list_names_exactly_the_switches_that_exist() -> None:
    assert COVERAGE.switches == {field.name for field in fields(Switches)}


def test_every_open_question_about_flowhub_has_switches_or_a_reason() -> None:
    assert list(COVERAGE.questions) == [f"A{number}" for number in range(1, 23)]
    assert all(bool(q.switches) != bool(q.no_switch_because) for q in COVERAGE.questions.values())


def test_the_table_for_the_docs_has_a_line_for_each() -> None:
    text = table()
    assert all(f"| `{route}` |" in text for route in COVERAGE.routes)
    assert all(f"`{name}`" in text for name in COVERAGE.switches)
    assert all(what in text for what in COVERAGE.not_imitated)
