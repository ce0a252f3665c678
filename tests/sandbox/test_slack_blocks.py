"""What Slack says about blocks: rows of a payload and the sentence it earns, or none."""

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.slack.block_types import BLOCKS
from bot.sandbox.slack.blocks import problems_in_message, problems_in_view, too_long_for_a_message

Json = dict[str, Any]


def plain(text: str = "x") -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str = "x") -> Json:
    return {"type": "mrkdwn", "text": text}


def button(action_id: str = "a", **more: Any) -> Json:
    return {"type": "button", "action_id": action_id, "text": plain(), **more}


def section(text: str = "x", **more: Any) -> Json:
    return {"type": "section", "text": mrkdwn(text), **more}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def option(value: str = "v") -> Json:
    return {"text": plain(value), "value": value}


def field(element: Json, **more: Any) -> Json:
    return {"type": "input", "label": plain("Label"), "element": element, **more}


CONFIRM = {"title": plain(), "text": mrkdwn(), "confirm": plain(), "deny": plain(), "style": "danger"}
IMAGE = {"type": "image", "alt_text": "a leaf", "image_url": "https://example.com/leaf.png"}
RICH = {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "x"}]}]}
LIST = {"type": "rich_text_list", "style": "bullet", "elements": RICH["elements"], "indent": 1}
CELL = {"type": "raw_text", "text": "x"}
SERIES = {"name": "Orders", "data": [{"label": "Mon", "value": 3}]}
TASK = {"task_id": "1", "title": "x", "status": "complete"}

GOOD: dict[str, Json] = {
    "actions": actions(
        button("a", style="primary", confirm=CONFIRM, value="1"),
        {"type": "overflow", "action_id": "b", "options": [option()]},
        {"type": "datepicker", "action_id": "c", "initial_date": "2026-11-21"},
        {"type": "timepicker", "action_id": "d", "initial_time": "09:30"},
        {"type": "datetimepicker", "action_id": "e", "initial_date_time": 1_800_000_000},
        {"type": "static_select", "action_id": "f", "options": [option()], "initial_option": option()},
        {"type": "users_select", "action_id": "g", "placeholder": plain("Who")},
        {"type": "checkboxes", "action_id": "h", "options": [{"text": mrkdwn(), "value": "v"}]},
        {"type": "radio_buttons", "action_id": "i", "options": [option()]},
        {"type": "multi_channels_select", "action_id": "j", "max_selected_items": 2},
    ),
    "card": {"type": "card", "title": plain(), "body": mrkdwn(), "actions": [button()], "hero_image": IMAGE},
    "carousel": {"type": "carousel", "elements": [{"type": "card", "title": plain()}]},
    "container": {"type": "container", "title": plain(), "child_blocks": [section(), {"type": "divider"}]},
    "context": {"type": "context", "elements": [mrkdwn(), plain(), IMAGE]},
    "context_actions": {
        "type": "context_actions",
        "elements": [{"type": "icon_button", "icon": "trash", "text": plain(), "action_id": "a"}],
    },
    "data_table": {"type": "data_table", "caption": "x", "rows": [[CELL], [{"type": "raw_number", "value": 2}]]},
    "data_visualization": {
        "type": "data_visualization",
        "title": "Week",
        "chart": {"type": "bar", "series": [SERIES], "axis_config": {"categories": ["Mon"]}},
    },
    "divider": {"type": "divider", "block_id": "line"},
    "header": {"type": "header", "text": plain("Ready")},
    "image": {**IMAGE, "title": plain()},
    "input": field({"type": "plain_text_input", "action_id": "a", "multiline": True, "max_length": 200}),
    "markdown": {"type": "markdown", "text": "**x**"},
    "plan": {"type": "plan", "title": "x", "tasks": [{**TASK, "status": "pending"}]},
    "rich_text": {"type": "rich_text", "elements": [*RICH["elements"], LIST]},
    "section": section(fields=[mrkdwn(), plain()], accessory=button()),
    "table": {"type": "table", "rows": [[CELL, CELL]], "column_settings": [None, {"align": "right"}]},
    "task_card": {"type": "task_card", **TASK},
    "video": {
        "type": "video",
        "alt_text": "x",
        "title": plain(),
        "thumbnail_url": "https://example.com/a.png",
        "video_url": "https://example.com/a",
    },
}

