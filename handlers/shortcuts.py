"""The shortcuts: “Find an order” from anywhere, “Order history” on a card."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.desk.finding import look_up
from bot.messages import private, shortcuts
from bot.messages.parts import Message
from bot.rules.permissions import Act
from bot.rules.short_ids import spoken_short_id
from bot.rules.stores import Store
from handlers.errors import telling
from handlers.front import Acted, Front


def register(app: AsyncApp, front: Front) -> None:
    async def acknowledge(ack: AsyncAck) -> None:
        await ack()

    async def asked(body: dict[str, Any]) -> None:
        used = front.shortcut(body)

        async def ask() -> Message | None:
            await front.permitted(used, Act.LOOK)
            stores = await front.stores_of(used)
            if not stores:
                return private.not_an_order_desk([])
            await front.open_modal(used, shortcuts.find_modal(stores))
            return None

        await telling(ask(), lambda message: front.open_modal(used, shortcuts.told(message)))

    async def check(ack: AsyncAck, body: dict[str, Any]) -> None:
        typed = front.submission(body).typed("short_id")
        if spoken_short_id(typed) is None:
            await ack(response_action="errors", errors=shortcuts.wrong_id(typed))
        else:
            await ack()

    async def find(body: dict[str, Any]) -> None:
        submission = front.submission(body)
        if spoken_short_id(submission.typed("short_id")) is None:
            return

        async def look() -> Message | None:
            await front.permitted(submission, Act.LOOK)
            stores = await front.stores_of(submission)
            chosen = submission.chosen("store")
            store = next((one for one in stores if one.key == chosen), stores[0] if len(stores) == 1 else None)
            if store is None:
                return private.not_an_order_desk(stores)
            return await show(front, submission, store, submission.typed("short_id"))

        await telling(look(), lambda message: front.open_modal(submission, shortcuts.told(message)))

    async def history_asked(body: dict[str, Any]) -> None:
        used = front.shortcut(body)

        async def look() -> Message | None:
            await front.permitted(used, Act.LOOK)
            store = front.store_here(used)
            short_id = used.text.partition(" ")[0]
            if store is None or spoken_short_id(short_id) is None:
                return private.sentence("Use this on an order's card: then it shows what happened to that order.")
            return await show(front, used, store, short_id)

        await telling(look(), lambda message: front.open_modal(used, shortcuts.told(message)))

    app.shortcut("find_order")(ack=acknowledge, lazy=[asked])
    app.view(shortcuts.FIND_MODAL)(ack=check, lazy=[find])
    app.shortcut("order_history")(ack=acknowledge, lazy=[history_asked])


async def show(front: Front, where: Acted, store: Store, text: str) -> Message | None:
    """Show the order in a modal. A modal that was just submitted can't be filled: its own answer might come later."""
    person = await front.permitted(where, Act.LOOK, store)
    found = await look_up(front.desk, store, text, person)
    if isinstance(found, Message):
        return found
    order, events = found
    await front.open_modal(where, shortcuts.found(order, store, events))
    return None
