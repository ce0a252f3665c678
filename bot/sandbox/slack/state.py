"""What a person's fields hold: initial values, the shape in which Slack reports them, what its client checks itself."""

import re
from collections.abc import Iterator
from typing import Any

from bot.sandbox.slack.blocks import elements_of
from bot.sandbox.slack.workspace import Json

# The key of a field's value in `state.values`, and the key of its initial value in the element.
FIELDS: dict[str, tuple[str, str]] = {
    "plain_text_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "users_select": ("selected_user", "initial_user"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "channels_select": ("selected_channel", "initial_channel"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "checkboxes": ("selected_options", "initial_options"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "multi_users_select": ("selected_users", "initial_users"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "file_input": ("files", ""),
}

REQUIRED = "Please complete this required field."


class WrongValue(ValueError):
    """The field cannot hold that value."""


def initial_values(blocks: list[Json]) -> dict[str, Json]:
    """`state.values` of a message or view that nobody has touched: block id, action id, value."""
    values: dict[str, Json] = {}
    for block, element in fields_of(blocks):
        key, initial = FIELDS[element["type"]]
        empty: Any = [] if key.endswith("s") else None
        entry = {"type": element["type"], key: element.get(initial, empty)}
        values.setdefault(block["block_id"], {})[element["action_id"]] = entry
    return values


def fields_of(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    for block in blocks:
        for inner in block.get("child_blocks", [block]):
            for element in elements_of(inner):
                if element["type"] in FIELDS:
                    yield inner, element


def entry_for(element: Json, given: Any) -> Json:
    """`given` as Slack reports it: a full entry, or the bare value (an option's value, a date, a text).

    Raises WrongValue when a menu has no such option.
    """
    key, _ = FIELDS[element["type"]]
    value = given.get(key) if isinstance(given, dict) and key in given else given
    if isinstance(given, dict) and "type" in given and key not in given:
        value = [] if key.endswith("s") else None
    if key == "selected_option" and value is not None:
        value = _option(element, value)
    if key == "selected_options":
        value = [_option(element, each) for each in value or []]
    return {"type": element["type"], key: value}


def options_of(element: Json) -> list[Json]:
    return [*element.get("options", []), *(o for group in element.get("option_groups", []) for o in group["options"])]


def _option(element: Json, given: Any) -> Json:
    if "external" in element["type"] and isinstance(given, dict):
        return given
    wanted = given["value"] if isinstance(given, dict) else given
    for option in options_of(element):
        if option["value"] == wanted:
            return dict(option)
    known = ", ".join(option["value"] for option in options_of(element))
    raise WrongValue(f"{element['action_id']} has no option {wanted!r}, only {known}")


def field_errors(blocks: list[Json], values: dict[str, Json]) -> dict[str, str]:
    """What Slack's client says under a field before it asks the app, by block id."""
    errors: dict[str, str] = {}
    for block, element in fields_of(blocks):
        if block["type"] != "input":
            continue
        key, _ = FIELDS[element["type"]]
        value = values[block["block_id"]][element["action_id"]][key]
        sentence = _field_error(element, value, optional=bool(block.get("optional")))
        if sentence:
            errors[block["block_id"]] = sentence
    return errors


def _field_error(element: Json, value: Any, *, optional: bool) -> str | None:
    if value in (None, "", []):
        return None if optional else REQUIRED
    match element["type"]:
        case "plain_text_input":
            if len(value) < element.get("min_length", 0):
                return f"Please enter at least {element['min_length']} characters."
            if len(value) > element.get("max_length", 3000):
                return f"Please enter at most {element.get('max_length', 3000)} characters."
        case "email_text_input" if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", value):
            return "Please enter a valid email address."
        case "url_text_input" if not re.fullmatch(r"https?://\S+", value):
            return "Please enter a valid URL."
        case "number_input":
            return _number_error(element, value)
    return None


def _number_error(element: Json, value: str) -> str | None:
    if not re.fullmatch(r"-?\d+(\.\d+)?", value):
        return "Please enter a number."
    if "." in value and not element["is_decimal_allowed"]:
        return "Please enter a whole number."
    if "min_value" in element and float(value) < float(element["min_value"]):
        return f"Please enter a number of at least {element['min_value']}."
    if "max_value" in element and float(value) > float(element["max_value"]):
        return f"Please enter a number of at most {element['max_value']}."
    return None
