"""What a card shows of a name: the first one and an initial, whatever a web shop put into the fields."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.rules.order_values import masked_name, printable

NAMES: list[tuple[str, str, str]] = [
    ("Jonah", "Reed", "Jonah R."),
    (" Jonah ", " reed ", "Jonah R."),
    ("Jonah", "", "Jonah"),
    ("", "Reed", "R."),
    ("", "", "Guest"),
    ("  ", "\t\n", "Guest"),
    ("Jonah Reed", "", "Jonah R."),
    ("Jonah Reed", "Reed", "Jonah R."),
    ("Mary Ann", "van der Berg", "Mary V."),
    ("Zoë", "émile", "Zoë É."),
    ("José", "ßen", "José S."),
    ("Łukasz", "'t Hooft", "Łukasz T."),
    ("美咲", "佐藤", "美咲 佐."),
    ("משה", "כהן", "משה כ."),
    ("محمد", "علي", "محمد ع."),
    ("🌿", "Green", "🌿 G."),
    ("Jonah", "🌿", "Jonah"),
    ("👨‍👩‍👧", "", "👨‍👩‍👧"),
    ("\u202egnahc", "Reed", "gnahc R."),
    ("Jo\x00nah", "R\x1beed", "Jonah R."),
    ("\u200b", "\ufeff", "Guest"),
    ("\u200d", "", "Guest"),
    ("jonah@example.com", "", "Guest"),
    ("jonah@example.com", "Reed", "R."),
    ("Jonah", "reed@example.com", "Jonah"),
    ("+1 720 555 0142", "", "Guest"),
    ("7205550142", "Reed", "R."),
    ("Jonah 7205550142", "", "Jonah"),
    ("Jonah3", "Reed", "Jonah3 R."),
]


@pytest.mark.parametrize(("first", "last", "shown"), NAMES, ids=[ascii(row[:2]) for row in NAMES])
def test_a_name_is_masked(first: str, last: str, shown: str) -> None:
    assert masked_name(first, last) == shown


def test_a_name_of_10_000_characters_is_short() -> None:
    assert masked_name("x" * 10_000, "y" * 10_000) == f"{'x' * 30} Y."


@given(first=st.text(max_size=80), last=st.text(max_size=80))
def test_whatever_a_name_is_one_short_line_is_shown(first: str, last: str) -> None:
    shown = masked_name(first, last)
    assert 0 < len(shown) <= 33
    assert shown == printable(shown)


@given(first=st.text("abcdefgh", min_size=1), last=st.text("mnopqrst", min_size=2))
def test_a_last_name_is_never_shown(first: str, last: str) -> None:
    for shown in (masked_name(first, last), masked_name(f"{first} {last}", ""), masked_name("", last)):
        assert last not in shown.lower()


@given(st.text())
@example("0\r\x1b 0")
def test_what_is_printable_has_one_line_and_no_invisible_marks(text: str) -> None:
    shown = printable(text)
    assert not {"Cc", "Cs"} & {unicodedata.category(letter) for letter in shown}
    assert not set("\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u200e\u200f\n\r\u2028\u2029") & set(shown)
    assert printable(shown) == shown
