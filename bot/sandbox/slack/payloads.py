"""The payloads that Slack hands to an app, shape by shape (docs.slack.dev/reference/interaction-payloads)."""

from typing import Any

from bot.sandbox.slack.core import Core
from bot.sandbox.slack.state import FIELDS
from bot.sandbox.slack.views import View
from bot.sandbox.slack.workspace import Channel, Json, Message

VERIFICATION_TOKEN = "verification"


def command(core: Core, user: str, channel: Channel, name: str, text: str, response_url: str) -> Json:
    workspace = core.workspace
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": workspace.team_id,
        "team_domain": workspace.team_domain,
        "channel_id": channel.id,
        "channel_name": core.channel_reference(channel)["name"],
        "user_id": user,
        "user_name": workspace.people[user].handle,
        "command": name,
        "text": text,
        "api_app_id": workspace.app_id,
        "is_enterprise_install": "false",
        "response_url": response_url,
        "trigger_id": core.triggers.new(user),
    }


def interaction(core: Core, kind: str, user: str) -> Json:
    """What all interactions have in common."""
    workspace = core.workspace
    return {
        "type": kind,
        "team": {"id": workspace.team_id, "domain": workspace.team_domain},
        "user": core.user_reference(user),
        "api_app_id": workspace.app_id,
        "token": VERIFICATION_TOKEN,
        "enterprise": None,
        "is_enterprise_install": False,
    }


def action_in_message(
    core: Core, user: str, message: Message, action: Json, values: dict[str, Json], response_url: str
) -> Json:
    """`block_actions` from a message. From an ephemeral one Slack leaves the message itself out."""
    container: Json = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": message.channel,
        "is_ephemeral": message.ephemeral_to is not None,
    }
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    payload = interaction(core, "block_actions", user) | {
        "container": container,
        "trigger_id": core.triggers.new(user),
        "channel": core.channel_reference(core.workspace.channels[message.channel]),
        "state": {"values": values},
        "response_url": response_url,
        "actions": [action],
    }
    if message.ephemeral_to is None:
        payload["message"] = core.message_json(message, metadata=True)
    return payload


def action_in_view(core: Core, view: View, action: Json) -> Json:
    return interaction(core, "block_actions", view.user) | {
        "container": {"type": "view", "view_id": view.id},
        "trigger_id": core.triggers.new(view.user),
        "view": core.views.to_json(view),
        "actions": [action],
    }


def submission(core: Core, view: View, response_urls: list[Json]) -> Json:
    return interaction(core, "view_submission", view.user) | {
        "trigger_id": core.triggers.new(view.user),
        "view": core.views.to_json(view),
        "response_urls": response_urls,
    }


def closing(core: Core, view: View, *, is_cleared: bool) -> Json:
    return interaction(core, "view_closed", view.user) | {
        "view": core.views.to_json(view),
        "is_cleared": is_cleared,
    }


def suggestion(core: Core, user: str, block_id: str, element: Json, query: str, where: Json) -> Json:
    return interaction(core, "block_suggestion", user) | {
        "action_id": element["action_id"],
        "block_id": block_id,
        "value": query,
        **where,
    }


def message_shortcut(core: Core, user: str, message: Message, callback_id: str, response_url: str) -> Json:
    return interaction(core, "message_action", user) | {
        "action_ts": core.workspace.new_ts(),
        "channel": core.channel_reference(core.workspace.channels[message.channel]),
        "callback_id": callback_id,
        "trigger_id": core.triggers.new(user),
        "response_url": response_url,
        "message_ts": message.ts,
        "message": core.message_json(message, metadata=True),
    }


def global_shortcut(core: Core, user: str, callback_id: str) -> Json:
    return interaction(core, "shortcut", user) | {
        "action_ts": core.workspace.new_ts(),
        "callback_id": callback_id,
        "trigger_id": core.triggers.new(user),
    }


def action(core: Core, block_id: str, element: Json, entry: Json) -> Json:
    """One item of `actions`: what was pressed or chosen, with what the element says about itself."""
    shown: dict[str, Any] = {
        "type": element["type"],
        "action_id": element["action_id"],
        "block_id": block_id,
        "action_ts": core.workspace.new_ts(),
    }
    for key in ("text", "value", "style", "url", "placeholder", "confirm"):
        if key in element:
            shown[key] = element[key]
    if element["type"] in FIELDS:
        initial = FIELDS[element["type"]][1]
        if initial in element:
            shown[initial] = element[initial]
    return shown | {key: value for key, value in entry.items() if key != "type"}


def message_event(core: Core, message: Message, channel: Channel) -> Json:
    kind = "im" if channel.is_im else "group" if channel.private else "channel"
    return core.message_json(message) | {
        "channel": channel.id,
        "event_ts": message.ts,
        "channel_type": kind,
    }
