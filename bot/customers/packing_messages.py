"""What a bot and the process that packs its records say to each other: pickled, as both are one program, behind its size.

After the beginning, everything that is asked has a number, which its answer has too.
"""

import struct
from typing import NamedTuple

from bot.customers.packing import Lot, Packing, Parcel
from bot.store.bulk_table import BulkTable
from bot.store.pen import Pen

SIZE = struct.Struct("!I")


class Beginning(NamedTuple):
    """`places` is what `place_table` reads. With a pen rows rest there until they are `Put`, without one they are sent back."""

    packing: Packing
    places: str
    pen: Pen | None


class Put(NamedTuple):
    """Write the rows of the lots with these numbers, and the position, in one transaction."""

    table: BulkTable
    lots: list[int]
    scope: str
    position: str


class Done(NamedTuple):
    """A parcel, and what `keeping` learned from it."""

    parcel: Parcel
    came_back: set[bytes]
    no_longer: list[str]


class Written(NamedTuple):
    """What became of a `Put`."""

    is_well: bool


Asked = tuple[int, Lot | Put]
Answered = tuple[int, Done | Written]
