"""What a bot and the process that packs its records say to each other: pickled, as both are one program, behind its size."""

import struct
from typing import NamedTuple

from bot.customers.packing import Packing, Parcel

SIZE = struct.Struct("!I")


class Beginning(NamedTuple):
    """`places` is the table of `bot.places`."""

    packing: Packing
    places: str


class Done(NamedTuple):
    """A parcel, and what `keeping` learned from it."""

    parcel: Parcel
    came_back: set[bytes]
    no_longer: list[str]