BAD: list[tuple[str, Any, str]] = [
    ("no list", {"type": "divider"}, "must be an array [json-pointer:/blocks]"),
    ("51 blocks", [{"type": "divider"}] * 51, "no more than 50 items allowed [json-pointer:/blocks]"),
    ("unknown type", [{"type": "sparkle"}], "unsupported type: sparkle [json-pointer:/blocks/0/type]"),
    (
        "alert in a message",
        [{"type": "alert", "text": plain()}],
        "unsupported type: alert [json-pointer:/blocks/0/type]",
    ),
    ("unknown key", [section(colour="red")], "invalid additional property: colour [json-pointer:/blocks/0]"),
    ("no text", [{"type": "section"}], "must define either `text` or `fields` [json-pointer:/blocks/0]"),
    ("null", [section(accessory=None)], "must provide an object [json-pointer:/blocks/0/accessory]"),
    ("empty text", [section("")], "must be more than 0 characters [json-pointer:/blocks/0/text/text]"),
    ("3001 characters", [section("x" * 3001)], "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"),
    (
        "markdown header",
        [{"type": "header", "text": mrkdwn()}],
        "must be a plain_text text object [json-pointer:/blocks/0/text/type]",
    ),
    (
        "markdown button",
        [actions({**button(), "text": mrkdwn()})],
        "must be a plain_text text object [json-pointer:/blocks/0/elements/0/text/type]",
    ),
    (
        "long button",
        [actions({**button(), "text": plain("x" * 76)})],
        "must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]",
    ),
    (
        "long value",
        [actions(button(value="x" * 2001))],
        "must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]",
    ),
    (
        "style",
        [actions(button(style="green"))],
        "value must be one of: primary, danger [json-pointer:/blocks/0/elements/0/style]",
    ),
    (
        "half a confirm",
        [actions(button(confirm={"title": plain(), "text": plain(), "confirm": plain()}))],
        "missing required field: deny [json-pointer:/blocks/0/elements/0/confirm]",
    ),
    (
        "action id twice in a block",
        [actions(button("a"), button("a"))],
        '`action_id` "a" already exists for another element in this block [json-pointer:/blocks/0]',
    ),
    (
        "block id twice",
        [section(block_id="b"), section(block_id="b")],
        '`block_id` "b" already exists for another block [json-pointer:/blocks/1]',
    ),
    ("26 buttons", [actions(*[button(str(n)) for n in range(26)])], "no more than 25 items allowed"),
    ("11 fields", [section(fields=[plain()] * 11)], "no more than 10 items allowed [json-pointer:/blocks/0/fields]"),
    ("long field", [section(fields=[plain("x" * 2001)])], "must be less than 2001 characters"),
    ("input element in actions", [actions({"type": "plain_text_input"})], "unsupported type: plain_text_input"),
    ("button in context", [{"type": "context", "elements": [button()]}], "unsupported type: button"),
    (
        "initial option of another menu",
        [actions({"type": "static_select", "options": [option()], "initial_option": option("w")})],
        "initial option must exactly match one of the options",
    ),
    (
        "options and groups",
        [
            actions(
                {
                    "type": "static_select",
                    "options": [option()],
                    "option_groups": [{"label": plain(), "options": [option()]}],
                }
            )
        ],
        "must define either `options` or `option_groups`",
    ),
    ("no such day", [actions({"type": "datepicker", "initial_date": "2026-13-01"})], "must match the expected format"),
    ("two tables", [GOOD["table"], {**GOOD["data_table"]}], "only_one_table_allowed [json-pointer:/blocks]"),
    ("three charts", [GOOD["data_visualization"]] * 3, "no more than 2 data_visualization blocks allowed"),
    ("101 rows", [{"type": "table", "rows": [[CELL]] * 101}], "no more than 100 items allowed"),
    (
        "a table of novels",
        [{"type": "table", "rows": [[{"type": "raw_text", "text": "x" * 200}]] * 51}],
        "table cells must be less than 10001 characters in total",
    ),
    ("uneven rows", [{**GOOD["data_table"], "rows": [[CELL], [CELL, CELL]]}], "all rows must have the same number"),
    (
        "pending task",
        [{"type": "task_card", **TASK, "status": "pending"}],
        "a task card outside a plan cannot be pending",
    ),
    ("a container in a container", [{**GOOD["container"], "child_blocks": [GOOD["container"]]}], "unsupported type"),
    (
        "a missing point",
        [
            {
                **GOOD["data_visualization"],
                "chart": {"type": "line", "series": [SERIES], "axis_config": {"categories": ["Mon", "Tue"]}},
            }
        ],
        "must hold one data point per category",
    ),
    ("two pictures", [{**IMAGE, "slack_file": {"id": "F1"}}], "must define either `image_url` or `slack_file`"),
    ("javascript", [actions(button(url="javascript:alert(1)"))], "must match the expected format"),
    (
        "much markdown",
        [{"type": "markdown", "text": "x" * 7000}] * 2,
        "markdown text must be less than 12001 characters in total [json-pointer:/blocks]",
    ),
]

