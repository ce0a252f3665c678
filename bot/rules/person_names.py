"""First and last name out of Flowhub's single `name` field (apis.md 4.1)."""

PARTICLES = frozenset(
    "da das de degli del della dello den der des di dos du el ibn la las le lo los san santa st st. ter van von".split()  # noqa: SIM905
)
"""Small words that begin a surname of several words. Whoever has one as a first name stands first, and is not taken for it."""
SUFFIXES = frozenset(["jr", "jr.", "sr", "sr.", "ii", "iii", "iv", "2nd", "3rd", "4th", "esq", "esq.", "md", "phd"])
"""They follow a surname and stay with it; "V" is an initial more often than a fifth."""
TITLES = frozenset(["mr", "mr.", "mrs", "mrs.", "ms", "ms.", "miss", "dr", "dr.", "prof", "prof.", "rev", "rev."])
SPECIAL = PARTICLES | SUFFIXES | TITLES


def split_name(name: str) -> tuple[str, str]:
    """First and last name; either may be empty. Middle names stay with the first one.

    "Maria de la Cruz" → Maria, de la Cruz · "Sean O'Neil" → Sean, O'Neil · "Martin Luther King Jr." → Martin Luther, King Jr. ·
    "King, Martin" → Martin, King · "Cher" → Cher, nothing.
    """
    words = name.split()
    if len(words) == 2 and "," not in name and words[0].lower() not in SPECIAL and words[1].lower() not in SPECIAL:
        return words[0], words[1]
    before, comma, after = name.partition(",")
    given = after.split()
    if comma and given and any(word.lower() not in SUFFIXES for word in given):
        # "King, Martin" and "King Jr., Martin": the surname was written first.
        return " ".join(_without_title(given)), " ".join(before.split())
    words = _without_title(name.replace(",", " ").split())
    if len(words) < 2:
        return (words[0] if words else ""), ""
    end = len(words)
    while end > 1 and words[end - 1].lower() in SUFFIXES:
        end -= 1
    begin = end - 1
    while begin > 1 and words[begin - 1].lower() in PARTICLES:
        begin -= 1
    if end == 1:  # one name and a suffix
        return " ".join(words), ""
    if begin == 1 and words[0] in PARTICLES:  # a surname alone; "Van Morrison" is written otherwise
        begin = 0
    return " ".join(words[:begin]), " ".join(words[begin:])


def _without_title(words: list[str]) -> list[str]:
    return words[1:] if len(words) > 1 and words[0].lower() in TITLES else words
