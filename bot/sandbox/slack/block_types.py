"""The shape of each block type, one entry per type of docs.slack.dev/reference/block-kit/blocks."""

from typing import Any

from bot.sandbox.slack import limits
from bot.sandbox.slack.elements import (
    ACTION_ID,
    BUTTON,
    BUTTON_WORDS,
    BUTTONS,
    CONFIRM,
    DATETIME,
    FEEDBACK,
    IMAGE,
    LABEL,
    MENUS,
    NUMERIC,
    PICKERS,
    SLACK_FILE,
    TYPED,
    USER,
    any_text,
    bounds,
    element,
    mrkdwn,
    plain_text,
)
from bot.sandbox.slack.rich_text import RICH_TEXT
from bot.sandbox.slack.shapes import (
    Check,
    Problems,
    Rule,
    at_least_one,
    by_type,
    choice,
    exactly_one,
    flag,
    integer,
    listed,
    or_null,
    problem,
    shape,
    string,
    url,
)
from bot.sandbox.slack.tables import CHARTS, DATA_CELLS, TABLE_CELLS, cells_fit, even_rows

TYPED_INPUTS: dict[str, Check] = {
    "plain_text_input": element(
        "plain_text_input",
        {},
        {
            "initial_value": string(limits.INPUT_TEXT, least=0),
            "multiline": flag,
            "min_length": integer(0, limits.INPUT_TEXT),
            "max_length": integer(1, limits.INPUT_TEXT),
            **TYPED,
        },
        bounds("min_length", "max_length"),
    ),
    "email_text_input": element("email_text_input", {}, {"initial_value": string(), **TYPED}),
    "url_text_input": element("url_text_input", {}, {"initial_value": string(), **TYPED}),
    "number_input": element(
        "number_input",
        {"is_decimal_allowed": flag},
        {"initial_value": NUMERIC, "min_value": NUMERIC, "max_value": NUMERIC, **TYPED},
        bounds("min_value", "max_value"),
    ),
    "rich_text_input": element(
        "rich_text_input",
        {"action_id": ACTION_ID},
        {
            "initial_value": RICH_TEXT,
            "min_lines": integer(1, limits.RICH_TEXT_LINES),
            "max_lines": integer(1, limits.RICH_TEXT_LINES),
            **TYPED,
        },
        bounds("min_lines", "max_lines"),
    ),
    "file_input": element(
        "file_input", {}, {"filetypes": listed(string()), "max_files": integer(1, limits.INPUT_FILES)}
    ),
}
FEEDBACK_ELEMENTS: dict[str, Check] = {
    "feedback_buttons": element("feedback_buttons", {"positive_button": FEEDBACK, "negative_button": FEEDBACK}),
    "icon_button": element(
        "icon_button",
        {"icon": choice("trash"), "text": BUTTON_WORDS},
        {
            "value": string(limits.BUTTON_VALUE),
            "confirm": CONFIRM,
            "accessibility_label": LABEL,
            "visible_to_user_ids": listed(USER, limits.ICON_BUTTON_VIEWERS),
        },
    ),
}

ACCESSORIES = {**BUTTONS, **MENUS, **PICKERS, "image": IMAGE}
IN_ACTIONS = {**BUTTONS, **MENUS, **PICKERS, **DATETIME}
IN_INPUT = {**TYPED_INPUTS, **MENUS, **PICKERS, **DATETIME}
IN_CONTEXT = {"image": IMAGE, "mrkdwn": mrkdwn(), "plain_text": plain_text()}


def block(kind: str, required: dict[str, Check], optional: dict[str, Check] | None = None, *rules: Rule) -> Check:
    return shape({"type": choice(kind), **required}, {"block_id": string(limits.BLOCK_ID), **(optional or {})}, *rules)


def _no_dispatch_of_files(value: dict[str, Any], pointer: str, problems: Problems) -> None:
    if value["element"]["type"] == "file_input" and value.get("dispatch_action"):
        problem("dispatch_action is not allowed with file_input", pointer, problems)


def _collapses(value: dict[str, Any], pointer: str, problems: Problems) -> None:
    if value.get("default_collapsed") and not value.get("is_collapsible"):
        problem("default_collapsed requires is_collapsible", pointer, problems)


def _not_both_icons(value: dict[str, Any], pointer: str, problems: Problems) -> None:
    if "icon" in value and "slack_icon" in value:
        problem("must define either `icon` or `slack_icon`", pointer, problems)


def _distinct_tasks(value: dict[str, Any], pointer: str, problems: Problems) -> None:
    ids = [task["task_id"] for task in value["tasks"]]
    if len(set(ids)) != len(ids):
        problem("task_id must be unique within a plan", pointer, problems)


SOURCE = shape({"type": choice("url"), "url": url(), "text": string()})
TASK: dict[str, Check] = {"task_id": string(), "title": string()}
TASK_EXTRAS: dict[str, Check] = {"details": RICH_TEXT, "output": RICH_TEXT, "sources": listed(SOURCE)}
TASK_STATUS = choice("pending", "in_progress", "complete", "error")
CARD = block(
    "card",
    {},
    {
        "hero_image": IMAGE,
        "icon": IMAGE,
        "slack_icon": shape({"type": choice("icon"), "name": string()}),
        "title": any_text(limits.CARD_TITLE),
        "subtitle": any_text(limits.CARD_TITLE),
        "body": any_text(limits.CARD_BODY),
        "subtext": any_text(limits.CARD_SUBTEXT),
        "actions": listed(by_type({"button": BUTTON}), limits.CARD_ACTIONS),
    },
    at_least_one("hero_image", "title", "actions", "body"),
    _not_both_icons,
)

