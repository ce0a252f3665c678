"""Short ids: one letter and a few digits, easy to say aloud and never used twice inside a store.

The letters have names that can't be mistaken for one another over the noise of a shop: no rhymes (B, C, D, E, …), no
pair like M and N or F and S, and none that looks like a digit.
"""

import re

LETTERS = "AHMRWXY"


AROUND = r"""[\s#*_`'"“”‘’().,:;!?\u00a0\u200b-\u200f\u2060\ufeff]*"""
BETWEEN = r"[\s#._\-\u00a0\u2010-\u2015\u2212]*"
"""Phones turn a hyphen into a dash."""


def short_id(number: int) -> str:
    """The id of a store's `number`-th order, from 0: A01 … A99, H01 … Y99, then A100 … Y999, A1000 …"""
    low, high = 1, 99
    while number >= (size := (high - low + 1)) * len(LETTERS):
        number -= size * len(LETTERS)
        low, high = high + 1, high * 10 + 9
    letter, offset = divmod(number, size)
    return f"{LETTERS[letter]}{low + offset:02d}"


def spoken_short_id(text: str) -> str | None:
    """The short id in what a person typed or copied (`a1`, `#A-01`, `A 01`, `*A01*`, `AO1`), or None where there is none."""
    found = re.fullmatch(rf"{AROUND}([A-Za-z]){BETWEEN}[0Oo]*([1-9]\d{{0,6}}){AROUND}", text, re.ASCII)
    if not found or found[1].upper() not in LETTERS:
        return None
    return f"{found[1].upper()}{int(found[2]):02d}"
