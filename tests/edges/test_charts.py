"""The digest's picture: a PNG of the right size for whatever happened, and readable."""

import struct
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import charts
from bot.charts import dollars, month_picture
from bot.rules.digests import DayFigures

FIRST = date(2026, 10, 22)
NUMBERS = st.none() | st.integers(-(10**12), 10**12)


def day(place: int, orders: int | None, cents: int | None) -> DayFigures:
    return DayFigures(FIRST + timedelta(days=place), orders, cents)


def size(png: bytes) -> tuple[int, int]:
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", png[16:24])
    return width, height


@settings(max_examples=15, deadline=None)
@given(days=st.lists(st.tuples(NUMBERS, NUMBERS), max_size=31))
def test_whatever_happened_there_is_a_picture(days: list[tuple[int | None, int | None]]) -> None:
    assert size(month_picture([day(place, *numbers) for place, numbers in enumerate(days)])) == (1080, 1080)


@pytest.mark.parametrize(
    "days",
    [[], [day(0, 0, 0)], [day(place, None, None) for place in range(30)], [day(place, 0, 0) for place in range(30)]],
    ids=["no days", "one day", "nothing is known", "nothing was sold"],
)
def test_of_nothing_too(days: list[DayFigures]) -> None:
    assert size(month_picture(days)) == (1080, 1080)


def test_what_is_not_known_does_not_look_like_nothing() -> None:
    known = [day(place, 5, 500_00) for place in range(30)]
    assert month_picture([*known[:-9], day(21, 0, 0), *known[-8:]]) != month_picture(
        [*known[:-9], day(21, None, None), *known[-8:]]
    )


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (0, "$0"), (950, "$950"), (999.4, "$999"), (1_000, "$1k"), (8_449, "$8.4k"), (999_949, "$999.9k"),
        (999_960, "$1M"), (1_250_000, "$1.2M"), (-1_500, "$-1.5k"),
    ],
)  # fmt: skip
def test_amounts_are_short(amount: float, words: str) -> None:
    assert dollars(amount) == words


def luminance(colour: str) -> float:
    """Of WCAG 2.2: 0 is black, 1 is white."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("colour", ["INK", "FAINT", "SALES_LAST", "ORDERS_LAST"])
def test_letters_stand_out_from_the_ground_that_the_picture_brings_along(colour: str) -> None:
    contrast = (luminance(charts.GROUND) + 0.05) / (luminance(getattr(charts, colour)) + 0.05)
    assert contrast >= 4.5, "WCAG's least contrast for text"
