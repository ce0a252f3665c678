"""What somebody may ask for, what they are told when it makes no sense, and what they typed."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Refused
from bot.places import place_of
from bot.rules.customers import FIELDS, DataClass
from bot.rules.segments.catalogue import (
    MOST_SEGMENTS,
    STARTERS,
    State,
    archived,
    copied,
    edited,
    made,
    paused,
    resumed,
    starters,
)
from bot.rules.segments.fields import NOT_ASKED, OPERATORS, SEGMENT_FIELDS, Kind
from bot.rules.segments.reading import as_json, check, tree_of
from bot.rules.segments.trees import AllOf, Condition, Near, Not, Tree
from bot.rules.segments.trees import Operator as Op
from bot.rules.segments.typing_in import typed

TREE = STARTERS[0].tree


def condition(field: str = "fh_total_orders", operator: str = "more_than", value: Any = 1) -> dict[str, Any]:
    return {"field": field, "operator": operator, "value": value}


def test_every_field_can_be_asked_for_or_has_a_reason_why_not() -> None:
    sensitive = {name for name, (kind, _) in FIELDS.items() if kind is DataClass.SENSITIVE}
    assert set(SEGMENT_FIELDS) | set(NOT_ASKED) | sensitive == set(FIELDS)
    assert set(SEGMENT_FIELDS).isdisjoint(sensitive | set(NOT_ASKED))
    assert {field.kind for field in SEGMENT_FIELDS.values()} == set(Kind) == set(OPERATORS)
    assert {operator for some in OPERATORS.values() for operator in some} == set(Op)


@pytest.mark.parametrize("name", ["birth_date", "fh_cust_type", "fh_med_id", "address", "no_such_field"])
def test_what_may_not_be_asked_for_is_no_field_at_all(name: str) -> None:
    with pytest.raises(Refused, match="is no field that a segment can ask for"):
        tree_of(condition(name, "is_one_of", ["x"]))
    with pytest.raises(Refused, match="is no field"):
        check(Condition(name, Op.IS_ONE_OF, ("x",)))


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ({}, "A segment is made of"),
        ([], "A segment is made of"),
        (None, "A segment is made of"),
        ("all", "A segment is made of"),
        ({"all": [condition()], "any": []}, "A segment is made of"),
        ({"all": []}, "A group needs at least one condition."),
        ({"any": []}, "A group needs at least one condition."),
        ({"not": {"all": []}}, "A group needs at least one condition."),
        ({"not": {"not": {"not": {"not": {"not": condition()}}}}}, "at most 5 deep"),
        ({"all": [condition()] * 31}, "at most 30 conditions"),
        (condition(operator="rm -rf"), "nothing that can be asked"),
        (condition(operator="contains"), "Orders can't be asked “contains”."),
        (condition(value="1"), "Orders: a whole number from 0 to 1,000,000,000,000 is needed."),
        (condition(value=1.5), "a whole number"),
        (condition(value=-1), "a whole number"),
        (condition(value=True), "a whole number"),
        (condition(value=None), "a whole number"),
        (condition(value={}), "a whole number"),
        (condition(value=10**13), "a whole number"),
        (condition("fh_total_spent", value="100"), "Total spent: a whole number .* is needed \\(in cents\\)."),
        (condition(operator="between", value=[5]), "two numbers are needed"),
        (condition(operator="between", value=[5, 1]), "the smaller number stands first"),
        (condition("fh_last_orderdate", "in_past_days", 0), "Last order: a number of days from 1 to 3,650"),
        (condition("fh_last_orderdate", "in_past_days", 3651), "a number of days"),
        (condition("fh_last_orderdate", "days_ago_between", [9, 1]), "the smaller number of days stands first"),
        (condition("fh_last_orderdate", "before", "yesterday"), "a day is written like 2026-01-31"),
        (condition("fh_last_orderdate", "before", 20260131), "a day is written like 2026-01-31"),
        (condition("fh_last_orderdate", "before", "0001-01-01"), "a day from 2000 to 2100"),
        (condition("fh_last_orderdate", "between_days", ["2026-02-01", "2026-01-01"]), "the earlier day"),
        (condition("fh_last_orderdate", "between_days", "2026"), "two days are needed"),
        (condition("consents_sms", "is", "yes"), "Agreed to texts: yes or no is needed."),
        (condition("city", "contains", " "), "City: a word is needed."),
        (condition("city", "contains", "x" * 201), "at most 200 letters"),
        (condition("city", "contains", "a\x00b"), "can't be seen"),
        (condition("city", "contains", "\ud800"), "can't be seen"),
        (condition("city", "is_one_of", []), "at least one word"),
        (condition("city", "is_one_of", ["a"] * 101), "at most 100 words"),
        (condition("city", "is_one_of", ["a", 7]), "a word is needed"),
        (condition("city", "is_one_of", "Denver"), "at least one word"),
        (condition("postal_code", "in_areas", ["somewhere nice"]), "a postal code, or how it begins"),
        (condition("postal_code", "near", {"miles": 3}), "a place needs a postal code"),
        (condition("postal_code", "near", "80202"), "a place needs a postal code"),
        (
            condition("postal_code", "near", {"postal_code": "80202", "latitude": 90, "longitude": 0, "miles": 1}),
            "not on the map",
        ),
        (
            condition("postal_code", "near", {"postal_code": "80202", "latitude": "nan", "longitude": 0, "miles": 1}),
            "not on the map",
        ),
        (
            condition("postal_code", "near", {"postal_code": "80202", "latitude": 39, "longitude": 0, "miles": 501}),
            "up to 500 miles",
        ),
    ],
)
def test_nonsense_is_refused_with_a_sentence(written: Any, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        tree_of(written)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from([*Op, *FIELDS]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["all", "any", "not", "field", "operator", "value"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(written=JSON, value=JSON, field=st.sampled_from([*FIELDS]), operator=st.sampled_from([*Op]))
def test_whatever_comes_is_a_tree_or_is_refused(written: Any, value: Any, field: str, operator: str) -> None:
    for candidate in (written, condition(field, operator, value)):
        try:
            tree = tree_of(candidate)
        except Refused:
            continue
        assert tree_of(as_json(tree)) == tree


@pytest.mark.parametrize(
    ("field", "operator", "words", "value"),
    [
        ("fh_total_spent", Op.MORE_THAN, "$1,200", 1_200_00),
        ("fh_total_spent", Op.MORE_THAN, " 99.5 ", 99_50),
        ("fh_total_spent", Op.BETWEEN, "$50 and $100", (50_00, 100_00)),
        ("fh_total_spent", Op.BETWEEN, "50–100", (50_00, 100_00)),
        ("fh_total_orders", Op.AT_LEAST, "10", 10),
        ("fh_total_orders", Op.AT_LEAST, "٣", 3),
        ("fh_last_orderdate", Op.IN_PAST_DAYS, "60 days", 60),
        ("fh_last_orderdate", Op.DAYS_AGO_BETWEEN, "45 to 59", (45, 59)),
        ("fh_last_orderdate", Op.SINCE, "2026-01-31", date(2026, 1, 31)),
        ("fh_last_orderdate", Op.ON, "1/31/2026", date(2026, 1, 31)),
        ("fh_last_orderdate", Op.BETWEEN_DAYS, "2026-01-01 to 2026-01-31", (date(2026, 1, 1), date(2026, 1, 31))),
        ("consents_email", Op.IS, "Yes", True),
        ("mobile", Op.IS_KNOWN, "no", False),
        ("fh_categories", Op.INCLUDE_ANY, "Flower, Edibles\nFlower", ("Flower", "Edibles")),
        ("fh_products", Op.ANY_CONTAINS, "gummies", "gummies"),
        ("postal_code", Op.IN_AREAS, "802, 80301", ("802", "80301")),
    ],
)
def test_what_people_type(field: str, operator: Op, words: str, value: Any) -> None:
    assert typed(field, operator, words, place_of) == Condition(field, operator, value)


def test_a_place_is_looked_up() -> None:
    found = typed("postal_code", Op.NEAR, "80202, 10 miles", place_of).value
    assert isinstance(found, Near)
    assert (found.postal_code, found.miles) == ("80202", 10)
    assert abs(found.latitude - 39.75) < 0.05


@pytest.mark.parametrize(
    ("field", "operator", "words", "sentence"),
    [
        ("fh_total_spent", Op.MORE_THAN, "a lot", "Total spent: a number is needed, such as"),
        ("fh_total_spent", Op.MORE_THAN, "1.234", "at most two decimals"),
        ("fh_total_spent", Op.MORE_THAN, "-5", "a number is needed"),
        ("fh_total_orders", Op.MORE_THAN, "1.5", "a whole number is needed"),
        ("fh_total_orders", Op.BETWEEN, "5", "with “and” between them"),
        ("fh_last_orderdate", Op.ON, "2/30/2026", "a day is written like"),
        ("consents_sms", Op.IS, "perhaps", "yes or no is needed"),
        ("city", Op.IS_ONE_OF, " , ", "at least one word"),
        ("postal_code", Op.NEAR, "Denver", "write a postal code and a distance"),
        ("postal_code", Op.NEAR, "00000 5 miles", "is not known"),
        ("birth_date", Op.ON, "1991-04-02", "Choose what the condition asks for"),
    ],
)
def test_what_people_mistype(field: str, operator: Op, words: str, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        typed(field, operator, words, place_of)


def test_a_segment_is_made_edited_paused_copied_and_archived() -> None:
    others = starters()
    own = made("k1", "  Edibles   fans ", Condition("fh_categories", Op.INCLUDE_ANY, ("Edibles",)), others)
    assert (own.name, own.bit, own.state) == ("Edibles fans", 4, State.ACTIVE)
    changed = edited(own, "Edibles fans", Not(TREE), [*others, own])
    assert (changed.tree, changed.bit) == (Not(TREE), 4)
    assert resumed(paused(changed)) == changed
    copy = copied(own, "k2", [*others, own])
    assert (copy.name, copy.tree, copy.bit, copy.key) == ("Edibles fans (copy)", own.tree, 5, "k2")
    assert copied(own, "k3", [*others, own, copy]).name == "Edibles fans (copy 2)"
    assert copied(others[0], "k4", others).starter == ""
    gone = archived(own)
    assert (gone.state, gone.bit) == (State.ARCHIVED, None)
    assert made("k5", "edibles fans", TREE, [*others, gone]).bit == 4
    assert paused(gone) == resumed(gone) == gone
    with pytest.raises(Refused, match="is archived; make a copy"):
        edited(gone, "x", TREE, others)


@pytest.mark.parametrize(
    ("name", "tree", "sentence"),
    [
        ("", TREE, "needs a name"),
        ("x" * 61, TREE, "at most 60 letters"),
        ("ORDERED more than  once", TREE, "There is a segment “ORDERED more than once” already"),
        ("Fine", AllOf(()), "at least one condition"),
    ],
)
def test_a_segment_that_makes_no_sense_is_refused(name: str, tree: Tree, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        made("k", name, tree, starters())


def test_there_is_an_end_to_segments() -> None:
    many = list(starters())
    while len(many) < MOST_SEGMENTS:
        many.append(made(f"k{len(many)}", f"Number {len(many)}", TREE, many))
    with pytest.raises(Refused, match="archive one that nobody uses"):
        made("one too many", "One too many", TREE, many)
    assert len({one.bit for one in many}) == MOST_SEGMENTS
