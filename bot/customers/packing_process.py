"""The process in which records are packed: `python -m bot.customers.packing_process`, started by `workbench`.

It speaks to nobody but the pipe it was started with, and ends when that does. What goes through it: a
`Beginning`, then a lot and what is `Done` with it, again and again.
"""

import os
import pickle
import signal
import sys
import threading
from queue import SimpleQueue
from typing import IO, Any

from bot.customers.packing import Lot
from bot.customers.packing_messages import SIZE, Beginning, Done
from bot.places import take_places

MORE_PATIENT = 5
"""Added to its niceness: where there are too few cores for all, whoever answers people goes first."""
SWITCH_SECONDS = 0.0005
"""So soon a piece that has come is read although a lot is being packed."""


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the bot, which closes the pipe when it is done
    os.nice(MORE_PATIENT)
    sys.setswitchinterval(SWITCH_SECONDS)
    inbox, outbox = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whoever prints something must not come between two messages
    beginning: Beginning | None = _received(inbox)
    if beginning is None:
        return
    packing, keeping = beginning.packing, beginning.packing.keeping
    take_places(beginning.places)
    # A lot comes, and a parcel goes, in several pieces that a pipe can hold: both go on while another lot is packed.
    lots: SimpleQueue[Lot | None] = SimpleQueue()
    dones: SimpleQueue[Done | None] = SimpleQueue()
    receiving = threading.Thread(target=_receive_all, args=(inbox, lots), daemon=True)
    sending = threading.Thread(target=_send_all, args=(outbox, dones), daemon=True)
    receiving.start()
    sending.start()
    while lot := lots.get():
        dones.put(Done(packing.packed(lot), keeping.came_back, keeping.no_longer))
        keeping.came_back, keeping.no_longer = set(), []
    dones.put(None)
    sending.join()


def _receive_all(inbox: IO[bytes], lots: "SimpleQueue[Lot | None]") -> None:
    lot: Lot | None
    while lot := _received(inbox):
        lots.put(lot)
    lots.put(None)


def _received(inbox: IO[bytes]) -> Any:
    """None when the other end is closed."""
    size = inbox.read(SIZE.size)
    message = inbox.read(SIZE.unpack(size)[0]) if len(size) == SIZE.size else b""
    return pickle.loads(message) if message else None  # noqa: S301  (from the bot that started this process)


def _send_all(outbox: IO[bytes], dones: "SimpleQueue[Done | None]") -> None:
    while done := dones.get():
        message = pickle.dumps(done)
        outbox.write(SIZE.pack(len(message)) + message)
        outbox.flush()


if __name__ == "__main__":
    main()
