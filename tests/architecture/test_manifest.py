"""The manifest that people paste into Slack says exactly what the code listens to, and asks for no scope too many."""

import ast
from collections.abc import Iterator
from typing import Any, cast

import pytest
import yaml
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from slack_bolt.async_app import AsyncApp

from bot.slack import NEEDED_SCOPES, OPTIONAL_SCOPES
from handlers.front import Front
from handlers.people import register
from tests.architecture.manifest_schema import MANIFEST
from tests.architecture.tree import ROOT, inside, modules

Json = dict[str, Any]

SCOPES: dict[str, set[str]] = {
    "apps_connections_open": set(),
    "auth_test": set(),
    "chat_postEphemeral": {"chat:write"},
    "chat_postMessage": {"chat:write"},
    "chat_update": {"chat:write"},
    "conversations_history": {"channels:history", "groups:history"},
    "conversations_info": {"channels:read", "groups:read"},
    "conversations_members": {"channels:read", "groups:read"},
    "conversations_replies": {"channels:history", "groups:history"},
    "files_upload_v2": {"files:write"},
    "usergroups_list": {"usergroups:read"},
    "usergroups_users_list": {"usergroups:read"},
    "users_info": {"users:read"},
    "users_list": {"users:read"},
    "views_open": set(),
    "views_publish": set(),
    "views_push": set(),
    "views_update": set(),
}
"""What each Web API method asks for (docs.slack.dev/reference/methods), for public and private channels."""
CAN_DO_WITHOUT = {"channels:history", "groups:history"}
"""Asked for as optional: without them a card in doubt is shown to a person (slack.md 3.4)."""


@pytest.fixture(scope="module")
def manifest() -> Json:
    return cast(Json, yaml.safe_load((ROOT / "manifest.yml").read_text()))


class Listening(AsyncApp):
    """Bolt's own app, which remembers what it was asked to listen to."""

    def __init__(self) -> None:
        super().__init__(token="xoxb-none", signing_secret="none")
        self.heard: dict[str, set[str]] = {}

    def _hear(self, kind: str, name: Any) -> None:
        self.heard.setdefault(kind, set()).add(str(name))

    def command(self, command: Any, *more: Any, **named: Any) -> Any:
        self._hear("command", command)
        return super().command(command, *more, **named)

    def event(self, event: Any, *more: Any, **named: Any) -> Any:
        self._hear("event", event)
        return super().event(event, *more, **named)

    def shortcut(self, constraints: Any, *more: Any, **named: Any) -> Any:
        self._hear("shortcut", constraints)
        return super().shortcut(constraints, *more, **named)

    def global_shortcut(self, callback_id: Any, *more: Any, **named: Any) -> Any:
        self._hear("global", callback_id)
        return super().global_shortcut(callback_id, *more, **named)

    def message_shortcut(self, callback_id: Any, *more: Any, **named: Any) -> Any:
        self._hear("message", callback_id)
        return super().message_shortcut(callback_id, *more, **named)

    def action(self, constraints: Any, *more: Any, **named: Any) -> Any:
        self._hear("action", constraints)
        return super().action(constraints, *more, **named)

    def view(self, constraints: Any, *more: Any, **named: Any) -> Any:
        self._hear("view", constraints)
        return super().view(constraints, *more, **named)


@pytest.fixture(scope="module")
def heard() -> dict[str, set[str]]:
    """What the real handlers listen to. Registering keeps the front and asks nothing of it."""
    app = Listening()
    register(app, Front(office=cast(Any, None), boards=cast(Any, None), syncs=cast(Any, None)))
    return app.heard


def test_slack_would_take_the_manifest(manifest: Json) -> None:
    problems = [
        f"{problem.json_path}: {problem.message}" for problem in Draft202012Validator(MANIFEST).iter_errors(manifest)
    ]
    assert problems == []


WRONG: list[tuple[str, Any]] = [
    ("display_information.name", "x" * 36),
    ("features.slash_commands.0.command", "orders"),
    ("features.shortcuts.0.type", "everywhere"),
    ("settings.socket_mode", True),
    ("settings.interactivity.is_enabled", "yes"),
    ("oauth_config.scopes.bots", []),
]


