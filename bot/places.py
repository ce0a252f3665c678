"""Where a postal code is, from a table that comes with a library: nobody is asked, so nobody learns of a customer."""

import asyncio
import sys
from collections.abc import Mapping
from functools import lru_cache

import structlog
import zipcodes

log = structlog.get_logger("orderahead")

Place = tuple[float | None, float | None]
NOWHERE: Place = (None, None)
_TABLE = """
import zipcodes
for one in zipcodes.list_all():
    print(one["zip_code"], one["lat"] or 0, one["long"] or 0)
"""
_known: dict[str, Place] = {}
_one_reader = asyncio.Lock()


async def know_places() -> None:
    """Have the table at hand. The library reads it for half a second in which nothing else runs, and keeps 60 MB; so that is
    another process's, once, and a few megabytes stay. Where no other process can be had, `place_of` asks the library."""
    async with _one_reader:
        if _known:
            return
        try:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", "-c", _TABLE), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
            )
            out, _ = await process.communicate()
        except OSError:
            log.warning("the table of postal codes is read in this process")
            return
        _known.update(await asyncio.to_thread(_places, out.decode()))


def known_places() -> dict[str, Place]:
    """For another process of ours, which then need not ask for the table itself."""
    return _known


def take_places(places: Mapping[str, Place]) -> None:
    _known.update(places)


def place_of(postal_code: str) -> Place:
    """Latitude and longitude of a United States postal code, in degrees: the middle of its area, not an address.

    (None, None) is unknown. The table has 0,0 for codes it knows nothing about (military ones, mostly), which is a place in
    the sea, so that is unknown too.
    """
    code = postal_code[:5] if len(postal_code) > 5 else postal_code
    return _known.get(code, NOWHERE) if _known else _asked(code)


def _places(table: str) -> dict[str, Place]:
    found: dict[str, Place] = {}
    for line in table.splitlines():
        code, latitude, longitude = line.split()
        found[code] = _place(latitude, longitude)
    return found


@lru_cache(maxsize=50_000)
def _asked(code: str) -> Place:
    if len(code) != 5 or not code.isascii() or not code.isdigit():
        return NOWHERE
    found: list[dict[str, str]] = zipcodes.matching(code)  # type: ignore[no-untyped-call]
    return _place(found[0]["lat"] or "0", found[0]["long"] or "0") if found else NOWHERE


def _place(latitude: str, longitude: str) -> Place:
    place = float(latitude), float(longitude)
    return place if any(place) else NOWHERE
