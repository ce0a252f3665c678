"""How a run's threads share Python with the loop while it lasts."""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

SWITCH_SECONDS = 0.0005
"""After so long a thread that computes lets the loop have a turn; by default after ten times that, and a run has three."""
YOUNG_OBJECTS = 50_000
"""Before rubbish is looked for. A run makes a million tuples that hold no rubbish, and every look costs a tenth of it."""

_before: list[tuple[float, tuple[int, int, int]]] = []
_runs = 0


@contextmanager
def sharing_well() -> Iterator[None]:
    """For one run or several at once; the last one that ends puts everything back."""
    global _runs  # noqa: PLW0603  (both settings are the whole process's, too)
    if not _runs:
        _before[:] = [(sys.getswitchinterval(), gc.get_threshold())]
        sys.setswitchinterval(SWITCH_SECONDS)
        gc.set_threshold(YOUNG_OBJECTS, *gc.get_threshold()[1:])
    _runs += 1
    try:
        yield
    finally:
        _runs -= 1
        if not _runs:
            interval, threshold = _before[0]
            sys.setswitchinterval(interval)
            gc.set_threshold(*threshold)
