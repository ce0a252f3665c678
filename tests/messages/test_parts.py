"""The pieces of messages: money, amounts, spans of time, and somebody else's words made harmless."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.messages.parts import (
    BREAK,
    at_day_and_time,
    at_time,
    chunks,
    counted,
    ended,
    fitting,
    how_long,
    money,
    plain,
    quantity,
    weight,
)
from bot.sandbox.slack.blocks import problems_in_message
from tests.named_orders import NOON


@pytest.mark.parametrize(
    ("cents", "words"),
    [
        (0, "$0.00"), (1, "$0.01"), (99, "$0.99"), (100, "$1.00"), (2700, "$27.00"), (123_456, "$1,234.56"),
        (-1, "−$0.01"), (-123_456, "−$1,234.56"), (10**18 + 1, "$10,000,000,000,000,000.01"),
    ],
)  # fmt: skip
def test_money_is_cents_made_readable(cents: int, words: str) -> None:
    assert money(cents) == words


@given(st.integers(-(10**30), 10**30))
def test_no_cent_is_lost(cents: int) -> None:
    digits = re.sub(r"[$,.]", "", money(cents)).replace("−", "-")
    assert int(digits) == cents


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("1", "1"), ("3", "3"), ("10", "10"), ("100", "100"), ("3.5", "3.5"), ("3.50", "3.5"), ("3.0", "3"), ("0.125", "0.125"),
        ("0.3333333333", "0.333"), ("1E+3", "1000"), ("0", "0"), ("0.00", "0"), ("1000000000000", "1000000000000"),
    ],
)  # fmt: skip
def test_an_amount_has_no_needless_digits(amount: str, words: str) -> None:
    assert quantity(Decimal(amount)) == words


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(seconds=-90), "less than a minute"), (timedelta(0), "less than a minute"),
        (timedelta(seconds=59), "less than a minute"), (timedelta(seconds=60), "1 min"), (timedelta(minutes=59), "59 min"),
        (timedelta(hours=1), "1 h"), (timedelta(minutes=80), "1 h 20 min"), (timedelta(minutes=1439), "23 h 59 min"),
        (timedelta(hours=24), "1 day"), (timedelta(hours=47), "1 day"), (timedelta(days=2), "2 days"),
        (timedelta(days=400), "400 days"),
    ],
)  # fmt: skip
def test_a_span_as_people_say_it(span: timedelta, words: str) -> None:
    assert how_long(span) == words


def test_a_time_is_everybodys_own_and_readable_where_that_does_not_work() -> None:
    assert at_time(NOON) == "<!date^1795201200^{time}|19:00 UTC>"
    assert at_day_and_time(NOON) == "<!date^1795201200^{date_short_pretty} {time}|2026-11-20 19:00 UTC>"


@pytest.mark.parametrize(("number", "words"), [(0, "0 items"), (1, "1 item"), (2, "2 items")])
def test_things_are_counted(number: int, words: str) -> None:
    assert counted(number, "item") == words


@pytest.mark.parametrize(
    ("words", "sentence"),
    [("", ""), ("It broke", "It broke."), ("It broke.", "It broke."), ("Why?", "Why?"), ("Cu…", "Cu…")],
)
def test_a_sentence_ends(words: str, sentence: str) -> None:
    assert ended(words) == sentence


B = BREAK
PLAIN: list[tuple[str, str]] = [
    ("Blue door, please knock.", "Blue door, please knock."),
    ("  two \n lines\t", "two lines"),
    ("Tom & Jerry", "Tom &amp; Jerry"),
    ("<!channel>", "&lt;!channel&gt;"),
    ("<@U0123ABC>", "&lt;@U0123ABC&gt;"),
    ("&lt;!channel&gt;", "&amp;lt;!channel&amp;gt;"),
    ("*bold*", f"*{B}bold*{B}"),
    ("~gone~", f"~{B}gone~{B}"),
    ("`code`", f"`{B}code`{B}"),
    ("_slanted_", f"_{B}slanted_{B}"),
    ("jonah_reed@example.com", "jonah_reed@example.com"),
    ("\u202ekcolc", "kcolc"),
    ("be\x07ll", "bell"),
    ("👨‍👩‍👧", "👨‍👩‍👧"),
    ("שלום", "שלום"),
    ("", ""),
]


@pytest.mark.parametrize(("words", "harmless"), PLAIN, ids=[ascii(row[0]) for row in PLAIN])
def test_somebody_elses_words_are_shown_and_do_nothing(words: str, harmless: str) -> None:
    assert plain(words) == harmless


@given(words=st.text() | st.text("&<>*_~` \nx🌿", max_size=400), most=st.integers(1, 120))
def test_words_are_never_longer_than_asked_and_no_escape_is_cut(words: str, most: int) -> None:
    cut = plain(words, most)
    assert len(cut) <= most
    assert not re.search(r"[<>]|&(?!amp;|lt;|gt;)", cut)
    assert "\n" not in cut


@pytest.mark.parametrize(
    ("words", "most", "cut"), [("abcdef", 6, "abcdef"), ("abcdefg", 6, "abcde…"), ("a&b&c", 9, "a&amp;b…")]
)
def test_what_is_cut_says_so(words: str, most: int, cut: str) -> None:
    assert plain(words, most) == cut


LINES = st.lists(st.text('ab🌿"\\\n', max_size=40), max_size=30)


@given(lines=LINES, most=st.integers(0, 500))
def test_as_many_lines_as_fit(lines: list[str], most: int) -> None:
    kept = fitting(lines, most)
    assert sum(weight(line) + 2 for line in lines[:kept]) <= most
    assert kept == len(lines) or sum(weight(line) + 2 for line in lines[: kept + 1]) > most


@given(lines=LINES, most=st.integers(200, 500))
def test_chunks_lose_no_line_and_are_not_too_heavy(lines: list[str], most: int) -> None:
    found = chunks(lines, most)
    assert "\n".join(found) == "\n".join(lines)
    assert all(weight(chunk) <= most for chunk in found)


def test_the_stand_in_would_have_found_a_block_that_is_too_long() -> None:
    """The other tests lean on it, so it must be able to say no."""
    block = {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}
    assert problems_in_message([block]) != []