BAD_VIEWS: list[tuple[str, Any, str]] = [
    ("no object", "modal", "must provide an object [json-pointer:/view]"),
    ("type", {"type": "page"}, "unsupported type: page [json-pointer:/view/type]"),
    ("no title", {"type": "modal", "blocks": []}, "missing required field: title [json-pointer:/view]"),
    ("long title", {"type": "modal", "title": plain("x" * 25), "blocks": []}, "must be less than 25 characters"),
    ("home with a title", {"type": "home", "title": plain(), "blocks": []}, "invalid additional property: title"),
    (
        "input without submit",
        {"type": "modal", "title": plain(), "blocks": [GOOD["input"]]},
        "missing required field: submit [json-pointer:/view]",
    ),
    (
        "long private metadata",
        {"type": "modal", "title": plain(), "blocks": [], "private_metadata": "x" * 3001},
        "must be less than 3001 characters [json-pointer:/view/private_metadata]",
    ),
    ("table in a modal", {"type": "modal", "title": plain(), "blocks": [GOOD["table"]]}, "unsupported type: table"),
    ("alert at home", {"type": "home", "blocks": [{"type": "alert", "text": plain()}]}, "unsupported type: alert"),
    ("101 blocks", {"type": "home", "blocks": [{"type": "divider"}] * 101}, "no more than 100 items allowed"),
    ("a sent view", {"type": "home", "blocks": [], "id": "V1"}, "invalid additional property: id"),
    (
        "two in focus",
        {
            "type": "modal",
            "title": plain(),
            "submit": plain(),
            "blocks": [
                field({"type": "plain_text_input", "action_id": "a", "focus_on_load": True}),
                field({"type": "plain_text_input", "action_id": "b", "focus_on_load": True}),
            ],
        },
        "only one element may set focus_on_load",
    ),
]


@pytest.mark.parametrize("kind", sorted(GOOD))
def test_slack_takes_this_block_in_a_message(kind: str) -> None:
    assert problems_in_message([GOOD[kind]]) == []


def test_every_block_type_but_the_alert_has_a_good_example() -> None:
    assert set(GOOD) == set(BLOCKS) - {"alert"}


@pytest.mark.parametrize(("blocks", "sentence"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_slack_refuses_these_blocks(blocks: Any, sentence: str) -> None:
    assert any(each.startswith(sentence) for each in problems_in_message(blocks)), problems_in_message(blocks)


@pytest.mark.parametrize(("view", "sentence"), [row[1:] for row in BAD_VIEWS], ids=[row[0] for row in BAD_VIEWS])
def test_slack_refuses_this_view(view: Any, sentence: str) -> None:
    assert any(each.startswith(sentence) for each in problems_in_view(view)), problems_in_view(view)


@pytest.mark.parametrize("kind", sorted(GOOD))
def test_a_block_with_a_stray_key_is_refused(kind: str) -> None:
    sentence = "invalid additional property: stray [json-pointer:/blocks/0]"
    assert problems_in_message([{**deepcopy(GOOD[kind]), "stray": 1}]) == [sentence]


def test_nine_thousand_characters_is_the_most_that_a_message_holds() -> None:
    assert not too_long_for_a_message([section("x" * 3000), section("x" * 3000), section("x" * 2900)])
    assert too_long_for_a_message([section("x" * 3000), section("x" * 3000), section("x" * 3000), section("x")])


def test_twelve_kilobytes_of_json_is_too_much_even_with_few_words() -> None:
    assert too_long_for_a_message([actions(*[button(str(n), value="v" * 600) for n in range(25)])])


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["type", "text", "elements", "element", "accessory", "options", "rows", "child_blocks", "fields"]
            ),
            inner | st.sampled_from([*BLOCKS, "mrkdwn", "plain_text", "button", "static_select"]),
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(JSON_VALUES)
def test_whatever_is_sent_the_checks_answer_with_sentences(value: Any) -> None:
    assert all(isinstance(each, str) for each in problems_in_message([value]))
    assert problems_in_view(value)