@pytest.mark.parametrize(("path", "value"), WRONG, ids=[row[0] for row in WRONG])
def test_the_schema_would_find_a_mistake(path: str, value: Any, manifest: Json) -> None:
    wrong = yaml.safe_load(yaml.safe_dump(manifest))
    *folders, last = path.split(".")
    place = wrong
    for name in folders:
        place = place[int(name)] if name.isdigit() else place[name]
    place[last] = value
    assert not Draft202012Validator(MANIFEST).is_valid(wrong)


def test_every_command_is_in_the_manifest_and_back(manifest: Json, heard: dict[str, set[str]]) -> None:
    assert {one["command"] for one in manifest["features"]["slash_commands"]} == heard["command"]


def test_every_event_is_in_the_manifest_and_back(manifest: Json, heard: dict[str, set[str]]) -> None:
    subscribed = manifest["settings"].get("event_subscriptions", {}).get("bot_events", [])
    assert set(subscribed) == heard.get("event", set())


def test_every_shortcut_is_in_the_manifest_and_back(manifest: Json, heard: dict[str, set[str]]) -> None:
    named = {(one["type"], one["callback_id"]) for one in manifest["features"].get("shortcuts", [])}
    either = heard.get("shortcut", set())
    assert {name for _, name in named} == either | heard.get("global", set()) | heard.get("message", set())
    exact = {(kind, name) for kind in ("global", "message") for name in heard.get(kind, set())}
    assert {one for one in named if one[1] not in either} == exact


def test_buttons_and_modals_need_interactivity(manifest: Json, heard: dict[str, set[str]]) -> None:
    assert manifest["settings"]["interactivity"]["is_enabled"] is bool(heard["action"] | heard["view"])


def test_the_home_tab_is_on_exactly_when_somebody_draws_it(manifest: Json, heard: dict[str, set[str]]) -> None:
    assert manifest["features"]["app_home"]["home_tab_enabled"] is ("app_home_opened" in heard.get("event", set()))


FIELDS_OF_FORMS = {"choice", "words"}
"""What is read when the form is sent."""


def action_ids_in_messages() -> set[str]:
    """The second argument of every `button(…)` in bot/messages, and what menus that act at once are called."""
    menus = {
        value.value
        for name, module in modules().items()
        if name.startswith("bot.messages.")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Dict)
        for key, value in zip(node.keys, node.values, strict=True)
        if isinstance(key, ast.Constant) and key.value == "action_id"
        if isinstance(value, ast.Constant) and isinstance(value.value, str)
    }
    return (menus - FIELDS_OF_FORMS) | {
        call.args[1].value
        for name, module in modules().items()
        if name.startswith("bot.messages.")
        for call in ast.walk(module.tree)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "button"
        if isinstance(call.args[1], ast.Constant) and isinstance(call.args[1].value, str)
    }


def test_every_button_does_something_and_every_listener_has_its_button(heard: dict[str, set[str]]) -> None:
    assert action_ids_in_messages() == heard["action"]


def methods_used() -> Iterator[str]:
    """Names like `chat_postMessage` that bot/slack calls on either of its clients."""
    clients = {"once", "repeatable"}
    for module in (one for name, one in modules().items() if inside(name, "bot.slack")):
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Attribute) and node.value.attr in clients:
                yield node.attr


def test_the_scopes_are_what_the_calls_need_and_nothing_more(manifest: Json) -> None:
    scopes = manifest["oauth_config"]["scopes"]
    needed = {scope for method in methods_used() for scope in SCOPES[method]} | {"commands"}
    assert set(scopes["bot"]) == needed - CAN_DO_WITHOUT, (
        "an admin judges each scope: ask for what is called, nothing else"
    )
    assert set(scopes["bot_optional"]) == needed & CAN_DO_WITHOUT


def test_the_doctor_compares_with_what_the_manifest_asks_for(manifest: Json) -> None:
    scopes = manifest["oauth_config"]["scopes"]
    assert set(scopes["bot"]) == set(NEEDED_SCOPES)
    assert set(scopes["bot_optional"]) == set(OPTIONAL_SCOPES)


def test_slack_is_called_from_its_edge_only() -> None:
    found = [
        module.at(node)
        for name, module in modules().items()
        if name.partition(".")[0] in {"bot", "handlers", "sync"} and not name.startswith(("bot.slack", "bot.sandbox"))
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute) and node.attr in SCOPES
    ]
    assert found == [], "what Slack's errors ask for is decided in bot/slack"
