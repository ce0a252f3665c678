"""A segment while it is built: nothing of it is lost, and what is typed again is the same condition."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import Refused
from bot.rules.segments.building import (
    Draft,
    Group,
    How,
    Leaf,
    asked_by,
    at,
    draft_of,
    group_of,
    turned,
    with_group,
    with_part,
    without,
)
from bot.rules.segments.catalogue import STARTERS, archived, starters
from bot.rules.segments.days import Asof
from bot.rules.segments.holding import holds
from bot.rules.segments.naming import meant
from bot.rules.segments.trees import AllOf, AnyOf, Condition, Near, Not
from bot.rules.segments.trees import Operator as Op
from bot.rules.segments.turns import is_due
from bot.rules.segments.typing_in import as_typed, typed
from tests.messages.test_digest_and_segments import CONDITIONS
from tests.rules.segments.generated import some_facts

NOON = datetime(2026, 11, 22, 19, 0, tzinfo=UTC)
ONE, TWO = Condition("fh_total_orders", Op.AT_LEAST, 1), Condition("fh_points", Op.LESS_THAN, 5)
TREES = st.recursive(
    st.sampled_from([ONE, TWO, STARTERS[1].tree]),
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: AllOf(tuple(parts)))
        | st.lists(inner, min_size=1, max_size=3).map(lambda parts: AnyOf(tuple(parts)))
        | inner.map(Not)
    ),
    max_leaves=6,
)


@settings(max_examples=200)
@given(TREES, st.integers(0, 10_000))
def test_what_is_taken_apart_and_put_together_again_asks_for_the_same_people(tree: object, seed: int) -> None:
    asof = Asof(NOON, "America/Denver")
    facts = some_facts(random.Random(seed), asof, "c1")  # noqa: S311
    built = group_of(tree)  # type: ignore[arg-type]
    assert holds(asked_by(built), facts, asof) == holds(tree, facts, asof)  # type: ignore[arg-type]
    draft = Draft("T1", "U1", "green mesa", "own", "Regulars", built, (0, 1), 7)
    assert draft_of(draft.as_json()) == draft


def test_what_is_no_draft_of_a_segment_is_none() -> None:
    assert draft_of('{"workspace": "T1", "user_id": "U1"}') is None
    assert draft_of("[]") is None


def test_parts_come_go_and_turn_in_the_group_that_is_shown() -> None:
    group = with_part(with_part(Group(), (), Leaf(ONE)), (), Group(How.ANY))
    group = with_part(group, (1,), Leaf(TWO))
    assert asked_by(group) == AllOf((ONE, TWO))
    group = turned(with_part(group, (1,), Leaf(ONE)), (1,), 0)
    assert asked_by(group) == AllOf((ONE, AnyOf((Not(TWO), ONE))))
    assert asked_by(with_group(group, (1,), replace(at(group, (1,)), how=How.NONE))) == AllOf(
        (ONE, Not(AnyOf((Not(TWO), ONE))))
    )
    assert asked_by(without(group, (), 0)) == AnyOf((Not(TWO), ONE))
    assert with_part(group, (), Leaf(TWO), 0).parts[0] == Leaf(TWO)


def _thirty() -> Group:
    group = Group()
    for _ in range(30):
        group = with_part(group, (), Leaf(ONE))
    return group


REFUSED: list[tuple[Callable[[], object], str]] = [
    (lambda: asked_by(Group()), "A group needs at least one condition."),
    (lambda: asked_by(Group(parts=(Group(How.ANY),))), "A group needs at least one condition."),
    (lambda: at(Group(parts=(Leaf(ONE),)), (0,)), "no longer there"),
    (lambda: without(Group(), (), 0), "no longer there"),
    (lambda: turned(Group(), (), -1), "no longer there"),
    (lambda: turned(Group(parts=(Group(),)), (), 0), "no longer there"),
    (lambda: with_part(_thirty(), (), Leaf(ONE)), "at most 30 conditions"),
    (lambda: with_part(Group(parts=(Group(),)), (0, 0, 0), Group()), "at most 5 deep"),
]


@pytest.mark.parametrize(("work", "sentence"), REFUSED)
def test_what_cannot_be_is_refused_in_words(work: Callable[[], object], sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        work()


@pytest.mark.parametrize("condition", CONDITIONS, ids=str)
def test_a_condition_that_is_changed_begins_with_what_was_typed(condition: Condition) -> None:
    def place(_code: str) -> tuple[float | None, float | None]:
        value = condition.value
        return (value.latitude, value.longitude) if isinstance(value, Near) else (None, None)

    assert typed(condition.field, condition.operator, as_typed(condition), place) == condition


def test_a_segment_is_meant_by_its_name_or_the_beginning_or_a_part_of_it() -> None:
    known = [*starters(), archived(replace(starters()[3], name="Summer", key="s"))]
    assert [one.key for one in meant("spent more than $100", known)] == ["spent_100"]
    assert [one.key for one in meant(" “Ordered” ", known)] == ["more_than_once"]
    assert [one.key for one in meant("past", known)] == ["lapsed_60", "new_30"]
    assert [one.key for one in meant("lapsed_60", known)] == ["lapsed_60"]
    assert [one.key for one in meant("summer", known)] == ["s"]
    assert meant("sum", known) == meant("", known) == []


HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
MIDNIGHT = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
"""In Denver; in New York it is two in the morning."""
DUE: list[tuple[list[datetime | None], list[str], datetime, bool]] = [
    ([], ["America/Denver"], NOON, False),
    ([NOON, None], ["America/Denver"], NOON, True),
    ([NOON], ["America/Denver"], NOON + HOUR - MINUTE, False),
    ([NOON, NOON - MINUTE], ["America/Denver"], NOON + HOUR - MINUTE, True),
    ([NOON], ["America/Denver"], NOON + HOUR, True),
    ([MIDNIGHT - MINUTE], ["America/New_York"], MIDNIGHT, False),
    ([MIDNIGHT - MINUTE], ["America/New_York", "America/Denver"], MIDNIGHT, True),
    ([MIDNIGHT], ["America/New_York", "America/Denver"], MIDNIGHT + MINUTE, False),
    ([MIDNIGHT], ["America/Denver"], MIDNIGHT - HOUR, False),
]


@pytest.mark.parametrize(("counted_at", "zones", "now", "due"), DUE)
def test_when_an_account_is_due(
    counted_at: list[datetime | None], zones: list[str], now: datetime, *, due: bool
) -> None:
    assert is_due(counted_at, zones, now=now) is due
