"""The process in which records are packed: `python -m bot.customers.packing_process`, started by `workbench`.

It speaks to nobody but the pipe it was started with, and ends when that does. What goes through it: a
`Beginning`, then a lot and what is `Done` with it, again and again.
"""

import os
import pickle
import signal
import sys
from typing import IO, Any

from bot.customers.packing import Lot
from bot.customers.packing_messages import SIZE, Beginning, Done
from bot.places import take_places

MORE_PATIENT = 5
"""Added to its niceness: where there are too few cores for all, whoever answers people goes first."""


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the bot, which closes the pipe when it is done
    os.nice(MORE_PATIENT)
    inbox, outbox = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whoever prints something must not come between two messages
    beginning: Beginning | None = _received(inbox)
    if beginning is None:
        return
    packing, keeping = beginning.packing, beginning.packing.keeping
    take_places(beginning.places)
    lot: Lot | None
    while lot := _received(inbox):
        _send(outbox, Done(packing.packed(lot), keeping.came_back, keeping.no_longer))
        keeping.came_back, keeping.no_longer = set(), []


def _received(inbox: IO[bytes]) -> Any:
    """None when the other end is closed."""
    size = inbox.read(SIZE.size)
    message = inbox.read(SIZE.unpack(size)[0]) if len(size) == SIZE.size else b""
    return pickle.loads(message) if message else None  # noqa: S301  (from the bot that started this process)


def _send(outbox: IO[bytes], said: Done) -> None:
    message = pickle.dumps(said)
    outbox.write(SIZE.pack(len(message)) + message)
    outbox.flush()


if __name__ == "__main__":
    main()
