"""What waits and what is left while a store is paused or removed."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from bot.deliveries.office import Office
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
    if key not in desk.resting or delivery.kind in ALL_THE_SAME:
        return await run(delivery)
    return waits_for_store(office, delivery)


def waits_for_store(office: Office, delivery: Delivery) -> Outcome:
    """Until the store works again; for ever, if it was removed."""
    if office.desk.paused(delivery.store_key) is None:
        return NOTHING_TO_DO
    return waits(delivery, office.desk.now() + LOOK_AGAIN, PAUSED)
