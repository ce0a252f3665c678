"""Noticing that a store's channel can't be written to any more, and that it can again."""

from collections.abc import Awaitable, Callable

from bot.deliveries.office import Office
from bot.desk.health import channel_answered, channel_closed
from bot.errors import Closed
from bot.rules.deliveries import Delivery, Outcome, State

SlackRunner = Callable[[Office, Delivery], Awaitable[Outcome]]


async def watching(office: Office, run: SlackRunner, delivery: Delivery) -> Outcome:
    """Run what speaks in a store's channel. What goes to one person belongs to no store and says nothing about it."""
    store = office.desk.stores.get(delivery.store_key)
    try:
        outcome = await run(office, delivery)
    except Closed as problem:
        if store is not None:
            await channel_closed(office.desk, store, problem)
        raise
    if store is not None and outcome.state is State.DONE and outcome.called:
        await channel_answered(office.desk, store)
    return outcome
