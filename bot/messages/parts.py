"""The pieces messages are made of: escaped words, times in everybody's own zone, money, and Block Kit's blocks."""

import json
import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import accumulate
from typing import Any

from bot.rules.order_values import printable

Block = dict[str, Any]


@dataclass(frozen=True)
class Message:
    """What is sent to Slack. `text` is what notifications and screen readers say: always there, as masked as the card."""

    text: str
    blocks: list[Block] = field(default_factory=list)
    attachments: list[Block] = field(default_factory=list)


BREAK = "\u200b"
"""An invisible character that keeps the mark-up before it from taking effect."""
_ESCAPED = {"&": "&amp;", "<": "&lt;", ">": "&gt;"} | {mark: f"{mark}{BREAK}" for mark in "*~`"}
_EMPHASIS = re.compile(r"(?<!\w)_|_(?!\w)")


def plain(text: str, most: int = 200) -> str:
    """Somebody else's words, safe to put into mrkdwn: on one line, at most `most` characters long with all escapes, and
    unable to mention, link or format anything."""
    words = _EMPHASIS.sub(f"_{BREAK}", printable(text[: 10 * most]))
    pieces = [_ESCAPED.get(letter, letter) for letter in words[: most + 1]]
    ends = list(accumulate(map(len, pieces)))
    if not ends or ends[-1] <= most:
        return "".join(pieces)
    return "".join(pieces[: bisect_left(ends, most)]) + "…"


def unmarked(text: str) -> str:
    """Somebody else's words on one line, unable to format anything. What could mention or link is still in them: they are
    for a text that is escaped as a whole."""
    words = _EMPHASIS.sub(f"_{BREAK}", printable(text))
    return "".join(f"{letter}{BREAK}" if letter in "*~`" else letter for letter in words)


def escaped(text: str) -> str:
    """A text that people of the store wrote: it may format, and can't mention or link."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def clipped(text: str, most: int) -> str:
    """Escaped text on one line, cut behind a whole letter."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{re.sub(r'&[a-z]{0,3}$', '', line[: most - 1])}…"


def ended(text: str) -> str:
    """A sentence of somebody else's, with the full stop that it may lack."""
    return text if not text or text[-1] in ".!?…" else f"{text}."


def weight(text: str) -> int:
    """How many bytes a text takes up in a message; Slack's budget for all of them is 12 kB (slack.md 3.1)."""
    return len(json.dumps(text, ensure_ascii=False).encode("utf-8", "replace")) - 2


def fitting(lines: Sequence[str], most: int) -> int:
    """How many of the lines, from the first, fit into `most` bytes together."""
    used = 0
    for count, line in enumerate(lines):
        used += weight(line) + 2
        if used > most:
            return count
    return len(lines)


def chunks(lines: Iterable[str], most: int) -> list[str]:
    """The lines, as many of them together as fit into `most` bytes."""
    found: list[str] = []
    for line in lines:
        if found and weight(found[-1]) + weight(line) + 2 <= most:
            found[-1] += f"\n{line}"
        else:
            found.append(line)
    return found


def money(cents: int) -> str:
    dollars, rest = divmod(abs(cents), 100)
    return f"{'−' if cents < 0 else ''}${dollars:,}.{rest:02d}"


def quantity(amount: Decimal) -> str:
    """`3`, `3.5`: at most three decimals."""
    return f"{round(amount, 3):f}".rstrip("0").rstrip(".") if amount % 1 else f"{amount:.0f}"


def at_time(moment: datetime) -> str:
    """A moment in the reader's own zone; the words behind the bar are for clients that can't do that."""
    return _local(moment, "{time}", "%H:%M UTC")


def at_day_and_time(moment: datetime) -> str:
    """With the day, in words where it is near: `today 2:03 PM`."""
    return _local(moment, "{date_short_pretty} {time}", "%Y-%m-%d %H:%M UTC")


def _local(moment: datetime, form: str, fallback: str) -> str:
    return f"<!date^{int(moment.timestamp())}^{form}|{moment.astimezone(UTC):{fallback}}>"


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
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def any_of(names: Sequence[str]) -> str:
    """`one`, `one or two`, `one, two or three`."""
    return " or ".join([*filter(None, [", ".join(names[:-1])]), *names[-1:]])


def mrkdwn(text: str) -> Block:
    """`verbatim`: Slack would otherwise turn a bare `@channel`, `#name` or address in somebody's note into the real thing."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def section(text: str, *, accessory: Block | None = None) -> Block:
    block: Block = {"type": "section", "text": mrkdwn(text[:3000])}
    return block | {"accessory": accessory} if accessory else block


def fields(*texts: str) -> Block:
    return {"type": "section", "fields": [mrkdwn(text[:2000]) for text in texts[:10]]}


def context(*texts: str) -> Block:
    return {"type": "context", "elements": [mrkdwn(text[:2000]) for text in texts[:10]]}


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
        "text": mrkdwn(text),
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
