"""`/flowhub`: which of its verbs was meant."""

import difflib
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond

from bot.messages import flowhub as words
from bot.messages.parts import Message
from bot.rules.permissions import Act
from handlers.audit import audit_command
from handlers.connect import connect_command
from handlers.disconnect import disconnect_command, resume_command
from handlers.doctor import doctor_command, status_command
from handlers.errors import telling
from handlers.front import Command, Front
from handlers.roles import roles_command
from handlers.rotate import rotate_command
from handlers.syncing import sync_command
from handlers.web_shop import web_shop_command

Verb = Callable[[Front, Command], Awaitable[Message | None]]


async def _help(_front: Front, _command: Command) -> Message:
    return words.flowhub_help()


VERBS: Mapping[str, Verb] = {
    "connect": connect_command,
    "status": status_command,
    "doctor": doctor_command,
    "rotate": rotate_command,
    "webshop": web_shop_command,
    "disconnect": disconnect_command,
    "resume": resume_command,
    "roles": roles_command,
    "audit": audit_command,
    "sync": sync_command,
    "help": _help,
}


def register(app: AsyncApp, front: Front) -> None:
    async def acknowledge(ack: AsyncAck) -> None:
        await ack()

    async def answer(body: dict[str, Any], respond: AsyncRespond) -> None:
        async def tell(message: Message) -> None:
            await respond(text=message.text, blocks=message.blocks, response_type="ephemeral")

        await telling(flowhub_command(front, front.command(body)), tell)

    app.command("/flowhub")(ack=acknowledge, lazy=[answer])


async def flowhub_command(front: Front, command: Command) -> Message | None:
    await front.permitted(command, Act.STATUS)  # each verb asks for more; outsiders learn nothing here, not even a name
    asked = command.words[0].lower() if command.words else "help"
    verb = VERBS.get(asked)
    if verb is None:
        nearest = difflib.get_close_matches(asked[:40], VERBS, n=1, cutoff=0.5)
        return words.unknown_subcommand(asked, nearest[0] if nearest else "")
    return await verb(front, command)
