"""Noticing that a store's channel can't be written to any more, and that it can again; and holding back what must not be
read there."""

from collections.abc import Awaitable, Callable

from bot.deliveries.office import Office
from bot.deliveries.safety import hold
from bot.desk.health import channel_answered, channel_closed
from bot.errors import Closed
from bot.rules.deliveries import Delivery, Outcome, State

SlackRunner = Callable[[Office, Delivery], Awaitable[Outcome]]


async def watching(office: Office, run: SlackRunner, delivery: Delivery) -> Outcome:
    """Run what speaks in a store's channel, unless orders must not be told of there. What goes to one person belongs to no
    store and says nothing about it."""
    store = office.desk.stores.get(delivery.store_key)
    try:
        held = await hold(office, store, delivery) if store is not None else None
        if held is not None:
            return held
        outcome = await run(office, delivery)
    except Closed as problem:
        if store is not None:
            await channel_closed(office.desk, store, problem)
        raise
    if store is not None and outcome.state is State.DONE and outcome.called:
        await channel_answered(office.desk, store)
    return outcome
