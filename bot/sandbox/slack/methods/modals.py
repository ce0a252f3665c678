"""views.*: modals and Home tabs (docs.slack.dev/reference/methods?family=views)."""

import json
from collections.abc import Callable
from typing import Literal

from bot.sandbox.slack.blocks import problems_in_view
from bot.sandbox.slack.changes import Change
from bot.sandbox.slack.core import Core
from bot.sandbox.slack.methods.calls import Call, Method, Refused, refused_with
from bot.sandbox.slack.pace import Tier
from bot.sandbox.slack.views import View, ViewRefused
from bot.sandbox.slack.workspace import Json

VIEW_BYTES = 250_000


def open_view(core: Core, call: Call) -> Json:
    body = _body(call, "modal")
    user = _puller(core, call)
    return _told(core, "view_opened", _tried(lambda: core.views.open(user, body)))


def push_view(core: Core, call: Call) -> Json:
    body = _body(call, "modal")
    user = _puller(core, call)
    return _told(core, "view_opened", _tried(lambda: core.views.push(user, body)))


def update_view(core: Core, call: Call) -> Json:
    view = core.views.get(call.text("view_id") or None, call.text("external_id") or None)
    if view is None:
        raise Refused("not_found")
    body = _body(call, view.kind)
    return _told(core, "view_updated", _tried(lambda: core.views.update(view, body, call.text("hash") or None)))


def publish_view(core: Core, call: Call) -> Json:
    user = call.needed("user_id")
    body = _body(call, "home")
    if user not in core.workspace.people:
        raise Refused("user_not_found")
    if not core.manifest["features"].get("app_home", {}).get("home_tab_enabled"):
        raise Refused("not_enabled")
    return _told(core, "home_updated", _tried(lambda: core.views.publish(user, body, call.text("hash") or None)))


def _body(call: Call, kind: str) -> Json:
    body = call.parsed("view", "invalid_arguments")
    if body is None:
        raise refused_with("invalid_arguments", ["missing required field: view"])
    problems = problems_in_view(body)
    if not problems and body["type"] != kind:
        problems = [f"unsupported type: {body['type']} [json-pointer:/view/type]"]
    if problems:
        raise refused_with("invalid_arguments", problems)
    if len(json.dumps(body)) > VIEW_BYTES:
        raise Refused("view_too_large")
    return dict(body)


def _puller(core: Core, call: Call) -> str:
    """The person whose trigger this is."""
    trigger_id = call.text("trigger_id") or call.text("interactivity_pointer")
    if not trigger_id:
        raise refused_with("invalid_arguments", ["missing required field: trigger_id"])
    user, error = core.triggers.spend(trigger_id)
    if error:
        raise Refused(error)
    return user


def _tried(change: Callable[[], View]) -> View:
    try:
        return change()
    except ViewRefused as refused:
        raise Refused(str(refused)) from None


def _told(core: Core, kind: Literal["view_opened", "view_updated", "home_updated"], view: View) -> Json:
    shown = core.views.to_json(view)
    core.changes.tell(Change(kind, view=shown, user=view.user))
    return {"view": shown}


METHODS = (
    Method("views.open", open_view, Tier.TIER_4),
    Method("views.push", push_view, Tier.TIER_4),
    Method("views.update", update_view, Tier.TIER_4),
    Method("views.publish", publish_view, Tier.TIER_4),
)
