"""The welcome card's buttons: check again, and “It's on” for what no API tells."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.activation.checking import checklist, say_enabled
from bot.messages.checklist import noted, welcome
from bot.rules.permissions import Act
from bot.rules.stores import Store
from bot.slack import Mark
from handlers.errors import telling
from handlers.front import Front, Press


def register(app: AsyncApp, front: Front) -> None:
    async def acknowledge(ack: AsyncAck) -> None:
        await ack()

    async def check_again(body: dict[str, Any]) -> None:
        press = front.press(body)

        async def check() -> None:
            store = front.store(press, press.value)
            await front.permitted(press, Act.STATUS, store)
            await _draw(front, press, store, body)

        await telling(check(), lambda message: front.tell(press, message))

    async def it_is_on(body: dict[str, Any]) -> None:
        press = front.press(body)

        async def say() -> None:
            store = front.store(press, press.value)
            person = await front.permitted(press, Act.CONNECT, store)
            await say_enabled(front.desk, store, person)
            if (body.get("container") or {}).get("is_ephemeral"):
                await front.tell(press, noted(store))  # the doctor's answer, which only one person sees
            else:
                await _draw(front, press, store, body)

        await telling(say(), lambda message: front.tell(press, message))

    app.action("check_again")(ack=acknowledge, lazy=[check_again])
    app.action("order_ahead_is_on")(ack=acknowledge, lazy=[it_is_on])


async def _draw(front: Front, press: Press, store: Store, body: dict[str, Any]) -> None:
    """The card as the checks are now, in its own place."""
    lines = await checklist(front.office, store, front.desk.credentials(store.key))
    ts = str((body.get("container") or {}).get("message_ts") or "")
    mark = Mark(f"welcome:{store.key}", "notice")
    await front.slack_of(press).update(press.channel, ts, welcome(store, lines), mark)
