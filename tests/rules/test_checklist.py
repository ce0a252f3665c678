"""Judging what checks found: marks, clocks, versions, scopes."""

from datetime import timedelta

import pytest

from bot.messages.checklist import WORDS, words
from bot.rules.checklist import (
    GOOD_FOR,
    WRONG_FOR,
    Check,
    Line,
    Mark,
    Why,
    all_well,
    clock_line,
    disk_line,
    has_wal_reset_bug,
    line,
    queue_line,
    scopes_line,
    stock_line,
)


@pytest.mark.parametrize(
    ("version", "is_flawed"),
    [
        ((3, 6, 23), False),
        ((3, 7, 0), True),
        ((3, 40, 1), True),
        ((3, 44, 5), True),
        ((3, 44, 6), False),
        ((3, 45, 1), True),
        ((3, 50, 6), True),
        ((3, 50, 7), False),
        ((3, 51, 2), True),
        ((3, 51, 3), False),
        ((4, 0, 0), False),
    ],
)
def test_the_wal_reset_bug_is_in_the_versions_that_sqlite_names(version: tuple[int, int, int], is_flawed: bool) -> None:
    assert has_wal_reset_bug(version) is is_flawed


def test_a_flawed_database_is_a_warning_and_stops_nobody() -> None:
    assert line(Check.DATABASE, Why.FLAWED, "3.45.1").mark is Mark.UNKNOWN


@pytest.mark.parametrize(
    ("ahead", "why"),
    [(0, Why.WORKS), (60, Why.WORKS), (-60, Why.WORKS), (61, Why.FAST), (-61, Why.SLOW), (3600, Why.FAST)],
)
def test_a_clock_may_be_a_minute_off(ahead: int, why: Why) -> None:
    assert clock_line("Slack", timedelta(seconds=ahead)).why is why


def test_scopes_that_are_needed_are_wrong_when_missing_and_optional_ones_are_said() -> None:
    assert scopes_line({"a", "b"}, {"a"}, {"b"}).mark is Mark.GOOD
    assert scopes_line({"a"}, {"a"}, {"b"}) == Line(Check.SCOPES, Mark.UNKNOWN, Why.OPTIONAL_MISSING, "b")
    assert scopes_line({"b"}, {"a", "c"}, {"b"}) == Line(Check.SCOPES, Mark.WRONG, Why.MISSING, "a, c")


def test_numbers_become_marks() -> None:
    assert [stock_line(count).mark for count in (0, 1)] == [Mark.WRONG, Mark.GOOD]
    assert [disk_line(count * 1024**2).mark for count in (499, 500)] == [Mark.WRONG, Mark.GOOD]
    assert [queue_line(age).mark for age in (None, timedelta(minutes=5), timedelta(minutes=6))] == [
        Mark.GOOD,
        Mark.GOOD,
        Mark.WRONG,
    ]
    assert all_well([line(Check.ENABLED, Why.ASKED)])
    assert not all_well([line(Check.STOCK, Why.EMPTY)])


def test_a_line_survives_its_way_through_a_delivery() -> None:
    written = line(Check.STOCK, Why.WORKS, "34", "Uptown")
    assert Line.from_json(written.as_json()) == written


def test_no_finding_is_both_right_and_wrong_and_each_wrong_one_says_what_to_do() -> None:
    assert not GOOD_FOR & WRONG_FOR
    silent = [key for key in WORDS if key[1] in WRONG_FOR and not words(line(*key))[1]]
    assert silent == []
