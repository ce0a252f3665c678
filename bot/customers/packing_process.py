"""The process in which records are packed: `python -m bot.customers.packing_process`, started by `workbench`.

It speaks to nobody but the pipe it was started with, and ends when that does. What goes through it: a `Beginning`, then a lot
and what is `Done` with it, again and again. With a pen its rows never go through a pipe: they are written here, when the bot
says that it is their turn.
"""

import gc
import os
import pickle
import signal
import sqlite3
import sys
import threading
from queue import SimpleQueue
from typing import IO, Any

from bot.customers.packing import Lot, Packing
from bot.customers.packing_messages import SIZE, Answered, Asked, Beginning, Done, Put, Written
from bot.places import take_places
from bot.store.packing import Packed
from bot.store.pen import Pen

MORE_PATIENT = 5
"""Added to its niceness: where there are too few cores for all, whoever answers people goes first."""
SWITCH_SECONDS = 0.0001
"""So soon a piece that has come is read although a lot is being packed."""


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the bot, which closes the pipe when it is done
    gc.disable()  # what is made here does not refer to itself, and thousands of rows would be looked through for it
    sys.setswitchinterval(SWITCH_SECONDS)
    inbox, outbox = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    threading.excepthook = lambda _: os._exit(1)  # the bot must not wait for a thread that is no more
    os.dup2(2, 1)  # whoever prints something must not come between two messages
    beginning: Beginning | None = _received(inbox)
    if beginning is None:
        return
    take_places(beginning.places)
    _Process(beginning.packing, beginning.pen).run(inbox, outbox)


class _Process:
    """A lot comes, and a parcel goes, in several pieces that a pipe can hold: both go on while another lot is packed, and so
    does a batch that is written."""

    def __init__(self, packing: Packing, pen: Pen | None) -> None:
        self._packing, self._pen = packing, pen
        self._lots: SimpleQueue[tuple[int, Lot] | None] = SimpleQueue()
        self._puts: SimpleQueue[tuple[int, Put] | None] = SimpleQueue()
        self._answers: SimpleQueue[Answered | None] = SimpleQueue()
        self._kept: dict[int, list[Packed]] = {}

    def run(self, inbox: IO[bytes], outbox: IO[bytes]) -> None:
        threading.Thread(target=self._receive, args=(inbox,), daemon=True).start()
        writing = threading.Thread(target=self._write, daemon=True)
        sending = threading.Thread(target=self._send, args=(outbox,), daemon=True)
        writing.start()
        sending.start()
        os.nice(MORE_PATIENT)  # on Linux of this thread alone: somebody's order may be waiting for the one that writes
        self._pack()
        writing.join()
        self._answers.put(None)
        sending.join()

    def _receive(self, inbox: IO[bytes]) -> None:
        asked: Asked | None
        while asked := _received(inbox):
            number, what = asked
            if isinstance(what, Put):
                self._puts.put((number, what))
            else:
                self._lots.put((number, what))
        self._lots.put(None)
        self._puts.put(None)

    def _pack(self) -> None:
        keeping = self._packing.keeping
        while asked := self._lots.get():
            number, lot = asked
            parcel = self._packing.packed(lot)
            if self._pen is not None:
                self._kept[number] = parcel.rows
                parcel = parcel._replace(rows=[])
            self._answers.put((number, Done(parcel, keeping.came_back, keeping.no_longer)))
            keeping.came_back, keeping.no_longer = set(), []

    def _write(self) -> None:
        while asked := self._puts.get():
            number, put = asked
            assert self._pen is not None
            rows = [row for lot in put.lots for row in self._kept.pop(lot)]
            try:
                self._pen.put(put.table, rows, scope=put.scope, position=put.position)
            except sqlite3.Error:
                self._answers.put((number, Written(is_well=False)))
            else:
                self._answers.put((number, Written(is_well=True)))

    def _send(self, outbox: IO[bytes]) -> None:
        while answered := self._answers.get():
            message = pickle.dumps(answered)
            outbox.write(SIZE.pack(len(message)) + message)
            outbox.flush()


def _received(inbox: IO[bytes]) -> Any:
    """None when the other end is closed."""
    size = inbox.read(SIZE.size)
    message = inbox.read(SIZE.unpack(size)[0]) if len(size) == SIZE.size else b""
    return pickle.loads(message) if message else None  # noqa: S301  (from the bot that started this process)


if __name__ == "__main__":
    main()
