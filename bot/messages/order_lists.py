"""Answers to `/orders`: the open orders as Cashier groups them, one order whole, and help."""

from collections.abc import Sequence
from datetime import datetime

from bot.messages.history import history_text
from bot.messages.order_card import order_card
from bot.messages.parts import Block, Message, at_time, context, counted, header, how_long, plain, section
from bot.messages.words import CLOCKS, COLUMNS, REASONS
from bot.rules.history import Event
from bot.rules.lateness import Clock
from bot.rules.order_values import Order
from bot.rules.orders import Column, column_of
from bot.rules.stores import Store

MOST_LINES = 60
"""A message holds about 9,000 characters (slack.md 3.1); a line is at most 140."""


def open_orders(store: Store, orders: Sequence[Order], now: datetime, *, down_since: datetime | None = None) -> Message:
    """New, In progress, Ready: late ones first, then the oldest."""
    title = f"{counted(len(orders), 'open order')} at {plain(store.name, 60)}"
    if not orders:
        blocks = [
            section(f":sparkles: *No open orders at {plain(store.name, 60)}.* New ones appear here by themselves.")
        ]
        return Message(text=title, blocks=[*blocks, *_freshness(down_since)])
    shown = sorted(orders, key=lambda order: (not order.late, order.arrived_at))
    blocks = [header(title)]
    left = MOST_LINES
    for column, (emoji, name) in COLUMNS.items():
        group = [order for order in shown if column_of(order) is column]
        if not group:
            continue
        lines = [_line(order, now) for order in group[: max(left, 0)]]
        left -= len(lines)
        if hidden := len(group) - len(lines):
            lines.append(f"_and {hidden} more_")
        for index in range(0, len(lines), 20):
            title_line = f"{emoji} *{name}* ({len(group)})\n" if index == 0 else ""
            blocks.append(section(title_line + "\n".join(lines[index : index + 20])))
    blocks.append(context("`/orders show A01` shows one, `/orders cancel A01` asks to cancel it"))
    return Message(text=title, blocks=[*blocks, *_freshness(down_since)])


def _freshness(down_since: datetime | None) -> list[Block]:
    if down_since is None:
        return []
    return [context(f":warning: Flowhub isn't answering: this is what was known at {at_time(down_since)}.")]


def _line(order: Order, now: datetime) -> str:
    parts = [plain(order.shopper, 40), counted(len(order.items), "item"), how_long(now - order.arrived_at)]
    if order.claimed_by:
        parts.append(plain(order.claimed_by, 30))
    if order.cancel is not None and order.cancel.is_waiting:
        parts.append(":octagonal_sign: cancel asked")
    late = f":alarm_clock: {CLOCKS[Clock(order.late)]}" if order.late and column_of(order) is not Column.CLOSED else ""
    return " · ".join([f"*{order.short_id}*", *parts, *([late] if late else [])])


def one_order(order: Order, store: Store, events: Sequence[Event]) -> Message:
    """The card and the whole history, for one person."""
    card = order_card(order, store)
    blocks = [*card.blocks, section(history_text(order, events) or "Nothing has happened yet.")]
    return Message(text=card.text, blocks=blocks, attachments=card.attachments)


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
