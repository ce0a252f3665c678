"""Pausing a store, letting it work again, and removing it. Cards and the channel say so at once."""

from collections.abc import Awaitable, Callable

from bot.activation.connecting import redraw
from bot.deliveries.resting import ALL_THE_SAME, PAUSED
from bot.desk import Desk
from bot.desk.recording import note_deed, notice
from bot.errors import OutOfStep, Refused
from bot.rules.audit import Deed
from bot.rules.permissions import Person
from bot.rules.stores import Origin, Store, StoreState
from bot.store import Tx, deliveries, rows_of_a_store, stores

Then = Callable[[Tx], Awaitable[None]]


async def pause(desk: Desk, store: Store, person: Person) -> None:
    """Its credentials stay; nothing is read, taken in or sent. Raises OutOfStep when it is paused already."""

    async def then(tx: Tx) -> None:
        await redraw(tx, store, desk)

    await _move(desk, store, person, StoreState.PAUSED, Deed.PAUSE, then)


async def resume(desk: Desk, store: Store, person: Person) -> None:
    """What waited goes on where it stopped: the same rows, so no card is posted twice."""

    async def then(tx: Tx) -> None:
        await rows_of_a_store.hurry(tx, store.key, PAUSED, now=desk.now())
        await redraw(tx, store, desk)

    await _move(desk, store, person, StoreState.ACTIVE, Deed.RESUME, then)


async def remove(desk: Desk, store: Store, person: Person) -> None:
    """Its credentials are gone with this commit; its orders' personal data goes after a grace period. Raises Refused for a
    store of the settings file."""
    async with desk.database.read() as tx:
        known = await stores.one(tx, store.key)
    if known is not None and known.origin is Origin.SETTINGS:
        raise Refused(f"{store.name} is set up in the settings file: take it out there and start the bot anew.")

    async def then(tx: Tx) -> None:
        await rows_of_a_store.give_up(tx, store.key, but=ALL_THE_SAME)
        await redraw(tx, store, desk)

    await _move(desk, store, person, StoreState.REMOVED, Deed.REMOVE, then)


ABOUT = {StoreState.PAUSED: "paused", StoreState.ACTIVE: "resumed", StoreState.REMOVED: "removed"}


async def _move(desk: Desk, store: Store, person: Person, state: StoreState, deed: Deed, then: Then) -> None:
    now = desk.now()
    async with desk.database.write() as tx:
        known = await stores.one(tx, store.key)
        gone = known is None or known.state is StoreState.REMOVED
        if gone or not await stores.set_state(tx, store.key, state, now=now):
            raise OutOfStep(f"{store.name} is {'removed' if gone else ABOUT[state]} already.")
        await then(tx)
        subject = f"{ABOUT[state]}:{store.key}:{int(now.timestamp() * 1000)}"
        await deliveries.want_once(tx, notice(store, subject, now, about=ABOUT[state], by=person.name))
        await note_deed(tx, store, person, deed, store.key, now=now)
    await desk.load_stores()
