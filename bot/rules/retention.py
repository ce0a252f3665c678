"""How long each class of data is kept (field.md, P5)."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class Retention:
    """`unread` is records as they came, sealed, that could not be read. `contacts` counts from when an order closed,
    `open_contacts` from when one arrived that never closed. `customers` counts from when Flowhub had somebody no more;
    `runs` is what syncs reported. `occasions` is that an automation fired (what it said goes with `contacts`, or with the open
    order on whose card it stands), `rehearsals` that one would have. `moves` is who came to a segment and who left it, and
    what evaluations counted."""

    unread: timedelta = timedelta(hours=24)
    contacts: timedelta = timedelta(days=7)
    open_contacts: timedelta = timedelta(days=60)
    customers: timedelta = timedelta(days=30)
    runs: timedelta = timedelta(days=90)
    occasions: timedelta = timedelta(days=400)
    rehearsals: timedelta = timedelta(days=30)
    moves: timedelta = timedelta(days=90)


BY_DEFAULT = Retention()
