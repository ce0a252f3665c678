"""`/orders`: list, show, cancel, help."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond

from bot.desk.cancelling import ask_to_cancel, check_cancellable
from bot.desk.finding import find_order, look_up
from bot.messages import order_lists, private
from bot.messages.parts import Message
from bot.rules.cancelling import reason_named
from bot.rules.permissions import Act
from bot.rules.short_ids import spoken_short_id
from bot.rules.stores import Store
from bot.store import orders, stores
from handlers.errors import telling
from handlers.front import Command, Front, metadata


def register(app: AsyncApp, front: Front) -> None:
    async def acknowledge(ack: AsyncAck) -> None:
        await ack()

    async def answer(body: dict[str, Any], respond: AsyncRespond) -> None:
        async def tell(message: Message) -> None:
            await respond(
                text=message.text,
                blocks=message.blocks,
                attachments=message.attachments,
                response_type="ephemeral",
            )

        await telling(orders_command(front, front.command(body)), tell)

    app.command("/orders")(ack=acknowledge, lazy=[answer])


async def orders_command(front: Front, command: Command) -> Message | None:
    await front.permitted(command, Act.LOOK)
    store = front.store_here(command)
    verb, rest = (command.words[0].lower() if command.words else "list"), command.words[1:]
    if verb == "help":
        return order_lists.orders_help(store)
    if store is None:
        if left := front.desk.resting_at(command.workspace, command.channel):
            front.desk.store(left.store.key)  # raises with the sentence that says why
        return private.not_an_order_desk(front.stores(command))
    if verb == "list" and not rest:
        return await _list(front, command, store)
    if verb == "show":
        return await _show(front, command, store, " ".join(rest))
    if verb == "cancel":
        return await _cancel(front, command, store, rest)
    if spoken_short_id("".join(command.words)):
        return await _show(front, command, store, "".join(command.words))
    return order_lists.orders_help(store)


async def _list(front: Front, command: Command, store: Store) -> Message:
    await front.permitted(command, Act.LOOK, store)
    async with front.desk.database.read() as tx:
        found = await orders.open_orders(tx, store.key)
        down_since = await stores.down_since(tx, store.key)
    return order_lists.open_orders(store, found, front.desk.now(), down_since=down_since)


async def _show(front: Front, command: Command, store: Store, text: str) -> Message:
    person = await front.permitted(command, Act.LOOK, store)
    found = await look_up(front.desk, store, text, person)
    if isinstance(found, Message):
        return found
    order, events = found
    return order_lists.one_order(order, store, events)


async def _cancel(front: Front, command: Command, store: Store, words: tuple[str, ...]) -> Message | None:
    person = await front.permitted(command, Act.CANCEL, store)
    short_id, why = _id_and_reason(words)
    found = await find_order(front.desk, store, short_id)
    if isinstance(found, Message):
        return found
    check_cancellable(found)
    if why:
        reason = reason_named(why)
        if reason is None:
            return private.unknown_reason(why)
        return private.cancel_asked(await ask_to_cancel(front.desk, found.key, person, reason))
    await front.open_modal(command, private.cancel_modal(found, metadata(found.key, command.channel)))
    return None


def _id_and_reason(words: tuple[str, ...]) -> tuple[str, str]:
    """People write an id in one word or in two: `cancel A01 customer`, `cancel A 01 customer`."""
    long = 2 if spoken_short_id(" ".join(words[:2])) and not spoken_short_id(" ".join(words[:1])) else 1
    return " ".join(words[:long]), " ".join(words[long:])
