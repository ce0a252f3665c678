"""Finding what a person points at, with sentences where it is not there: places, messages, controls, fields."""

import re
from typing import Any

from bot.sandbox.slack.blocks import elements_of
from bot.sandbox.slack.core import Core
from bot.sandbox.slack.outcomes import NotPossible
from bot.sandbox.slack.state import FIELDS, WrongValue, entry_for, fields_of, options_of
from bot.sandbox.slack.views import View
from bot.sandbox.slack.workspace import Channel, Json, Message


def place(core: Core, user: str, channel: str) -> Channel:
    if user not in core.workspace.people:
        raise NotPossible(f"there is no person {user}")
    where = core.workspace.channels.get(channel) or core.workspace.channel_named(channel)
    if where is None:
        raise NotPossible(f"there is no channel {channel}")
    if not core.workspace.can_see(user, where):
        raise NotPossible(f"{core.workspace.people[user].name} is not in #{where.name}")
    return where


def message_seen(core: Core, user: str, channel: str, ts: str) -> Message:
    place(core, user, channel)
    message = core.workspace.find(channel, ts) or core.workspace.find_ephemeral(user, channel, ts)
    if message is None:
        raise NotPossible(f"there is no message {ts} that {core.workspace.people[user].name} can see")
    return message


def view_open(core: Core, user: str, view_id: str) -> View:
    view = core.views.get(view_id)
    if view is None or view.user != user:
        raise NotPossible(f"{core.workspace.people[user].name} has no open view {view_id}")
    return view


def control(blocks: list[Json], action_id: str, given: Any, block_id: str | None) -> tuple[Json, Json]:
    """The one element with this action id; among several, the one whose value is `given`."""
    found = [
        (inner, element)
        for block in blocks
        for inner in block.get("child_blocks", [block])
        for element in elements_of(inner)
        if element.get("action_id") == action_id and block_id in (None, inner["block_id"])
    ]
    if len(found) > 1 and given is not None:
        found = [pair for pair in found if pair[1].get("value") == given] or found
    if found:
        return found[0]
    known = sorted(
        {e["action_id"] for b in blocks for i in b.get("child_blocks", [b]) for e in elements_of(i) if "action_id" in e}
    )
    raise NotPossible(f"there is no control {action_id} here, only {', '.join(known) or 'nothing to press'}")


def entry(element: Json, given: Any) -> Json:
    """What the app is told was chosen: a state entry, an overflow's option, or nothing more for a button."""
    if element["type"] in FIELDS:
        try:
            return entry_for(element, given)
        except WrongValue as wrong:
            raise NotPossible(str(wrong)) from None
    if element["type"] == "overflow":
        wanted = given.get("selected_option", given) if isinstance(given, dict) else given
        wanted = wanted.get("value") if isinstance(wanted, dict) else wanted
        for option in options_of(element):
            if option["value"] == wanted:
                return {"type": "overflow", "selected_option": option}
        known = ", ".join(option["value"] for option in options_of(element))
        raise NotPossible(f"{element['action_id']} has no entry {wanted!r}, only {known}")
    if element["type"] == "feedback_buttons":
        return {"type": "feedback_buttons", "value": given}
    return {"type": element["type"]}


def fill(view: View, values: dict[str, Any]) -> None:
    """Type `values` into a modal's fields. Raises NotPossible for a block or action that is not there."""
    fields: dict[str, list[Json]] = {}
    for block, element in fields_of(view.body["blocks"]):
        fields.setdefault(block["block_id"], []).append(element)
    for block_id, given in values.items():
        if block_id not in fields:
            raise NotPossible(f"the view has no field {block_id}, only {', '.join(fields) or 'none'}")
        elements = {element["action_id"]: element for element in fields[block_id]}
        # A dict is keyed by action id, unless it is a value itself: a state entry, an option, a rich text.
        is_value = not isinstance(given, dict) or bool({"type", "value"} & given.keys() - elements.keys())
        by_action = {next(iter(elements)): given} if is_value else given
        for action_id, each in by_action.items():
            if action_id not in elements:
                raise NotPossible(f"the field {block_id} has no {action_id}, only {', '.join(elements)}")
            view.values[block_id][action_id] = entry(elements[action_id], each)


def escaped(text: str) -> str:
    """What a person typed, as Slack stores it: mentions as they are, the three special characters as entities.

    docs.slack.dev/messaging/formatting-message-text
    """
    parts = re.split(r"(<[@#!][A-Za-z0-9^|._-]+>)", text)
    return "".join(part if index % 2 else _entities(part) for index, part in enumerate(parts))


def _entities(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def with_references(core: Core, text: str) -> str:
    """`@name` and `#channel` as a command with `should_escape` gets them."""
    words = []
    for word in text.split(" "):
        person = next((p for p in core.workspace.people.values() if word == f"@{p.handle}"), None)
        channel = core.workspace.channel_named(word[1:]) if word.startswith("#") else None
        if person is not None:
            words.append(f"<@{person.id}|{person.handle}>")
        elif channel is not None:
            words.append(f"<#{channel.id}|{channel.name}>")
        else:
            words.append(word)
    return " ".join(words)
