"""The same bot whose queue is not woken by a commit: it looks every five seconds, as its safety net does."""

from datetime import datetime

import bot.app
from bot.__main__ import main
from bot.deliveries import Courier


class Unwoken(Courier):
    async def start(self) -> None:
        await super().start()
        self._database.on_wake, self._database.take_along = _nobody, None


def _nobody(_lane: str, _at: datetime) -> None:
    """Hears of a commit."""


bot.app.Courier = Unwoken  # type: ignore[attr-defined]

if __name__ == "__main__":
    main()
