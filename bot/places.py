"""Where a postal code is, from a table that comes with a library: nobody is asked, so nobody learns of a customer."""

import asyncio
import sys
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
    """Have the table at hand. Where no other process can be had, `place_of` asks the library."""
    async with _one_reader:
        if not _known:
            await asyncio.to_thread(take_places, await table_of_places())


async def table_of_places() -> str:
    """For `take_places`, here or in another process of ours; empty where none can be had. The library reads its table for half
    a second in which nothing else runs, and keeps 60 MB; so that is done elsewhere, and a few megabytes stay."""
    try:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-c", _TABLE), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
        )
        out, _ = await process.communicate()
    except OSError:
        log.warning("the table of postal codes is read in this process")
        return ""
    return out.decode()


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
