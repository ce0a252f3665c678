"""Where a postal code is, from a table that comes with a library: nobody is asked, so nobody learns of a customer."""

from functools import lru_cache

import zipcodes

NOWHERE = (None, None)


@lru_cache(maxsize=50_000)
def place_of(postal_code: str) -> tuple[float | None, float | None]:
    """Latitude and longitude of a United States postal code, in degrees: the middle of its area, not an address.

    (None, None) is unknown. The table has 0,0 for codes it knows nothing about (military ones, mostly), which is a place in
    the sea, so that is unknown too.
    """
    code = postal_code.strip()[:5]
    if len(code) != 5 or not code.isascii() or not code.isdigit():
        return NOWHERE
    found: list[dict[str, str]] = zipcodes.matching(code)  # type: ignore[no-untyped-call]
    if not found:
        return NOWHERE
    latitude, longitude = float(found[0]["lat"] or 0), float(found[0]["long"] or 0)
    return (latitude, longitude) if latitude or longitude else NOWHERE
