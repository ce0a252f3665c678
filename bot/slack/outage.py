"""While a workspace does not answer, nothing goes out that could fall in doubt: one harmless question at a time finds out
whether it is back. Else every channel would have a message in doubt after each outage, and each would have to be looked for."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from bot.errors import OrderAheadError, Unavailable

FIRST_WAIT_SECONDS = 1.0
LONGEST_WAIT_SECONDS = 5.0
"""How long to leave it alone after a question that was not answered, doubled each time. Also the longest time after which it
is noticed that Slack is back."""

ONE_TRIES_SECONDS = 0.5
"""How long the others leave the one that tries to it."""


class Outage:
    """What is known of whether one workspace answers. `ask` raises Unavailable while it does not."""

    def __init__(self, ask: Callable[[], Awaitable[object]], *, now: Callable[[], float] = time.monotonic) -> None:
        self._ask = ask
        self._now = now
        self._lasts = False
        self._times = 0
        self._ask_at = 0.0
        self._next_try_at = 0.0
        self._one_asks = asyncio.Lock()

    def began(self) -> None:
        """A call was not answered: the next one is preceded by the question."""
        self._lasts = True

    def ended(self) -> None:
        """A call was answered."""
        self._lasts = False
        self._times, self._ask_at = 0, 0.0

    @property
    def lasts(self) -> bool:
        """As far as is known."""
        return self._lasts

    def seconds_left(self) -> float:
        """How long not to try at all; 0 for one of those who ask at the same moment, which finds out for the others."""
        if not self._lasts:
            return 0.0
        now = self._now()
        if (left := max(self._ask_at, self._next_try_at) - now) > 0:
            return left
        self._next_try_at = now + ONE_TRIES_SECONDS
        return 0.0

    async def over(self) -> None:
        """Return when a call may be made. Raises Unavailable while the outage lasts: nothing was sent, and `retry_after` says
        when to come again."""
        if not self._lasts:
            return
        async with self._one_asks:
            await self._find_out()

    async def _find_out(self) -> None:
        # Whoever waited for the one before that asked knows what that one heard.
        if self._lasts:
            if (wait := self._ask_at - self._now()) > 0:
                raise _not_yet(wait)
            try:
                await self._ask()
            except Unavailable:
                wait = min(FIRST_WAIT_SECONDS * 2**self._times, LONGEST_WAIT_SECONDS)
                self._times = min(self._times + 1, 10)
                self._ask_at = self._now() + wait
                raise _not_yet(wait) from None
            except OrderAheadError:
                pass  # It says no, so it answers; what the call itself hears is the caller's matter.
            # Until a call succeeds, another failure goes on where this outage was: it may answer questions and nothing else.
            self._lasts = False


def _not_yet(wait: float) -> Unavailable:
    return Unavailable("Slack is not answering.", retry_after=wait, may_have_arrived=False)
