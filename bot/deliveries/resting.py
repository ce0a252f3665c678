"""What waits and what is left while a store is paused or removed, and what goes on when its credentials are new."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

from bot.deliveries.office import Office
from bot.errors import Unauthorised
from bot.rules.deliveries import NOTHING_TO_DO, Delivery, Kind, Outcome, waits

LOOK_AGAIN = timedelta(seconds=60)
PAUSED = "paused"
"""The problem of a delivery that waits for its store: resuming sets those going again."""
ALL_THE_SAME = frozenset({Kind.CARD, Kind.NOTICE})
"""Cards say that the store rests, and so does a line in the channel."""


async def unless_resting(office: Office, run: Callable[[Delivery], Awaitable[Outcome]], delivery: Delivery) -> Outcome:
    desk, key = office.desk, delivery.store_key
    if key and desk.any_store(key) is None:
        await desk.load_stores()  # connected a moment ago, perhaps by another replica
    if key in desk.resting and delivery.kind not in ALL_THE_SAME:
        return waits_for_store(office, delivery)
    used = desk.credentials_at_rest(key)
    try:
        return await run(delivery)
    except Unauthorised:
        if desk.credentials_at_rest(key) == used:
            raise
        # New ones came while the old ones were being refused: that is no reason to leave the lane alone.
        return replace(waits(delivery, desk.now()), called=True)


def waits_for_store(office: Office, delivery: Delivery) -> Outcome:
    """Until the store works again; for ever, if it was removed."""
    if office.desk.paused(delivery.store_key) is None:
        return NOTHING_TO_DO
    return waits(delivery, office.desk.now() + LOOK_AGAIN, PAUSED)
