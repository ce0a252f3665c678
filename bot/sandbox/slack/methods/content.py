"""What a message is made of, read from a request and refused as Slack refuses it."""

import json
from dataclasses import dataclass
from typing import Any

from bot.sandbox.slack import limits
from bot.sandbox.slack.blocks import problems_in_message, too_long_for_a_message
from bot.sandbox.slack.core import Core
from bot.sandbox.slack.methods.calls import Call, Refused, refused_with
from bot.sandbox.slack.workspace import Json

ATTACHMENT_KEYS = {
    "actions",
    "attachment_type",
    "author_icon",
    "author_link",
    "author_name",
    "author_subname",
    "blocks",
    "callback_id",
    "color",
    "fallback",
    "fields",
    "footer",
    "footer_icon",
    "from_url",
    "hide_color",
    "id",
    "image_url",
    "mrkdwn_in",
    "original_url",
    "pretext",
    "preview",
    "service_icon",
    "service_name",
    "service_url",
    "text",
    "thumb_url",
    "title",
    "title_link",
    "ts",
}


@dataclass(frozen=True)
class Content:
    """None: the request did not mention it."""

    text: str | None
    blocks: list[Json] | None
    attachments: list[Json] | None
    metadata: Json | None

    @property
    def is_empty(self) -> bool:
        return not (self.text or "").strip() and not self.blocks and not self.attachments


def content_of(core: Core, call: Call) -> Content:
    """Raises Refused: invalid_blocks_format, invalid_blocks, msg_blocks_too_long, invalid_attachments,
    too_many_attachments, invalid_metadata_format, invalid_metadata_schema, metadata_too_large, markdown_text_conflict.
    """
    text = call.arguments.get("text")
    markdown = call.arguments.get("markdown_text")
    if markdown is not None and (text or call.arguments.get("blocks")):
        raise Refused("markdown_text_conflict")
    blocks = _blocks(call.parsed("blocks", "invalid_blocks_format"))
    content = Content(
        text=str(text if text is not None else markdown) if (text is not None or markdown is not None) else None,
        blocks=blocks,
        attachments=_attachments(call.parsed("attachments", "invalid_attachments")),
        metadata=_metadata(call.parsed("metadata", "invalid_metadata_format")),
    )
    for block in content.blocks or []:
        _files_exist(core, block)
    everything = [*(content.blocks or []), *(b for a in content.attachments or [] for b in a.get("blocks", []))]
    if call.size > limits.MESSAGE_CHARACTERS and too_long_for_a_message(everything):
        raise Refused("msg_blocks_too_long")
    return content


def _blocks(blocks: Any) -> list[Json] | None:
    if blocks is None:
        return None
    if not isinstance(blocks, list):
        raise Refused("invalid_blocks_format")
    problems = problems_in_message(blocks)
    if problems:
        raise refused_with("invalid_blocks", problems)
    return blocks


def _attachments(attachments: Any) -> list[Json] | None:
    if attachments is None:
        return None
    if not isinstance(attachments, list) or not all(isinstance(each, dict) for each in attachments):
        raise Refused("invalid_attachments")
    if len(attachments) > limits.MESSAGE_ATTACHMENTS:
        raise Refused("too_many_attachments")
    for index, attachment in enumerate(attachments):
        unknown = set(attachment) - ATTACHMENT_KEYS
        problems = [
            f"invalid additional property: {key} [json-pointer:/attachments/{index}]" for key in sorted(unknown)
        ]
        if "blocks" in attachment:
            problems += problems_in_message(attachment["blocks"], pointer=f"/attachments/{index}/blocks")
        if problems:
            raise refused_with("invalid_attachments", problems)
    return attachments


def _files_exist(core: Core, block: Json) -> None:
    for part in (block, block.get("accessory") or {}, *block.get("elements", [])):
        file = part.get("slack_file") if isinstance(part, dict) else None
        if file and not _is_there(core, file):
            raise refused_with("invalid_blocks", ["invalid slack file [json-pointer:/blocks]"])


def _is_there(core: Core, file: Json) -> bool:
    """Uploads are completed before they are looked at (slackapi/node-slack-sdk#1865)."""
    known = core.workspace.files.values()
    found = [each for each in known if file.get("id") == each["id"] or file.get("url") == each["url_private"]]
    return any(core.clock.time() - each["created"] >= core.switches.file_seconds for each in found)


def _metadata(metadata: Any) -> Json | None:
    """An event type and a payload of scalars, or one level below (docs.slack.dev/messaging/message-metadata)."""
    if metadata is None:
        return None
    if not isinstance(metadata, dict):
        raise Refused("invalid_metadata_format")
    if not metadata:
        return {}
    payload = metadata.get("event_payload")
    if set(metadata) - {"event_type", "event_payload", "entities"} or not isinstance(metadata.get("event_type"), str):
        raise Refused("invalid_metadata_format")
    if not isinstance(payload, dict):
        raise Refused("invalid_metadata_format")
    if not all(_is_flat(value) for value in payload.values()):
        raise Refused("invalid_metadata_schema")
    if len(json.dumps(metadata, ensure_ascii=False).encode()) > limits.METADATA_BYTES:
        raise Refused("metadata_too_large")
    return metadata


def _is_flat(value: Any) -> bool:
    match value:
        case str() | int() | float() | bool():
            return True
        case dict():
            return all(isinstance(inner, str | int | float | bool) for inner in value.values())
        case list():
            return all(not isinstance(item, list) and _is_flat(item) for item in value)
        case _:
            return False
