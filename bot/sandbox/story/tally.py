"""Counting what happened, from the stand-ins' own records and never from the bot's."""

import re
from collections import Counter
from typing import Any

from bot.sandbox.slack import Message
from bot.sandbox.stage import says
from bot.sandbox.story.teller import Day

NUMBER_SHOWN = 8
"""A card shows at least this much of the source's number (or all of it, when it is shorter)."""


def tally(day: Day) -> dict[str, Any]:
    """What `orderahead demo --json` prints. An order is lost when Slack has no live card with its number, and doubled
    when it has more than one."""
    cards = [card for channel in day.sandbox.channels.values() for card in day.cards(channel)]
    found = [sum(_is_of(card, source, number) for card in cards) for source, _, number in day.placed]
    edits = sum(revision.kind == "edited" for card in cards for revision in card.revisions)
    parts = Counter(_part(message) for message in day.slack.all_messages() if not message.deleted)
    return {
        "connected": sum(_is_welcome(message) for message in day.slack.all_messages()),
        "orders": dict(Counter(source for source, _, _ in day.placed)),
        "cards": len(cards),
        "edits": edits,
        "statuses": dict(Counter(change.status for order in day.flowhub.orders for change in order.changes)),
        "cancels": {
            "asked": sum(says(card, "Cancel asked") for card in cards),
            "proved": sum(says(card, "Proved by Flowhub") for card in cards),
        },
        "escalations": parts["escalate"],
        "lost": sum(count == 0 for count in found),
        "duplicated": sum(max(0, count - 1) for count in found),
    }


def _is_of(card: Message, source: str, number: str) -> bool:
    names = {"leafly": "Leafly", "storefront": "Web shop", "flowhub": "Point of sale"}
    texts = [field["text"] for block in card.every_block() for field in block.get("fields", ())]
    shown = re.escape(number if len(number) <= 2 * NUMBER_SHOWN else number[:NUMBER_SHOWN])
    return any(re.search(rf"{names[source]} #{shown}", text) for text in texts)


def _is_welcome(message: Message) -> bool:
    """A store was connected from Slack."""
    return not message.deleted and says(message, "is connected", "Order Ahead token")


def _part(message: Message) -> str:
    """Which kind of message it is, by the metadata that the app put on it."""
    payload = (message.metadata or {}).get("event_payload") or {}
    return str(payload.get("part", "")).partition(" ")[0]
