"""Trees obey the laws of logic, whatever is in them, and a tree that was written down is the same tree."""

import json
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.rules.segments.days import Asof
from bot.rules.segments.facts import Facts
from bot.rules.segments.holding import holds
from bot.rules.segments.moving import Because, movement, reason
from bot.rules.segments.reading import as_json, check, tree_of
from bot.rules.segments.time_alone import crossings, next_change
from bot.rules.segments.trees import AllOf, AnyOf, Condition, Not, Tree, conditions
from bot.rules.segments.trees import Operator as Op
from tests.rules.segments.generated import CONDITIONS, MOMENTS, ODD_ZONES, TREES, ZONES, facts_at

CASES = MOMENTS.flatmap(lambda asof: st.tuples(st.just(asof), facts_at(asof)))
"""A moment, and a customer with dates that lie on its boundaries."""


@settings(max_examples=200, deadline=None)
@given(case=CASES, one=TREES, other=TREES)
def test_logic_holds(case: tuple[Asof, Facts], one: Tree, other: Tree) -> None:
    asof, facts = case

    def is_true(tree: Tree) -> bool:
        return holds(tree, facts, asof)

    assert is_true(Not(one)) is not is_true(one)
    assert is_true(Not(Not(one))) is is_true(one)
    assert is_true(Not(AllOf((one, other)))) is is_true(AnyOf((Not(one), Not(other))))
    assert is_true(Not(AnyOf((one, other)))) is is_true(AllOf((Not(one), Not(other))))
    assert is_true(AllOf((one, other))) is is_true(AllOf((other, one)))
    assert is_true(AnyOf((one, AllOf((one, other))))) is is_true(one)
    assert is_true(AllOf((one, AnyOf((one, other))))) is is_true(one)
    assert is_true(AnyOf((one, Not(one)))) is True
    assert is_true(AllOf((one, Not(one)))) is False


@settings(max_examples=300, deadline=None)
@given(tree=st.recursive(CONDITIONS, lambda inner: st.builds(Not, inner) | st.builds(AllOf, st.tuples(inner, inner))))
def test_what_is_written_down_is_read_back_or_was_too_much(tree: Tree) -> None:
    check_passes = len(list(conditions(tree))) <= 30
    if check_passes and _depth(tree) <= 5:
        check(tree)
        assert tree_of(json.loads(json.dumps(as_json(tree)))) == tree


def _depth(tree: Tree) -> int:
    match tree:
        case Condition():
            return 1
        case Not(part):
            return 1 + _depth(part)
        case AllOf(parts) | AnyOf(parts):
            return 1 + max(map(_depth, parts))


@settings(max_examples=200, deadline=None)
@given(case=CASES, condition=CONDITIONS)
def test_a_relative_date_means_the_local_calendar(case: tuple[Asof, Facts], condition: Condition) -> None:
    """The rule compares moments; here the same is said with dates alone."""
    asof, facts = case
    last = facts.last_order_at
    for days in (1, 2, 30, 60):
        ago = None if last is None else (asof.today - asof.day_of(last)).days
        recent = holds(Condition("fh_last_orderdate", Op.IN_PAST_DAYS, days), facts, asof)
        longer = holds(Condition("fh_last_orderdate", Op.NOT_IN_PAST_DAYS, days), facts, asof)
        between = holds(Condition("fh_last_orderdate", Op.DAYS_AGO_BETWEEN, (1, days)), facts, asof)
        assert recent is (ago is not None and ago < days)
        assert longer is (ago is not None and ago >= days)
        assert between is (ago is not None and 1 <= ago <= days)


@given(
    zone=st.sampled_from(ZONES + ODD_ZONES),
    day=st.dates(date(2015, 1, 1), date(2037, 12, 1)),
    microseconds=st.sampled_from([-1, 0, 1]),
)
@settings(max_examples=300, deadline=None)
def test_a_day_begins_where_its_date_begins(zone: str, day: date, microseconds: int) -> None:
    """Whatever the zone does at midnight: days touch, none is lost, and a moment belongs to the day that its clock shows."""
    asof = Asof(Asof.start(Asof(NOWHEN, zone), day), zone)
    start = asof.start(day)
    moment = start + timedelta(microseconds=microseconds)
    assert (moment >= start) is (asof.day_of(moment) >= day)
    assert timedelta(hours=22) < asof.start(day + timedelta(days=1)) - start < timedelta(hours=26)


NOWHEN = Asof.start(Asof(None, "UTC"), date(2026, 1, 1))  # type: ignore[arg-type]  # `start` needs no moment


@settings(max_examples=200, deadline=None)
@given(case=CASES, tree=TREES, days=st.integers(0, 70))
def test_time_alone_moves_only_those_on_a_crossing(case: tuple[Asof, Facts], tree: Tree, days: int) -> None:
    before, facts = case
    after = before.later(days) if days else before
    dates = {"fh_last_orderdate": facts.last_order_at, "first_order_date": facts.first_order_at}
    crossed = [one for one in crossings(tree, before, after) if (at := dates[one.field]) is not None and at in one.span]
    if holds(tree, facts, before) != holds(tree, facts, after):
        assert crossed
    if not days:
        assert crossings(tree, before, after) == ()


@settings(max_examples=200, deadline=None)
@given(case=CASES, tree=TREES)
def test_the_next_change_is_the_first_day_on_which_anything_changes(case: tuple[Asof, Facts], tree: Tree) -> None:
    asof, facts = case
    now = holds(tree, facts, asof)
    days = (asof.later(days) for days in range(1, 70))
    changed = next((day.today for day in days if holds(tree, facts, day) != now), None)
    assert next_change(tree, facts, asof) == changed


@settings(max_examples=300, deadline=None)
@given(case=CASES, tree=TREES)
def test_every_move_has_a_reason_that_is_one_of_the_segments_conditions(case: tuple[Asof, Facts], tree: Tree) -> None:
    asof, facts = case
    found = reason(tree, facts, asof)
    assert found.because is Because.FACT
    assert found.condition in list(conditions(tree))


@given(before=st.sets(st.sampled_from("abcdefgh")), after=st.sets(st.sampled_from("abcdefgh")))
def test_movement_adds_up(before: set[str], after: set[str]) -> None:
    moved = movement(before, after)
    assert (before | moved.entered) - moved.left == after
    assert not moved.entered & moved.left
    assert not moved.entered & before
    assert moved.left <= before
    assert len(before) + len(moved.entered) - len(moved.left) == len(after)
