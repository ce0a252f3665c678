"""Block Kit's text objects, composition objects and elements, and which block may hold which element.

docs.slack.dev/reference/block-kit/composition-objects and /block-elements, with the limits of facts/slack.md 3.1.
"""

from collections.abc import Callable
from typing import Any

from bot.sandbox.slack import limits
from bot.sandbox.slack.shapes import (
    Check,
    Problems,
    anything,
    at_least_one,
    by_type,
    choice,
    exactly_one,
    flag,
    integer,
    listed,
    problem,
    shape,
    string,
    url,
)

USER = string(pattern=r"[UW][A-Z0-9]+")
CHANNEL = string(pattern=r"[CG][A-Z0-9]+")
NUMERIC = string(pattern=r"-?\d+(\.\d+)?")
DATE = string(pattern=r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
TIME = string(pattern=r"([01]\d|2[0-3]):[0-5]\d")
ACTION_ID = string(limits.ACTION_ID)


def plain_text(most: int = limits.TEXT, *, least: int = 1) -> Check:
    return _text("plain_text", {"emoji": flag}, most, least)


def mrkdwn(most: int = limits.TEXT) -> Check:
    return _text("mrkdwn", {"verbatim": flag}, most, 1)


def _text(kind: str, extra: dict[str, Check], most: int, least: int) -> Check:
    whole = shape({"type": choice(kind), "text": string(most, least=least)}, extra)

    def check(value: Any, pointer: str, problems: Problems) -> None:
        if isinstance(value, dict) and value.get("type") != kind:
            problem(f"must be a {kind} text object", f"{pointer}/type", problems)
        else:
            whole(value, pointer, problems)

    return check


def any_text(most: int = limits.TEXT) -> Check:
    return by_type({"plain_text": plain_text(most), "mrkdwn": mrkdwn(most)})


CONFIRM = shape(
    {
        "title": plain_text(limits.CONFIRM_TITLE),
        "text": any_text(limits.CONFIRM_TEXT),
        "confirm": plain_text(limits.CONFIRM_BUTTON),
        "deny": plain_text(limits.CONFIRM_BUTTON),
    },
    {"style": choice("primary", "danger")},
)


def option(words: Callable[[int], Check] = plain_text, **extra: Check) -> Check:
    return shape(
        {"text": words(limits.OPTION_TEXT), "value": string(limits.OPTION_VALUE)},
        {"description": words(limits.OPTION_DESCRIPTION), **extra},
    )


OPTION = option()
RICH_OPTION = option(any_text)
OPTION_GROUP = shape({"label": plain_text(limits.OPTION_GROUP_LABEL), "options": listed(OPTION, limits.OPTIONS)})
OPTIONS = {"options": listed(OPTION, limits.OPTIONS), "option_groups": listed(OPTION_GROUP, limits.OPTION_GROUPS)}
SLACK_FILE = shape({}, {"id": string(), "url": url()}, exactly_one("id", "url"))
DISPATCH = shape(
    {
        "trigger_actions_on": listed(choice("on_enter_pressed", "on_character_entered"), limits.TRIGGER_ACTIONS),
    }
)
FILTER = shape(
    {},
    {
        "include": listed(choice("im", "mpim", "private", "public")),
        "exclude_external_shared_channels": flag,
        "exclude_bot_users": flag,
    },
    at_least_one("include", "exclude_external_shared_channels", "exclude_bot_users"),
)
WORKFLOW = shape(
    {
        "trigger": shape(
            {"url": url()},
            {"customizable_input_parameters": listed(shape({"name": string(), "value": anything}), least=0)},
        )
    }
)


def _initial_is_an_option(value: dict[str, Any], pointer: str, problems: Problems) -> None:
    options = [*value.get("options", []), *(o for group in value.get("option_groups", []) for o in group["options"])]
    chosen = value.get("initial_options", [])
    if "initial_option" in value:
        chosen = [value["initial_option"]]
    if any(each not in options for each in chosen):
        problem("initial option must exactly match one of the options", pointer, problems)


def bounds(low: str, high: str) -> Callable[[dict[str, Any], str, Problems], None]:
    def rule(value: dict[str, Any], pointer: str, problems: Problems) -> None:
        if low in value and high in value and float(value[low]) > float(value[high]):
            problem(f"{low} must not be greater than {high}", pointer, problems)

    return rule


def element(
    kind: str,
    required: dict[str, Check] | None = None,
    optional: dict[str, Check] | None = None,
    *rules: Callable[[dict[str, Any], str, Problems], None],
) -> Check:
    return shape({"type": choice(kind), **(required or {})}, {"action_id": ACTION_ID, **(optional or {})}, *rules)


PLACEHOLDER = plain_text(limits.PLACEHOLDER)
MENU: dict[str, Check] = {"placeholder": PLACEHOLDER, "confirm": CONFIRM, "focus_on_load": flag}
MULTI: dict[str, Check] = {**MENU, "max_selected_items": integer(1)}
TYPED: dict[str, Check] = {"placeholder": PLACEHOLDER, "focus_on_load": flag, "dispatch_action_config": DISPATCH}
CHOSEN: dict[str, Check] = {"confirm": CONFIRM, "focus_on_load": flag}
LABEL = string(limits.BUTTON_LABEL)
BUTTON_WORDS = plain_text(limits.BUTTON_TEXT)

IMAGE = shape(
    {"type": choice("image"), "alt_text": string(limits.IMAGE_ALT_TEXT)},
    {"image_url": url(limits.IMAGE_URL), "slack_file": SLACK_FILE},
    exactly_one("image_url", "slack_file"),
)
FEEDBACK = shape(
    {"text": BUTTON_WORDS, "value": string(limits.BUTTON_VALUE)},
    {"accessibility_label": LABEL},
)
BUTTON = element(
    "button",
    {"text": BUTTON_WORDS},
    {
        "url": url(limits.BUTTON_URL),
        "value": string(limits.BUTTON_VALUE),
        "style": choice("primary", "danger"),
        "confirm": CONFIRM,
        "accessibility_label": LABEL,
        "agent_prompt": string(limits.BUTTON_AGENT_PROMPT),
        "agent_prompt_display": string(limits.BUTTON_AGENT_PROMPT),
        "visible_to_user_ids": listed(USER, limits.ICON_BUTTON_VIEWERS),
    },
)

MENUS: dict[str, Check] = {
    "static_select": element(
        "static_select",
        {},
        {**OPTIONS, "initial_option": OPTION, **MENU},
        exactly_one("options", "option_groups"),
        _initial_is_an_option,
    ),
    "external_select": element(
        "external_select", {}, {"initial_option": OPTION, "min_query_length": integer(0), **MENU}
    ),
    "users_select": element("users_select", {}, {"initial_user": USER, **MENU}),
    "conversations_select": element(
        "conversations_select",
        {},
        {
            "initial_conversation": string(),
            "default_to_current_conversation": flag,
            "response_url_enabled": flag,
            "filter": FILTER,
            **MENU,
        },
    ),
    "channels_select": element(
        "channels_select", {}, {"initial_channel": CHANNEL, "response_url_enabled": flag, **MENU}
    ),
    "multi_static_select": element(
        "multi_static_select",
        {},
        {**OPTIONS, "initial_options": listed(OPTION, limits.OPTIONS), **MULTI},
        exactly_one("options", "option_groups"),
        _initial_is_an_option,
    ),
    "multi_external_select": element(
        "multi_external_select",
        {},
        {"initial_options": listed(OPTION, limits.OPTIONS), "min_query_length": integer(0), **MULTI},
    ),
    "multi_users_select": element("multi_users_select", {}, {"initial_users": listed(USER), **MULTI}),
    "multi_conversations_select": element(
        "multi_conversations_select",
        {},
        {
            "initial_conversations": listed(string()),
            "default_to_current_conversation": flag,
            "filter": FILTER,
            **MULTI,
        },
    ),
    "multi_channels_select": element("multi_channels_select", {}, {"initial_channels": listed(CHANNEL), **MULTI}),
}

PICKERS: dict[str, Check] = {
    "checkboxes": element(
        "checkboxes",
        {"options": listed(RICH_OPTION, limits.CHOICES)},
        {"initial_options": listed(RICH_OPTION, limits.CHOICES), **CHOSEN},
        _initial_is_an_option,
    ),
    "radio_buttons": element(
        "radio_buttons",
        {"options": listed(RICH_OPTION, limits.CHOICES)},
        {"initial_option": RICH_OPTION, **CHOSEN},
        _initial_is_an_option,
    ),
    "datepicker": element("datepicker", {}, {"initial_date": DATE, "placeholder": PLACEHOLDER, **CHOSEN}),
    "timepicker": element(
        "timepicker", {}, {"initial_time": TIME, "placeholder": PLACEHOLDER, "timezone": string(), **CHOSEN}
    ),
}
DATETIME = {"datetimepicker": element("datetimepicker", {}, {"initial_date_time": integer(1, 9_999_999_999), **CHOSEN})}

BUTTONS: dict[str, Check] = {
    "button": BUTTON,
    "overflow": element(
        "overflow",
        {"options": listed(option(url=url(limits.OPTION_URL)), limits.OVERFLOW_OPTIONS)},
        {"confirm": CONFIRM},
    ),
    "workflow_button": element(
        "workflow_button",
        {"text": BUTTON_WORDS, "workflow": WORKFLOW, "action_id": ACTION_ID},
        {"style": choice("primary", "danger"), "confirm": CONFIRM, "accessibility_label": LABEL},
    ),
}
