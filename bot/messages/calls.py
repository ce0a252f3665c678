"""What the bot says unasked: an order is late, a cancel is open, what was left at closing, Flowhub is down or back."""

from collections.abc import Sequence
from datetime import datetime

from bot.messages.order_card import headline_text
from bot.messages.parts import (
    Message,
    actions,
    at_time,
    button,
    context,
    counted,
    ended,
    fitting,
    how_long,
    plain,
    section,
)
from bot.messages.words import clock_words
from bot.rules.lateness import Clock
from bot.rules.order_values import Order
from bot.rules.stores import Store


def late_reply(order: Order, clock: Clock, now: datetime) -> Message:
    text = (
        f":alarm_clock: {order.short_id} is late: {clock_words(order, clock)}, "
        f"{how_long(now - order.arrived_at)} after it arrived."
    )
    return Message(text=text, blocks=[section(text)])


def late_mention(order: Order, clock: Clock, store: Store, now: datetime) -> Message:
    """The second rung: the store's group is called, in the thread and shown in the channel."""
    called = mention(store)
    text = (
        f":rotating_light: {called}{order.short_id} still waits: {clock_words(order, clock)}, "
        f"{how_long(now - order.arrived_at)} after it arrived. Who can take it?"
    )
    return Message(text=text, blocks=[section(text)])


def mention(store: Store) -> str:
    if store.mention in {"here", "channel"}:
        return f"<!{store.mention}> "
    return f"<!subteam^{store.mention}> " if store.mention else ""


def cancel_nag(order: Order, now: datetime) -> Message:
    asked = order.cancel.asked_at if order.cancel else now
    text = (
        f":octagonal_sign: {order.short_id} is still in Flowhub, {how_long(now - asked)} after its cancel was asked. "
        "Please remove it in Cashier › Order Ahead."
    )
    return Message(text=text, blocks=[section(text)])


def left_overnight(store: Store, orders: Sequence[Order], now: datetime) -> Message:
    """The morning list: what was ready at closing and has not been picked up."""
    text = f":sunrise: {counted(len(orders), 'order')} ready since before closing at {plain(store.name, 60)}"
    lines = [f"• {_line(order, now)}" for order in orders]
    shown = lines[: fitting(lines, 2800)]
    if len(lines) > len(shown):
        shown.append(f"_and {len(lines) - len(shown)} more: `/orders` lists them_")
    rule = "Give the customer at least 24 hours and a call before you ask to cancel with “Nobody picked it up”."
    return Message(text=text, blocks=[section(f"*{text}*"), section("\n".join(shown)), context(rule)])


def _line(order: Order, now: datetime) -> str:
    ready = f", ready for {how_long(now - order.ready_at)}" if order.ready_at else ""
    return f"*{order.short_id}* {plain(order.shopper, 60)}{ready}"


def flowhub_down(store: Store, since: datetime, why: str) -> Message:
    text = f":warning: Flowhub isn't answering for {plain(store.name, 60)} since {at_time(since)}."
    more = (
        f"{ended(plain(why, 200))} New orders keep arriving here and wait; cards show what was last known. "
        "You will be told when it is back."
    )
    return Message(text=text, blocks=[section(f"*{text}*\n{more}")])


def flowhub_back(store: Store, since: datetime, now: datetime) -> Message:
    text = f":white_check_mark: Flowhub is back for {plain(store.name, 60)} after {how_long(now - since)}."
    return Message(text=text, blocks=[section(text)])


def channel_closed(store: Store, since: datetime, why: str) -> Message:
    """For the store's managers, in private: nothing can be said in the channel itself."""
    text = f":warning: I can't write in <#{store.channel}>, the order desk of {plain(store.name, 60)}, since {at_time(since)}."
    more = (
        f"{ended(plain(why, 200))} Orders still arrive, and their cards wait. Please unarchive the channel, or write "
        "`/invite @Order Ahead` in it: the cards are there a minute later."
    )
    return Message(text=text, blocks=[section(f"*{text}*\n{more}")])


def channel_opened(store: Store, since: datetime, now: datetime) -> Message:
    text = f":white_check_mark: I can write in <#{store.channel}> again, after {how_long(now - since)}."
    return Message(text=text, blocks=[section(text)])


def unread_order(number: str, why: str) -> Message:
    """A marketplace's order that never became a card: somebody must look there."""
    text = f":warning: Order #{plain(number, 60)} from Leafly could not be taken in. Look at it on Leafly, please."
    return Message(text=text, blocks=[section(f"*{text}*\n{ended(plain(why, 200))} Enter it in Cashier by hand.")])


def card_in_doubt(order: Order) -> Message:
    """Slack's answer to the card's post was lost and we may not look: a person decides."""
    text = f":question: {headline_text(order)}: its card may or may not have been posted. Do you see it above?"
    return Message(
        text=text,
        blocks=[
            section(text),
            actions("card_in_doubt", button("No, post it", "post_card_again", order.key)),
            context("If you see it, press any button on it, and it shows the present state again."),
        ],
    )
