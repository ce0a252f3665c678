"""Reveal contact: the card's button, the question for a reason, and the details for one person's eyes."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.desk.revealing import reveal_contact
from bot.messages import private
from bot.messages.parts import Message
from bot.rules.permissions import Act
from handlers.errors import telling
from handlers.front import Front, Press, Submission, metadata
from handlers.order_buttons import pressed_order


def register(app: AsyncApp, front: Front) -> None:
    async def acknowledge(ack: AsyncAck) -> None:
        await ack()

    async def pressed(body: dict[str, Any]) -> None:
        press = front.press(body)
        await telling(ask_why(front, press), lambda message: front.tell(press, message))

    async def check(ack: AsyncAck, body: dict[str, Any]) -> None:
        if front.submission(body).chosen("reason") in private.REVEAL_REASONS:
            await ack()
        else:
            await ack(response_action="errors", errors=private.asks_for_reason())

    async def sent(body: dict[str, Any]) -> None:
        submission = front.submission(body)

        if submission.chosen("reason") in private.REVEAL_REASONS:
            await telling(show_contact(front, submission), lambda message: front.tell(submission, message))

    app.action("reveal_contact")(ack=acknowledge, lazy=[pressed])
    app.view(private.REVEAL_MODAL)(ack=check, lazy=[sent])


async def ask_why(front: Front, press: Press) -> None:
    order, store = await pressed_order(front, press)
    await front.permitted(press, Act.REVEAL, store)
    await front.open_modal(press, private.reveal_modal(order, metadata(order.key, press.channel)))


async def show_contact(front: Front, submission: Submission) -> Message:
    order, store = await front.order(submission, submission.order_key)
    person = await front.permitted(submission, Act.REVEAL, store)
    reason, more = submission.chosen("reason"), submission.typed("more")
    order, contact = await reveal_contact(front.desk, order.key, person, reason, more=more)
    return private.contact_details(order, contact)
