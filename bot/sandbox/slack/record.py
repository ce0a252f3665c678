"""What has happened, for tests, the demo's count and the console: messages with their history, requests, open views."""

from collections import Counter

from bot.sandbox.slack.core import Core
from bot.sandbox.slack.workspace import Json, Message


class Record:
    def __init__(self, core: Core) -> None:
        self._of = core

    def messages(self, channel: str) -> list[Message]:
        """What stands in a channel now, oldest first, without thread replies and ephemeral messages."""
        return [
            message
            for message in self._of.workspace.messages[channel]
            if not message.deleted and (not message.is_reply or message.broadcast)
        ]

    def thread(self, channel: str, ts: str) -> list[Message]:
        """A message and its replies, oldest first."""
        parent = self._of.workspace.by_ts[channel, ts]
        return [*([] if parent.deleted else [parent]), *parent.live_replies()]

    def ephemerals(self, user: str, channel: str | None = None) -> list[Message]:
        """What only this person can see, oldest first."""
        return [
            message
            for message in self._of.workspace.ephemeral[user]
            if not message.deleted and channel in (None, message.channel)
        ]

    def cards(self, channel: str | None = None, event_type: str | None = None) -> list[Message]:
        """The app's live messages that carry metadata, oldest first."""
        channels = [channel] if channel else list(self._of.workspace.messages)
        found = [
            message
            for each in channels
            for message in self._of.workspace.messages[each]
            if message.is_bot and not message.deleted and message.metadata
        ]
        return sorted(
            (m for m in found if event_type in (None, (m.metadata or {}).get("event_type"))), key=lambda m: m.ts
        )

    def message(self, channel: str, ts: str) -> Message:
        """One message, deleted or not. Raises KeyError."""
        return self._of.workspace.by_ts[channel, ts]

    def all_messages(self) -> list[Message]:
        """Everything that was ever posted, replies and deleted messages included, by channel and time."""
        return [message for messages in self._of.workspace.messages.values() for message in messages]

    def open_views(self, user: str) -> list[Json]:
        """The person's modals, the one on top last."""
        return [self._of.views.to_json(view) for view in self._of.views.stacks[user]]

    def home(self, user: str) -> Json | None:
        view = self._of.views.homes.get(user)
        return self._of.views.to_json(view) if view else None

    @property
    def requests(self) -> Counter[str]:
        """Web API requests by method, refused ones included."""
        return self._of.requests

    @property
    def refusals(self) -> Counter[tuple[str, str]]:
        """Refused Web API requests by method and error code."""
        return self._of.refusals
