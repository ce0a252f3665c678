"""The pieces messages are made of: escaped words, times in everybody's own zone, money, and Block Kit's blocks."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

Block = dict[str, Any]


@dataclass(frozen=True)
class Message:
    """What is sent to Slack. `text` is what notifications and screen readers say: always there, as masked as the card."""

    text: str
    blocks: list[Block] = field(default_factory=list)
    attachments: list[Block] = field(default_factory=list)


def plain(text: str, most: int = 200) -> str:
    """Somebody else's words, safe to put into mrkdwn: cut, on one line, and unable to mention or link anything."""
    cut = " ".join(text.split())
    cut = cut if len(cut) <= most else f"{cut[: most - 1]}…"
    cut = re.sub(r"([*~`])", "\\1\u200b", cut)
    return cut.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def money(cents: int) -> str:
    return f"{'−' if cents < 0 else ''}${abs(cents) / 100:,.2f}"


def quantity(amount: Decimal) -> str:
    return f"{amount.normalize():f}"


def at_time(moment: datetime, form: str = "{time}") -> str:
    """A moment in the reader's own zone; the words behind the bar are for clients that can't do that."""
    return f"<!date^{int(moment.timestamp())}^{form}|{moment.astimezone(UTC):%H:%M} UTC>"


def at_day_and_time(moment: datetime) -> str:
    return at_time(moment, "{date_short_pretty} {time}")


def how_long(span: timedelta) -> str:
    """A span as people say it: `4 min`, `1 h 20 min`, `2 days`. Never negative."""
    minutes = max(0, int(span.total_seconds() // 60))
    if minutes < 1:
        return "less than a minute"
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    days = hours // 24
    return f"{days} days" if days > 1 else "1 day"


def counted(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"


def section(text: str, *, accessory: Block | None = None) -> Block:
    block: Block = {"type": "section", "text": {"type": "mrkdwn", "text": text[:3000]}}
    return block | {"accessory": accessory} if accessory else block


def fields(*texts: str) -> Block:
    return {"type": "section", "fields": [{"type": "mrkdwn", "text": text[:2000]} for text in texts[:10]]}


def context(*texts: str) -> Block:
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": text[:2000]} for text in texts[:10]]}


def header(text: str) -> Block:
    return {"type": "header", "text": {"type": "plain_text", "text": text[:150], "emoji": True}}


def divider() -> Block:
    return {"type": "divider"}


def actions(block_id: str, *buttons: Block) -> Block:
    return {"type": "actions", "block_id": block_id, "elements": list(buttons)}


def button(text: str, action_id: str, value: str, *, style: str = "", confirm: Block | None = None) -> Block:
    made: Block = {
        "type": "button",
        "text": {"type": "plain_text", "text": text, "emoji": True},
        "action_id": action_id,
        "value": value,
    }
    if style:
        made["style"] = style
    if confirm:
        made["confirm"] = confirm
    return made


def confirm(title: str, text: str, yes: str, no: str = "Back") -> Block:
    return {
        "title": {"type": "plain_text", "text": title},
        "text": {"type": "mrkdwn", "text": text},
        "confirm": {"type": "plain_text", "text": yes},
        "deny": {"type": "plain_text", "text": no},
    }


def option(text: str, value: str) -> Block:
    return {"text": {"type": "plain_text", "text": text[:75]}, "value": value}


def select_input(block_id: str, label: str, options: list[Block], *, placeholder: str = "Choose one") -> Block:
    return {
        "type": "input",
        "block_id": block_id,
        "label": {"type": "plain_text", "text": label},
        "element": {
            "type": "static_select",
            "action_id": "choice",
            "placeholder": {"type": "plain_text", "text": placeholder},
            "options": options,
        },
    }


def text_input(block_id: str, label: str, *, hint: str = "", most: int = 200) -> Block:
    block: Block = {
        "type": "input",
        "block_id": block_id,
        "optional": True,
        "label": {"type": "plain_text", "text": label},
        "element": {"type": "plain_text_input", "action_id": "words", "max_length": most},
    }
    return block | {"hint": {"type": "plain_text", "text": hint}} if hint else block


def modal(callback_id: str, title: str, submit: str, blocks: list[Block], *, private_metadata: str) -> Block:
    return {
        "type": "modal",
        "callback_id": callback_id,
        "title": {"type": "plain_text", "text": title[:24]},
        "submit": {"type": "plain_text", "text": submit[:24]},
        "close": {"type": "plain_text", "text": "Back"},
        "private_metadata": private_metadata,
        "blocks": blocks,
    }