BLOCKS: dict[str, Check] = {
    "actions": block("actions", {"elements": listed(by_type(IN_ACTIONS), limits.ACTIONS_ELEMENTS)}),
    "alert": block(
        "alert",
        {"text": any_text(limits.ALERT_TEXT)},
        {"level": choice("default", "info", "warning", "error", "success")},
    ),
    "card": CARD,
    "carousel": block("carousel", {"elements": listed(by_type({"card": CARD}), limits.CAROUSEL_CARDS)}),
    "context": block("context", {"elements": listed(by_type(IN_CONTEXT), limits.CONTEXT_ELEMENTS)}),
    "context_actions": block(
        "context_actions", {"elements": listed(by_type(FEEDBACK_ELEMENTS), limits.CONTEXT_ACTIONS)}
    ),
    "data_table": block(
        "data_table",
        {
            "caption": string(),
            "rows": listed(listed(by_type(DATA_CELLS), limits.DATA_TABLE_COLUMNS), limits.DATA_TABLE_ROWS, least=2),
        },
        {
            "page_size": integer(1, limits.DATA_TABLE_PAGE),
            "row_header_column_index": integer(0, limits.DATA_TABLE_COLUMNS - 1),
        },
        even_rows,
        cells_fit(limits.DATA_TABLE_CHARACTERS),
    ),
    "data_visualization": block("data_visualization", {"title": string(limits.CHART_TITLE), "chart": by_type(CHARTS)}),
    "divider": block("divider", {}),
    "header": block("header", {"text": plain_text(limits.HEADER_TEXT)}, {"level": integer(1, 4)}),
    "image": block(
        "image",
        {"alt_text": string(limits.IMAGE_ALT_TEXT)},
        {"image_url": url(limits.IMAGE_URL), "slack_file": SLACK_FILE, "title": plain_text(limits.IMAGE_TITLE)},
        exactly_one("image_url", "slack_file"),
    ),
    "input": block(
        "input",
        {"label": plain_text(limits.INPUT_LABEL), "element": by_type(IN_INPUT)},
        {"dispatch_action": flag, "hint": plain_text(limits.INPUT_HINT), "optional": flag},
        _no_dispatch_of_files,
    ),
    "markdown": block("markdown", {"text": string(limits.MARKDOWN_TEXT)}),
    "plan": block(
        "plan",
        {
            "title": string(),
            "tasks": listed(
                shape(
                    {**TASK, "status": TASK_STATUS},
                    {"type": choice("task_card"), "block_id": string(limits.BLOCK_ID), **TASK_EXTRAS},
                ),
                limits.PLAN_TASKS,
            ),
        },
        {},
        _distinct_tasks,
    ),
    "rich_text": RICH_TEXT,
    "section": block(
        "section",
        {},
        {
            "text": any_text(limits.SECTION_TEXT),
            "fields": listed(any_text(limits.SECTION_FIELD_TEXT), limits.SECTION_FIELDS),
            "accessory": by_type(ACCESSORIES),
            "expand": flag,
        },
        at_least_one("text", "fields"),
    ),
    "table": block(
        "table",
        {"rows": listed(listed(by_type(TABLE_CELLS), limits.TABLE_COLUMNS), limits.TABLE_ROWS)},
        {
            "column_settings": listed(
                or_null(shape({}, {"align": choice("left", "center", "right"), "is_wrapped": flag})),
                limits.TABLE_COLUMNS,
                least=0,
            )
        },
        cells_fit(limits.TABLE_CHARACTERS),
    ),
    "task_card": block("task_card", {**TASK, "status": TASK_STATUS}, TASK_EXTRAS),
    "video": block(
        "video",
        {
            "alt_text": string(limits.IMAGE_ALT_TEXT, least=0),
            "title": plain_text(limits.VIDEO_TITLE),
            "thumbnail_url": url(limits.VIDEO_URL),
            "video_url": url(limits.VIDEO_URL),
        },
        {
            "author_name": string(limits.VIDEO_NAME),
            "provider_name": string(limits.VIDEO_NAME),
            "provider_icon_url": url(limits.VIDEO_TITLE_URL),
            "title_url": url(limits.VIDEO_TITLE_URL),
            "description": plain_text(limits.VIDEO_DESCRIPTION),
        },
    ),
}
IN_CONTAINER = "actions context divider header image input rich_text section table video".split()  # noqa: SIM905
BLOCKS["container"] = block(
    "container",
    {
        "child_blocks": listed(
            by_type({kind: BLOCKS[kind] for kind in IN_CONTAINER}),
            limits.CONTAINER_CHILDREN,
        )
    },
    {
        "title": plain_text(limits.CONTAINER_TITLE),
        "rich_text_title": RICH_TEXT,
        "subtitle": any_text(limits.CONTAINER_TITLE),
        "icon": IMAGE,
        "width": choice("narrow", "standard", "wide", "full"),
        "is_collapsible": flag,
        "default_collapsed": flag,
        "has_header_divider": flag,
    },
    at_least_one("title", "rich_text_title"),
    _collapses,
)
