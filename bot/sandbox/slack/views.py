"""Modals and Home tabs: one stack per person, three deep, and one Home per person. It checks no Block Kit."""

from collections import defaultdict
from copy import deepcopy
from dataclasses import dataclass, field

from bot.sandbox.slack import limits
from bot.sandbox.slack.state import initial_values
from bot.sandbox.slack.workspace import Json, Workspace


class ViewRefused(Exception):
    """Slack says no; the argument is its error code."""


@dataclass
class View:
    """An open modal or a published Home tab. `body` is what the app sent, with block and action ids filled in."""

    id: str
    user: str
    body: Json
    hash: str
    root_id: str
    previous_id: str | None
    values: dict[str, Json] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        return str(self.body["type"])


class Views:
    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.begin_again()

    def begin_again(self) -> None:
        self.stacks: dict[str, list[View]] = defaultdict(list)
        self.homes: dict[str, View] = {}
        self._hashes = 0

    def open(self, user: str, body: Json) -> View:
        """A new stack for this person; what was open is gone."""
        self._external_id_is_free(body, None)
        self.stacks[user].clear()
        return self._put_on_top(user, body)

    def push(self, user: str, body: Json) -> View:
        """Raises ViewRefused: `not_found` where nothing is open, `push_limit_reached`, `duplicate_external_id`."""
        if not self.stacks[user]:
            raise ViewRefused("not_found")
        if len(self.stacks[user]) >= limits.VIEW_STACK:
            raise ViewRefused("push_limit_reached")
        self._external_id_is_free(body, None)
        return self._put_on_top(user, body)

    def update(self, view: View, body: Json, expected_hash: str | None = None) -> View:
        """Another body under the same id; what a person typed stays where block and action ids are the same."""
        if expected_hash and expected_hash != view.hash:
            raise ViewRefused("hash_conflict")
        self._external_id_is_free(body, view)
        typed = view.values
        view.body = self.workspace_ids(body)
        view.hash = self._new_hash()
        view.values = initial_values(view.body["blocks"])
        for block_id, actions in view.values.items():
            for action_id, entry in actions.items():
                before = typed.get(block_id, {}).get(action_id)
                if before is not None and before["type"] == entry["type"]:
                    actions[action_id] = before
        return view

    def publish(self, user: str, body: Json, expected_hash: str | None = None) -> View:
        home = self.homes.get(user)
        if home is not None:
            return self.update(home, body, expected_hash)
        view_id = self.workspace.new_id("V")
        body = self.workspace_ids(body)
        values = initial_values(body["blocks"])
        self.homes[user] = View(view_id, user, body, self._new_hash(), view_id, None, values)
        return self.homes[user]

    def close(self, view: View) -> None:
        self.stacks[view.user].remove(view)

    def get(self, view_id: str | None, external_id: str | None = None) -> View | None:
        for view in [*(v for stack in self.stacks.values() for v in stack), *self.homes.values()]:
            if view.id == view_id or (external_id and view.body.get("external_id") == external_id):
                return view
        return None

    def to_json(self, view: View) -> Json:
        """The view as Slack shows it to apps (docs.slack.dev/reference/views)."""
        body = view.body
        return {
            "id": view.id,
            "team_id": self.workspace.team_id,
            "type": view.kind,
            "blocks": body["blocks"],
            "private_metadata": body.get("private_metadata", ""),
            "callback_id": body.get("callback_id", ""),
            "state": {"values": deepcopy(view.values)},
            "hash": view.hash,
            "title": body.get("title", {"type": "plain_text", "text": "View Title", "emoji": True}),
            "clear_on_close": body.get("clear_on_close", False),
            "notify_on_close": body.get("notify_on_close", False),
            "close": body.get("close"),
            "submit": body.get("submit"),
            "previous_view_id": view.previous_id,
            "root_view_id": view.root_id,
            "app_id": self.workspace.app_id,
            "external_id": body.get("external_id", ""),
            "app_installed_team_id": self.workspace.team_id,
            "bot_id": self.workspace.bot_id,
        }

    def workspace_ids(self, body: Json) -> Json:
        return {**body, "blocks": with_ids(body["blocks"], self.workspace)}

    def _put_on_top(self, user: str, body: Json) -> View:
        stack = self.stacks[user]
        view_id = self.workspace.new_id("V")
        body = self.workspace_ids(body)
        view = View(
            id=view_id,
            user=user,
            body=body,
            hash=self._new_hash(),
            root_id=stack[0].id if stack else view_id,
            previous_id=stack[-1].id if stack else None,
            values=initial_values(body["blocks"]),
        )
        stack.append(view)
        return view

    def _external_id_is_free(self, body: Json, keeper: View | None) -> None:
        external_id = body.get("external_id")
        if external_id:
            other = self.get(None, external_id)
            if other is not None and other is not keeper:
                raise ViewRefused("duplicate_external_id")

    def _new_hash(self) -> str:
        self._hashes += 1
        return f"{int(self.workspace.clock.time())}.{self._hashes:08x}"


def with_ids(blocks: list[Json], workspace: Workspace) -> list[Json]:
    """The blocks with the block and action ids that Slack makes up where the app gave none."""
    return [_with_ids(block, workspace) for block in blocks]


WITHOUT_ACTION = {"mrkdwn", "plain_text", "image", "card", "rich_text_section", "rich_text_list"}


def _with_ids(block: Json, workspace: Workspace) -> Json:
    block = {**block}
    block.setdefault("block_id", workspace.secret(5))
    if block["type"] == "rich_text":
        return block
    for part in ("element", "accessory"):
        if part in block:
            block[part] = _with_action_id(block[part], workspace)
    for part in ("elements", "actions"):
        if part in block:
            block[part] = [_with_action_id(each, workspace) for each in block[part]]
    if "child_blocks" in block:
        block["child_blocks"] = with_ids(block["child_blocks"], workspace)
    return block


def _with_action_id(element: Json, workspace: Workspace) -> Json:
    if element["type"] == "card":
        return _with_ids(element, workspace)
    if element["type"] in WITHOUT_ACTION or "action_id" in element:
        return element
    return {**element, "action_id": workspace.secret(5)}
