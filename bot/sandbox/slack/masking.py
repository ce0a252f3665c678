"""What of Slack's bodies may be written down: no secret, and nothing that a person typed into a modal."""

import json

from bot.sandbox import wire
from bot.sandbox.slack.workspace import Json

HIDDEN = "•••"


def masked_body(body: bytes) -> str:
    """Of a request or an answer of the Web API."""
    if b'"state"' not in body:
        return wire.masked(body)
    try:
        return masked(json.loads(body))
    except ValueError:
        return wire.masked(body)


def masked(payload: object) -> str:
    """Of what is JSON already."""
    shown = _without_typed_values(payload) if isinstance(payload, dict) else payload
    return wire.masked(json.dumps(shown, ensure_ascii=False).encode())


def _without_typed_values(payload: Json) -> Json:
    """What a person types into a modal may be a secret, and is nobody else's business."""
    view = payload.get("view")
    if not isinstance(view, dict) or "state" not in view:
        return payload
    hidden = {block: dict.fromkeys(actions, HIDDEN) for block, actions in view["state"]["values"].items()}
    shown = {**payload, "view": {**view, "state": {"values": hidden}}}
    if "actions" in payload:
        typed = [each for each in payload["actions"] if each["type"].endswith("_input")]
        shown["actions"] = [{**each, "value": HIDDEN} if each in typed else each for each in payload["actions"]]
    return shown
