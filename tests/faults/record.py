"""What Slack's own record says: how many cards an order has, what they show, and what stands in their threads.

The bot's database is only asked what must stand there, never whether it does.
"""

import re
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime

from bot.messages.history import history_line
from bot.messages.order_card import order_card
from bot.rules.order_values import Order
from bot.sandbox.slack import Message, SlackStandIn
from bot.store import Database, history, orders, stores

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def mark_of(message: Message) -> tuple[str, str]:
    """Which order's message this is, and which of its messages."""
    payload = (message.metadata or {}).get("event_payload") or {}
    return str(payload.get("order_key", "")), str(payload.get("part", ""))


def cards_by_order(slack: SlackStandIn) -> Mapping[str, list[Message]]:
    """The live cards of each order, in all channels."""
    found: dict[str, list[Message]] = {}
    for message in slack.cards(event_type="order_ahead"):
        key, part = mark_of(message)
        if part == "card":
            found.setdefault(key, []).append(message)
    return found


def told_twice(slack: SlackStandIn) -> list[tuple[str, str]]:
    """Messages of the bot that stand in Slack more than once."""
    live = [message for message in slack.all_messages() if message.is_bot and not message.deleted]
    return [mark for mark, count in Counter(map(mark_of, live)).items() if count > 1]


def history_told(slack: SlackStandIn, card: Message) -> list[str]:
    """The lines of history in the card's thread, in the order in which they stand there."""
    replies = slack.thread(card.channel, card.ts)[1:]
    return [
        line for reply in replies if mark_of(reply)[1].startswith("history") for line in reply.text.splitlines() if line
    ]


def without_times(lines: list[str]) -> list[str]:
    return [re.sub(r"^<!date[^>]*>\s+", "", line) for line in lines]


async def all_orders(database: Database) -> list[Order]:
    async with database.read() as tx:
        found = await stores.all_stores(tx)
        return [order for store, _ in found for order in await orders.recent(tx, store.key, since=LONG_AGO)]


async def what_is_wrong(slack: SlackStandIn, database: Database) -> list[str]:
    """Sentences about orders without a card, with two, with a card that shows an old state, and doubled or lost lines."""
    async with database.read() as tx:
        by_key = {store.key: store for store, _ in await stores.all_stores(tx)}
    wrong = [f"{part} of {key[:6]} was told twice" for key, part in told_twice(slack)]
    cards = cards_by_order(slack)
    for order in await all_orders(database):
        found = cards.get(order.key, [])
        if len(found) != 1:
            wrong.append(f"{order.short_id} has {len(found)} cards")
            continue
        card = found[0]
        if card.text != (text := order_card(order, by_key[order.store_key]).text):
            wrong.append(f"the card of {order.short_id} says “{card.text}” and not “{text}”")
        async with database.read() as tx:
            events = await history.of_order(tx, order.key)
        last_loud = max((event.seq for event in events if event.is_loud), default=0)
        told, happened = history_told(slack, card), [history_line(event) for event in events]
        if told != happened[: len(told)] or len(told) < last_loud:
            wrong.append(f"the thread of {order.short_id} tells {told} and not {happened}")
    return wrong
