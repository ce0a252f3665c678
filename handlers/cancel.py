"""Ask to cancel: the card's button, the question for a reason, and its answer."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.desk.cancelling import ask_to_cancel, check_cancellable
from bot.desk.finding import order_of_key
from bot.errors import Refused
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
        press = Press.read(body)
        await telling(ask_why(front, press), lambda message: front.tell(press, message))

    async def check(ack: AsyncAck, body: dict[str, Any]) -> None:
        if reason_of(Submission.read(body).chosen("reason")):
            await ack()
        else:
            await ack(response_action="errors", errors=private.asks_for_reason())

    async def sent(body: dict[str, Any]) -> None:
        submission = Submission.read(body)

        if reason := reason_of(submission.chosen("reason")):
            await telling(
                cancel_with_reason(front, submission, reason), lambda message: front.tell(submission, message)
            )

    app.action("ask_to_cancel")(ack=acknowledge, lazy=[pressed])
    app.view(private.CANCEL_MODAL)(ack=check, lazy=[sent])


async def ask_why(front: Front, press: Press) -> None:
    order = await pressed_order(front, press)
    await front.permitted(press.user_id, Act.CANCEL, front.desk.store(order.store_key))
    check_cancellable(order)
    await front.slack.open_modal(press.trigger_id, private.cancel_modal(order, metadata(order.key, press.channel)))


async def cancel_with_reason(front: Front, submission: Submission, reason: Reason) -> Message:
    order = await order_of_key(front.desk, submission.order_key)
    if order is None:
        raise Refused("This order is no longer on the desk.")
    person = await front.permitted(submission.user_id, Act.CANCEL, front.desk.store(order.store_key))
    asked = await ask_to_cancel(front.desk, order.key, person, reason)
    await front.done(submission)
    return private.cancel_asked(asked)
