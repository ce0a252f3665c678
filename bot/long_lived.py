"""What stays for as long as the process does, set aside: Python's look for rubbish stops everything while it goes through all
objects there are, and a bot has a quarter of a million of them before its first order.

Without this a full look holds the loop for a tenth of a second, and for two once pictures were drawn; with it for a tenth of
that.
"""

import gc


def set_aside() -> None:
    """From now on nobody looks at what is there by now, the little rubbish among it included: to look for that first would
    hold the loop just once more."""
    gc.freeze()
