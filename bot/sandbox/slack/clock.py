"""The stand-in's own time, which a test or a demo may move forward; nothing here waits."""

import time


class Clock:
    """Wall time and monotonic time, both in seconds, plus whatever `advance` has added.

    Triggers, response URLs, rate windows and message timestamps read this clock, so that "three seconds later" is one
    call in a test and never a sleep. How long the stand-in waits for an acknowledgement is real time.
    """

    def __init__(self) -> None:
        self._ahead = 0.0

    def time(self) -> float:
        return time.time() + self._ahead

    def monotonic(self) -> float:
        return time.monotonic() + self._ahead

    def advance(self, seconds: float) -> None:
        self._ahead += seconds
