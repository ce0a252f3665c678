"""Where a postal code is, from a table that comes with a library: nobody is asked, so nobody learns of a customer."""

from functools import lru_cache

import zipcodes

Place = tuple[float | None, float | None]
NOWHERE: Place = (None, None)
_known: dict[str, Place] = {}


def are_known() -> bool:
    return bool(_known)


def take_places(table: str) -> None:
    found: dict[str, Place] = {}
    for line in table.splitlines():
        code, latitude, longitude = line.split()
        found[code] = _place(latitude, longitude)
    _known.update(found)


def place_of(postal_code: str) -> Place:
    """Latitude and longitude of a United States postal code, in degrees: the middle of its area, not an address.

    (None, None) is unknown. The table has 0,0 for codes it knows nothing about (military ones, mostly), which is a place in
    the sea, so that is unknown too.
    """
    code = postal_code[:5] if len(postal_code) > 5 else postal_code
    return _known.get(code, NOWHERE) if _known else _asked(code)


@lru_cache(maxsize=50_000)
def _asked(code: str) -> Place:
    if len(code) != 5 or not code.isascii() or not code.isdigit():
        return NOWHERE
    found: list[dict[str, str]] = zipcodes.matching(code)  # type: ignore[no-untyped-call]
    return _place(found[0]["lat"] or "0", found[0]["long"] or "0") if found else NOWHERE


def _place(latitude: str, longitude: str) -> Place:
    place = float(latitude), float(longitude)
    return place if any(place) else NOWHERE
