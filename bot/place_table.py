"""The table of `places`, read out of its library in a process of its own."""

import asyncio
import sys

import structlog

from bot.places import are_known, take_places

log = structlog.get_logger("orderahead")

_TABLE = """
import gc, os, sys, zipcodes
gc.disable()
lines = [f'{one["zip_code"]} {one["lat"] or 0} {one["long"] or 0}' for one in zipcodes.list_all()]
sys.stdout.write("\\n".join(lines))
sys.stdout.flush()
os._exit(0)
"""
"""The first sync waits for it: what it made is not looked through, and not taken to pieces before it ends."""
_one_reader = asyncio.Lock()
_read: list[str] = []


async def know_places() -> None:
    """Have the table at hand. Where no other process can be had, `place_of` asks the library."""
    table = await table_of_places()
    if not are_known():
        await asyncio.to_thread(take_places, table)


async def table_of_places() -> str:
    """For `take_places`, here or in another process of ours; empty where none can be had. The library reads its table for half
    a second in which nothing else runs, and keeps 60 MB; so that is done elsewhere, once, and one megabyte stays."""
    async with _one_reader:
        if not _read:
            _read.append(await _read_elsewhere())
        return _read[0]


async def _read_elsewhere() -> str:
    try:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-c", _TABLE), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
        )
        out, _ = await process.communicate()
    except OSError:
        log.warning("the table of postal codes is read in this process")
        return ""
    return out.decode()
