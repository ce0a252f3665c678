"""Phones and places: what a person typed, made comparable; nobody outside is asked."""

import pytest

from bot.phones import e164
from bot.places import place_of


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("(303) 555-0142", "+13035550142"),
        ("303.555.0142", "+13035550142"),
        ("3035550142", "+13035550142"),
        ("303-555-0142", "+13035550142"),
        ("1 303 555 0142", "+13035550142"),
        ("+1 (303) 555-0142", "+13035550142"),
        ("+44 20 7946 0958", "+442079460958"),
        ("555-0142", None),
        ("12", None),
        ("none", None),
        ("", None),
        ("3035550142" * 40, None),
    ],
)
def test_a_phone_is_a_number_or_it_is_none(typed: str, number: str | None) -> None:
    assert e164(typed) == number


def test_a_postal_code_is_somewhere_in_the_middle_of_its_area() -> None:
    latitude, longitude = place_of("80202")
    assert latitude == pytest.approx(39.75, abs=0.05)
    assert longitude == pytest.approx(-104.99, abs=0.05)
    assert place_of("80202-1234") == place_of("80202")


@pytest.mark.parametrize("code", ["00000", "09001", "", "8020", "ABCDE", "８０２０２", "K1A 0B1"])
def test_a_place_that_nobody_knows_is_unknown_and_not_in_the_sea(code: str) -> None:
    assert place_of(code) == (None, None)
