"""Answers to `/orders`: the open orders as Cashier groups them, one order whole, and help."""

from collections.abc import Sequence
from datetime import datetime

from bot.messages.history import history_text
from bot.messages.order_card import order_card
from bot.messages.parts import (
    Block,
    Message,
    at_time,
    chunks,
    context,
    counted,
    fitting,
    header,
    how_long,
    plain,
    section,
    weight,
)
from bot.messages.words import COLUMNS, GREY, REASONS, clock_words
from bot.rules.history import Event
from bot.rules.lateness import Clock
from bot.rules.order_values import Order
from bot.rules.orders import Column, column_of
from bot.rules.stores import Store

LIST_WEIGHT = 7000
"""Bytes of lines; the message around them stays below Slack's budget (slack.md 3.1)."""


def open_orders(store: Store, orders: Sequence[Order], now: datetime, *, down_since: datetime | None = None) -> Message:
    """New, In progress, Ready: late ones first, then the oldest."""
    title = f"{counted(len(orders), 'open order')} at {plain(store.name, 60)}"
    if not orders:
        blocks = [
            section(f":sparkles: *No open orders at {plain(store.name, 60)}.* New ones appear here by themselves.")
        ]
        return Message(text=title, blocks=[*blocks, *_freshness(down_since)])
    pressing_first = sorted(orders, key=lambda order: (not order.late, order.arrived_at))
    blocks = [header(title)]
    left = LIST_WEIGHT
    for column, (emoji, name) in COLUMNS.items():
        group = [order for order in pressing_first if column_of(order) is column]
        if not group:
            continue
        lines = [_line(order, now) for order in group]
        shown = lines[: fitting(lines, left)]
        left -= sum(weight(line) + 2 for line in shown)
        if hidden := len(lines) - len(shown):
            shown.append(f"_and {hidden} more_")
        blocks += [section(text) for text in chunks([f"{emoji} *{name}* ({len(group)})", *shown], 2900)]
    blocks.append(context("`/orders show A01` shows one, `/orders cancel A01` asks to cancel it"))
    return Message(text=title, blocks=[*blocks, *_freshness(down_since)])


def _freshness(down_since: datetime | None) -> list[Block]:
    if down_since is None:
        return []
    return [context(f":warning: Flowhub isn't answering: this is what was known at {at_time(down_since)}.")]


def _line(order: Order, now: datetime) -> str:
    items = [counted(len(order.items), "item")] if order.items else []
    parts = [plain(order.shopper, 40), *items, how_long(now - order.arrived_at)]
    if order.claimed_by:
        parts.append(f"{plain(order.claimed_by, 30)} has it")
    if order.cancel is not None and order.cancel.is_waiting:
        parts.append(":octagonal_sign: cancel asked")
    if order.late and column_of(order) is not Column.CLOSED:
        parts.append(f":alarm_clock: {clock_words(order, Clock(order.late))}")
    return " · ".join([f"*{order.short_id}*", *parts])


def one_order(order: Order, store: Store, events: Sequence[Event]) -> Message:
    """The card and the whole history, for one person."""
    card = order_card(order, store)
    told = section(history_text(events) or "Nothing has happened yet.")
    below = {"color": GREY, "fallback": card.text, "blocks": [told]}
    return Message(text=card.text, blocks=card.blocks, attachments=[*card.attachments, below])


def orders_help(store: Store | None) -> Message:
    place = f"for {plain(store.name, 60)}" if store else "in a store's channel"
    reasons = ", ".join(f"`{reason.value}`" for reason in REASONS)
    text = (
        f"*Orders {place}*\n"
        "`/orders` lists the open ones: New, In progress, Ready\n"
        "`/orders show A01` shows one with its history\n"
        "`/orders cancel A01` asks to cancel it; you are asked for a reason\n"
        f"`/orders cancel A01 customer` gives the reason at once: {reasons}\n"
        "`/orders help` shows this"
    )
    more = (
        "Cards edit themselves. *Claim* tells the others that you have it. "
        "Only Flowhub Cashier starts, finishes and removes orders."
    )
    return Message(text="How to use /orders", blocks=[section(text), context(more)])
