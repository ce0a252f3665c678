"""Short ids are easy to say aloud, and what people type for them is understood."""

import re
from itertools import combinations

import pytest

from bot.rules.short_ids import LETTERS, short_id, spoken_short_id

ALL = [short_id(number) for number in range(100_000)]

SOUND_ALIKE = ("AJK", "BCDEGPTVZ", "FSX", "MN", "IY", "QU", "UW", "LO")
"""Names of letters that rhyme or are mistaken for one another over a telephone."""
LOOK_ALIKE = ("O0DQ", "I1LJ", "S5", "Z27", "B8", "G6", "UV")


def test_no_two_of_the_first_100_000_orders_share_an_id() -> None:
    assert len(set(ALL)) == len(ALL)


def test_an_id_is_one_letter_and_at_least_two_digits() -> None:
    assert all(re.fullmatch(rf"[{LETTERS}]\d{{2,5}}", one) for one in ALL)


def test_ids_stay_as_short_as_they_can() -> None:
    lengths = [len(one) for one in ALL]
    assert lengths == sorted(lengths)
    assert ALL[0] == "A01"
    assert lengths.count(3) == 99 * len(LETTERS)


@pytest.mark.parametrize("group", SOUND_ALIKE)
def test_no_two_letters_sound_alike(group: str) -> None:
    assert sum(letter in LETTERS for letter in group) <= 1


@pytest.mark.parametrize("group", LOOK_ALIKE)
def test_no_two_characters_of_an_id_look_alike(group: str) -> None:
    used = LETTERS + "0123456789"
    alike = {frozenset(pair) for pair in combinations(group, 2) if all(one in used for one in pair)}
    assert all(pair <= set("0123456789") for pair in alike)


def ways_to_type(one: str) -> list[str]:
    letter, digits = one[0], one[1:]
    bare = digits.lstrip("0")
    return [
        one,
        one.lower(),
        f" {one} ",
        f"#{one}",
        f"# {one}",
        f"{letter} {digits}",
        f"{letter}-{digits}",
        f"{letter}–{digits}",
        f"{letter}—{bare}",
        f"{letter}\N{NO-BREAK SPACE}{digits}",
        f"#{letter.lower()}-{bare}",
        f"{letter.lower()}{bare}",
        f"{letter}00{digits}",
        f"{letter}#{digits}",
        f"{letter}.{bare}",
        f"{letter}O{bare}",
        f"*{one}*",
        f"`{one}`",
        f"_{one}_",
        f"“{one}”",
        f"({one})",
        f"{one}.",
        f"{one},",
        f"{one}?",
        f"{one}\N{ZERO WIDTH SPACE}",
        f"\N{RIGHT-TO-LEFT MARK}{one}",
    ]


@pytest.mark.parametrize("number", [0, 6, 98, 99, 400, 692, 693, 7_000, 50_000, 99_999])
def test_an_id_is_found_in_every_way_that_people_type_it(number: int) -> None:
    one = short_id(number)
    assert {typed: spoken_short_id(typed) for typed in ways_to_type(one)} == dict.fromkeys(ways_to_type(one), one)


def test_every_id_is_found_as_it_is_written() -> None:
    assert all(spoken_short_id(one) == one for one in ALL)


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "#", "A", "7", "07", "A0", "A00", "AA7", "A7B", "A 0 7", "B07", "Z1", "O07", "A-", "-7", "A+7", "A12345678",
        "cancel A07", "A07 A08", "<@U0IMANI>", "A٧", "Å7", "А07", "A" * 10_000, "A" + "0" * 10_000,
    ],
)  # fmt: skip
def test_what_is_no_id_is_not_taken_for_one(text: str) -> None:
    assert spoken_short_id(text) is None
