"""`/flowhub disconnect` and `/flowhub resume`, and the paused notice's button."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.activation.resting import pause, remove, resume
from bot.errors import Refused
from bot.messages import connecting, resting
from bot.messages.parts import Message
from bot.rules.permissions import Act
from bot.rules.stores import Store, StoreState
from bot.store import orders
from handlers.errors import telling
from handlers.front import Acted, Command, Front, Submission, metadata
from handlers.stepping import Step, step


def register(app: AsyncApp, front: Front) -> None:
    async def acknowledge(ack: AsyncAck) -> None:
        await ack()

    async def sent(ack: AsyncAck, body: dict[str, Any]) -> None:
        submission = front.submission(body)
        await step(
            front, ack, submission, disconnect(front, submission), meanwhile=connecting.checking("Just a moment …")
        )

    async def pressed(body: dict[str, Any]) -> None:
        press = front.press(body)

        async def act() -> None:
            store = front.known_store(press, press.value)
            person = await front.permitted(press, Act.DISCONNECT, store)
            await resume(front.desk, store, person)

        await telling(act(), lambda message: front.tell(press, message))

    app.view(resting.DISCONNECT_MODAL)(sent)
    app.action("resume_store")(ack=acknowledge, lazy=[pressed])


def store_meant(front: Front, where: Acted, *, paused: bool | None = None) -> Store | list[Store]:
    """The store of the channel, or the only one there is; else those it could be. Paused ones count unless `paused` says
    which."""
    working = front.stores(where) if paused is not True else []
    rests = [
        rest.store
        for rest in front.desk.resting.values()
        if rest.state is StoreState.PAUSED and rest.store.workspace == where.workspace and paused is not False
    ]
    stores = [*working, *rests]
    here = [store for store in stores if store.channel == where.channel]
    return here[0] if here else stores[0] if len(stores) == 1 else stores


def store_or_question(front: Front, command: Command, verb: str) -> Store | Message:
    """The store that is meant, or the question which of them. Raises Refused where there is none."""
    store = store_meant(front, command)
    if isinstance(store, Store):
        return store
    if not store:
        raise Refused("No store is connected yet: /flowhub connect connects the first one.")
    return resting.which_store(store, verb)


async def disconnect_command(front: Front, command: Command) -> Message | None:
    store = store_meant(front, command)
    if isinstance(store, list):
        return resting.which_store(store, "disconnect") if store else _no_store()
    await front.permitted(command, Act.DISCONNECT, store)
    async with front.desk.database.read() as tx:
        waiting = await orders.open_orders(tx, store.key)
    is_paused = front.desk.paused(store.key) is not None
    view = resting.disconnect_modal(store, waiting, metadata(store.key, command.channel), is_paused=is_paused)
    await front.open_modal(command, view)
    return None


async def disconnect(front: Front, submission: Submission) -> Step:
    store = front.known_store(submission, submission.metadata.partition(" ")[0])
    person = await front.permitted(submission, Act.DISCONNECT, store)
    what = submission.chosen("what")
    if what == resting.PAUSE:
        await pause(front.desk, store, person)
    elif submission.typed("name").casefold() != store.name.casefold():
        errors = resting.wrong_name(store)
        async with front.desk.database.read() as tx:
            waiting = await orders.open_orders(tx, store.key)
        is_paused = front.desk.paused(store.key) is not None
        return Step(resting.disconnect_modal(store, waiting, submission.metadata, is_paused=is_paused), errors)
    else:
        await remove(front.desk, store, person)
    return Step(resting.done(store, resting.PAUSE if what == resting.PAUSE else resting.REMOVE))


async def resume_command(front: Front, command: Command) -> Message:
    store = store_meant(front, command, paused=True)
    if isinstance(store, list):
        return resting.which_store(store, "resume") if store else resting.nothing_paused()
    person = await front.permitted(command, Act.DISCONNECT, store)
    await resume(front.desk, store, person)
    return resting.resumed(store)


def _no_store() -> Message:
    raise Refused("No store is connected yet: /flowhub connect connects the first one.")
