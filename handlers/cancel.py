"""Ask to cancel: the card's button, the question for a reason, and its answer."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.desk.cancelling import ask_to_cancel, check_cancellable
from bot.messages import private
from bot.messages.parts import Message
from bot.rules.cancelling import Reason, reason_of
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
        if reason_of(front.submission(body).chosen("reason")):
            await ack()
        else:
            await ack(response_action="errors", errors=private.asks_for_reason())

    async def sent(body: dict[str, Any]) -> None:
        submission = front.submission(body)

        if reason := reason_of(submission.chosen("reason")):
            await telling(
                cancel_with_reason(front, submission, reason), lambda message: front.tell(submission, message)
            )

    app.action("ask_to_cancel")(ack=acknowledge, lazy=[pressed])
    app.view(private.CANCEL_MODAL)(ack=check, lazy=[sent])


async def ask_why(front: Front, press: Press) -> None:
    order, store = await pressed_order(front, press)
    await front.permitted(press, Act.CANCEL, store)
    check_cancellable(order)
    await front.open_modal(press, private.cancel_modal(order, metadata(order.key, press.channel)))


async def cancel_with_reason(front: Front, submission: Submission, reason: Reason) -> Message:
    order, store = await front.order(submission, submission.order_key)
    person = await front.permitted(submission, Act.CANCEL, store)
    asked = await ask_to_cancel(front.desk, order.key, person, reason)
    await front.done(submission)
    return private.cancel_asked(asked)
