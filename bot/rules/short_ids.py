"""Short ids: one letter and a few digits, easy to say aloud and never used twice inside a store.

The letters have names that can't be mistaken for one another over the noise of a shop: no rhymes (B, C, D, E, …), no
pair like M and N or F and S, and none that looks like a digit.
"""

import re

LETTERS = "AHMRWXY"


def short_id(number: int) -> str:
    """The id of a store's `number`-th order, from 0: A01 … A99, H01 … Y99, then A100 … Y999, A1000 …"""
    low, high = 1, 99
    while number >= (size := (high - low + 1)) * len(LETTERS):
        number -= size * len(LETTERS)
        low, high = high + 1, high * 10 + 9
    letter, offset = divmod(number, size)
    return f"{LETTERS[letter]}{low + offset:02d}"


def spoken_short_id(text: str) -> str | None:
    """The short id in what a person typed (`a1`, `#A-01`, `A 01`), or None where there is none."""
    found = re.fullmatch(r"[#\s]*([A-Za-z])[\s\-]*0*([1-9]\d{0,6})\s*", text)
    if not found or found[1].upper() not in LETTERS:
        return None
    return f"{found[1].upper()}{int(found[2]):02d}"
