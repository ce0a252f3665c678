"""Block Kit as Slack checks it: every block, where it may stand, and what a whole message or view must obey.

The verbs answer with sentences in Slack's own words, each with a JSON pointer; an empty list means that Slack would
take it. docs.slack.dev/reference/block-kit/blocks; facts/slack.md 2.4 for the surfaces and 3.1 for the sizes.
"""

import json
from collections.abc import Iterator
from typing import Any, Literal

from bot.sandbox.slack import limits
from bot.sandbox.slack.block_types import BLOCKS
from bot.sandbox.slack.elements import plain_text
from bot.sandbox.slack.shapes import Check, Problems, by_type, choice, flag, listed, problem, shape, string

Surface = Literal["message", "modal", "home"]

EVERYWHERE = {"actions", "card", "context", "divider", "header", "image", "input", "rich_text", "section", "video"}
BOARDS = {"carousel", "container", "data_table", "data_visualization", "table"}
SURFACES: dict[Surface, frozenset[str]] = {
    # A `file` block appears in messages that hold a remote file, but an app cannot send one.
    "message": frozenset(EVERYWHERE | BOARDS | {"context_actions", "markdown", "plan", "task_card"}),
    "modal": frozenset(EVERYWHERE | {"alert"}),
    "home": frozenset(EVERYWHERE | BOARDS),
}
_ON: dict[Surface, Check] = {
    surface: by_type({kind: BLOCKS[kind] for kind in kinds}) for surface, kinds in SURFACES.items()
}


def problems_in_message(blocks: Any, *, pointer: str = "/blocks") -> Problems:
    problems: Problems = []
    listed(_ON["message"], limits.MESSAGE_BLOCKS, least=0)(blocks, pointer, problems)
    if not problems:
        _whole(blocks, pointer, problems)
        _one_message(blocks, pointer, problems)
    return problems


def problems_in_view(view: Any) -> Problems:
    problems: Problems = []
    if not isinstance(view, dict):
        problem("must provide an object", "/view", problems)
        return problems
    kind = str(view.get("type"))
    if kind not in _VIEWS:
        problem(f"unsupported type: {kind}", "/view/type", problems)
        return problems
    _VIEWS[kind](view, "/view", problems)
    if not problems:
        _whole(view["blocks"], "/view/blocks", problems)
        _one_view(view, problems)
    return problems


def too_long_for_a_message(blocks: list[dict[str, Any]]) -> bool:
    """Whether Slack would answer `msg_blocks_too_long`. Tables and markdown have budgets of their own."""
    counted = [block for block in blocks if block["type"] not in {"table", "data_table", "markdown"}]
    size = len(json.dumps(counted, ensure_ascii=False, separators=(",", ":")).encode())
    if size <= limits.MESSAGE_CHARACTERS:
        return False
    return size > limits.MESSAGE_JSON_BYTES or _characters(counted) > limits.MESSAGE_CHARACTERS


def elements_of(block: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The interactive elements that one block holds, in reading order."""
    match block["type"]:
        case "actions" | "context_actions":
            yield from block["elements"]
        case "section" if "accessory" in block:
            yield block["accessory"]
        case "input":
            yield block["element"]
        case "card":
            yield from block.get("actions", [])
        case "carousel":
            for card in block["elements"]:
                yield from elements_of(card)
        case "container":
            for child in block["child_blocks"]:
                yield from elements_of(child)


def _whole(blocks: list[dict[str, Any]], pointer: str, problems: Problems) -> None:
    seen: set[str] = set()
    focused = 0
    for index, block in enumerate(blocks):
        for each in (block, *block.get("child_blocks", [])):
            block_id = each.get("block_id")
            if block_id is not None and block_id in seen:
                problem(f'`block_id` "{block_id}" already exists for another block', f"{pointer}/{index}", problems)
            seen.add(block_id or "")
            actions: set[str] = set()
            for element in elements_of(each):
                action_id = element.get("action_id")
                if action_id is not None and action_id in actions:
                    problem(
                        f'`action_id` "{action_id}" already exists for another element in this block',
                        f"{pointer}/{index}",
                        problems,
                    )
                actions.add(action_id or "")
                focused += bool(element.get("focus_on_load"))
    if focused > 1:
        problem("only one element may set focus_on_load", pointer, problems)
    markdown = sum(len(block["text"]) for block in blocks if block["type"] == "markdown")
    if markdown > limits.MARKDOWN_TEXT:
        problem(f"markdown text must be less than {limits.MARKDOWN_TEXT + 1} characters in total", pointer, problems)


def _one_message(blocks: list[dict[str, Any]], pointer: str, problems: Problems) -> None:
    kinds = [block["type"] for block in blocks]
    if kinds.count("table") + kinds.count("data_table") > 1:
        problem("only_one_table_allowed", pointer, problems)
    if kinds.count("data_visualization") > limits.CHARTS_IN_A_MESSAGE:
        problem(f"no more than {limits.CHARTS_IN_A_MESSAGE} data_visualization blocks allowed", pointer, problems)
    if kinds.count("plan") > 1:
        problem("only one plan block allowed", pointer, problems)
    for index, block in enumerate(blocks):
        if block["type"] == "task_card" and block["status"] == "pending":
            problem("a task card outside a plan cannot be pending", f"{pointer}/{index}", problems)
        if any(element["type"] == "file_input" for element in elements_of(block)):
            problem("unsupported type: file_input", f"{pointer}/{index}/element", problems)


def _one_view(view: dict[str, Any], problems: Problems) -> None:
    has_input = any(block["type"] == "input" for block in view["blocks"])
    if view["type"] == "modal" and has_input and "submit" not in view:
        problem("missing required field: submit", "/view", problems)
    for index, block in enumerate(view["blocks"]):
        for element in elements_of(block):
            if element["type"] == "file_input" and view["type"] != "modal":
                problem("unsupported type: file_input", f"/view/blocks/{index}/element", problems)
            if element.get("response_url_enabled") and (view["type"] != "modal" or block["type"] != "input"):
                problem("response_url_enabled is only for input blocks in modals", f"/view/blocks/{index}", problems)


def _characters(value: Any) -> int:
    if isinstance(value, dict):
        return sum(len(v) if k == "text" and isinstance(v, str) else _characters(v) for k, v in value.items())
    if isinstance(value, list):
        return sum(map(_characters, value))
    return 0


_COMMON: dict[str, Check] = {
    "private_metadata": string(limits.VIEW_PRIVATE_METADATA, least=0),
    "callback_id": string(limits.VIEW_CALLBACK_ID, least=0),
    "external_id": string(limits.VIEW_EXTERNAL_ID, least=0),
}
_VIEWS: dict[str, Check] = {
    "modal": shape(
        {
            "type": choice("modal"),
            "title": plain_text(limits.VIEW_TITLE),
            "blocks": listed(_ON["modal"], limits.VIEW_BLOCKS, least=0),
        },
        {
            "submit": plain_text(limits.VIEW_BUTTON),
            "close": plain_text(limits.VIEW_BUTTON),
            "clear_on_close": flag,
            "notify_on_close": flag,
            "submit_disabled": flag,
            **_COMMON,
        },
    ),
    "home": shape({"type": choice("home"), "blocks": listed(_ON["home"], limits.VIEW_BLOCKS, least=0)}, _COMMON),
}
