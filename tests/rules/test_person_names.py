"""First and last name out of one field."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.person_names import split_name

NAMES = (
    ("Jane Doe", "Jane", "Doe"),
    ("Maria de la Cruz", "Maria", "de la Cruz"),
    ("Maria De La Cruz", "Maria", "De La Cruz"),
    ("Sean O'Neil", "Sean", "O'Neil"),
    ("Sean O’Neil", "Sean", "O’Neil"),
    ("Ludwig van Beethoven", "Ludwig", "van Beethoven"),
    ("Van Morrison", "Van", "Morrison"),
    ("Jean-Luc Picard", "Jean-Luc", "Picard"),
    ("Ana Garcia-Lopez", "Ana", "Garcia-Lopez"),
    ("Martin Luther King Jr.", "Martin Luther", "King Jr."),
    ("Martin King III", "Martin", "King III"),
    ("John Smith, Jr.", "John", "Smith Jr."),
    ("King, Martin", "Martin", "King"),
    ("de la Cruz, Maria", "Maria", "de la Cruz"),
    ("King Jr., Martin Luther", "Martin Luther", "King Jr."),
    ("Mary Ann Evans", "Mary Ann", "Evans"),
    ("Dr. Ada Lovelace", "Ada", "Lovelace"),
    ("Mrs Ada", "Ada", ""),
    ("Cher", "Cher", ""),
    ("Smith Jr.", "Smith Jr.", ""),
    ("de la Cruz", "", "de la Cruz"),
    ("  Jane   Doe  ", "Jane", "Doe"),
    ("", "", ""),
    (",", "", ""),
    ("Doe,", "Doe", ""),
    ("María José Núñez", "María José", "Núñez"),
    ("王小明", "王小明", ""),
    ("محمد علي", "محمد", "علي"),
    ("Jane 🌿 Doe", "Jane 🌿", "Doe"),
)


@pytest.mark.parametrize(("name", "first", "last"), NAMES)
def test_a_name_is_split_where_a_person_would(name: str, first: str, last: str) -> None:
    assert split_name(name) == (first, last)


@given(st.text(max_size=60))
def test_no_name_makes_it_fail_and_no_word_is_invented(name: str) -> None:
    first, last = split_name(name)
    words = name.replace(",", " ").split()
    assert all(word in words for word in f"{first} {last}".split())
