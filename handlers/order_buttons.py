"""The card's buttons that need no question: claim, release, it's there, send again, post the card again."""

from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.deliveries.cards import card_found, post_card_again
from bot.desk.claiming import claim, release
from bot.desk.placing import its_there, send_again
from bot.errors import Refused
from bot.rules.order_values import Order
from bot.rules.permissions import Act, Person
from bot.rules.stores import Store
from handlers.errors import telling
from handlers.front import Front, Press

Verb = Callable[[Front, Order, Person], Awaitable[object]]


async def _claim(front: Front, order: Order, person: Person) -> None:
    await claim(front.desk, order.key, person)


async def _release(front: Front, order: Order, person: Person) -> None:
    await release(front.desk, order.key, person)


async def _its_there(front: Front, order: Order, person: Person) -> None:
    await its_there(front.desk, order.key, person)


async def _send_again(front: Front, order: Order, person: Person) -> None:
    await send_again(front.desk, order.key, person)


async def _post_again(front: Front, order: Order, person: Person) -> None:
    if not await post_card_again(front.office, front.desk.store(order.store_key), order.key, person):
        raise Refused(f"{order.short_id} has its card already.")


BUTTONS: dict[str, tuple[Act, Verb]] = {
    "claim_order": (Act.CLAIM, _claim),
    "release_order": (Act.CLAIM, _release),
    "its_there": (Act.SETTLE, _its_there),
    "send_again": (Act.SETTLE, _send_again),
    "post_card_again": (Act.REPOST, _post_again),
}


def register(app: AsyncApp, front: Front) -> None:
    for action_id, (act, verb) in BUTTONS.items():
        app.action(action_id)(ack=_acknowledge, lazy=[_lazily(front, act, verb)])


async def _acknowledge(ack: AsyncAck) -> None:
    await ack()


def _lazily(front: Front, act: Act, verb: Verb) -> Callable[..., Awaitable[None]]:
    async def pressed(body: dict[str, Any]) -> None:
        press = front.press(body)
        await telling(_do(front, press, act, verb), lambda message: front.tell(press, message))

    return pressed


async def _do(front: Front, press: Press, act: Act, verb: Verb) -> None:
    order, store = await pressed_order(front, press)
    person = await front.permitted(press, act, store)
    await verb(front, order, person)
    await front.done(press)


async def pressed_order(front: Front, press: Press) -> tuple[Order, Store]:
    """The order whose button was pressed, and its store. Raises Refused when it is gone, or belongs to a store that the
    person is not at: on a card that is the channel's, on the board one whose channel they are in."""
    order, store = await front.order(press, press.value)
    if press.channel == store.channel:
        if press.card_ts and not order.card_ts:
            await card_found(front.office, order.key, press.channel, press.card_ts)
        return order, store
    if not press.channel and store in await front.stores_of(press):
        return order, store
    raise Refused("This order is no longer on the desk.")
