"""A message as somebody reads it, and what Slack would say to it."""

import re
from collections.abc import Iterator
from typing import Any

from bot.messages.parts import Block, Message
from bot.sandbox.slack.blocks import problems_in_message, problems_in_view, too_long_for_a_message
from bot.sandbox.slack.limits import UPDATED_TEXT

OURS = re.compile(r"<!date\^\d+\^[^|<>]+\|[^<>]+>|<#C0[A-Z]+>")
"""What we ourselves put between angle brackets: times, and the channels of stores."""


def as_read(message: Message) -> str:
    """One line for each part, marks and all, so that a change of a sentence shows as that sentence."""
    lines = [f"text: {message.text}", *_read(message.blocks)]
    for attachment in message.attachments:
        lines += [f"bar: {attachment['color']}", *_read(attachment["blocks"])]
    return "\n".join(lines)


def view_as_read(view: Block) -> str:
    named = [f"[{view[name]['text']}]" for name in ("title", "submit", "close") if name in view]
    return "\n".join([f"{view['type']}: {' '.join(named)}".strip(), *_read(view["blocks"])])


def _read(blocks: list[Block]) -> Iterator[str]:
    for block in blocks:
        match block["type"]:
            case "actions":
                yield f"actions: {' '.join(_button(element) for element in block['elements'])}"
            case "input":
                yield f"input: {block['label']['text']}"
                options = block["element"].get("options", [])
                yield from (f"  ( ) {option['text']['text']} = {option['value']}" for option in options)
            case kind:
                texts = [block["text"]] if "text" in block else [*block.get("fields", []), *block.get("elements", [])]
                yield from (
                    f"{kind}: {text['text']}".rstrip().replace("\n", "\n    ") for text in texts or [{"text": ""}]
                )


def _button(element: Block) -> str:
    style = f", {element['style']}" if "style" in element else ""
    return f"[{element['text']['text']}]({element['action_id']}{style})"


def buttons(message: Message) -> list[str]:
    elements = [element for block in all_blocks(message) for element in block.get("elements", [])]
    return [element["text"]["text"] for element in elements if "action_id" in element]


def all_blocks(message: Message) -> list[Block]:
    return [*message.blocks, *(block for attachment in message.attachments for block in attachment["blocks"])]


def text_objects(value: Any) -> Iterator[dict[str, Any]]:
    """Every text object inside blocks or a view."""
    if isinstance(value, dict):
        if value.get("type") in {"mrkdwn", "plain_text"}:
            yield value
        for inner in value.values():
            yield from text_objects(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from text_objects(inner)


def all_texts(message: Message) -> list[str]:
    found = [text["text"] for text in text_objects(all_blocks(message))]
    return [message.text, *(attachment["fallback"] for attachment in message.attachments), *found]


def what_slack_would_refuse(message: Message) -> list[str]:
    """Empty when Slack would take it."""
    problems = problems_in_message(message.blocks)
    for attachment in message.attachments:
        problems += problems_in_message(attachment["blocks"])
    if not problems and too_long_for_a_message(all_blocks(message)):
        problems.append("msg_blocks_too_long")
    if not message.text.strip():
        problems.append("no text for notifications and screen readers")
    return problems


def what_slack_would_refuse_to_edit(message: Message) -> list[str]:
    return ["msg_too_long"] if len(message.text) > UPDATED_TEXT else []


def what_slack_would_refuse_to_open(view: Block) -> list[str]:
    return problems_in_view(view)


def mentions(message: Message) -> list[str]:
    """Whatever stands between angle brackets and is not ours, and every text in which Slack would look for more."""
    found = [rest for text in all_texts(message) for rest in re.findall(r"<[^>]*>?", OURS.sub("", text))]
    return found + _eager(all_blocks(message))


def mentions_in(view: Block) -> list[str]:
    """The same of a modal or the Home tab; Slack looks for none in plain text."""
    marked = [text["text"] for text in text_objects(view["blocks"]) if text["type"] == "mrkdwn"]
    found = [rest for text in marked for rest in re.findall(r"<[^>]*>?", OURS.sub("", text))]
    return found + _eager(view["blocks"])


def _eager(blocks: list[Block]) -> list[str]:
    """Texts that are not verbatim: Slack turns a bare `@channel` in them into the real thing."""
    return [str(text) for text in text_objects(blocks) if text["type"] == "mrkdwn" and not text.get("verbatim")]
