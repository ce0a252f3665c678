"""What the bot says in a workspace, and how it finds its own words again."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.errors import Refused
from bot.messages.parts import Message
from bot.slack.people import People

METADATA_EVENT = "order_ahead"

LOOK_BACK = timedelta(minutes=15)
"""How far Slack's clock may be behind ours and a message of ours still be found. A post is looked for by Slack's time."""


@dataclass(frozen=True)
class Mark:
    """How a message is found again: an order's opaque key, and which of its messages this is. Nothing personal.

    `upto` is remembered and not searched for: the last line of history that a reply tells.
    """

    order_key: str
    part: str
    upto: int = 0

    @property
    def metadata(self) -> dict[str, Any]:
        payload = {"order_key": self.order_key, "part": self.part, "upto": self.upto}
        return {"event_type": METADATA_EVENT, "event_payload": payload}

    def is_on(self, message: Mapping[str, Any]) -> bool:
        payload = (message.get("metadata") or {}).get("event_payload") or {}
        return payload.get("order_key") == self.order_key and payload.get("part") == self.part

    @property
    def client_message_id(self) -> str:
        """Belt and braces: Slack refuses some doubles by it, but documents no promise (slack.md 3.4)."""
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"orderahead:{self.order_key}:{self.part}"))


@dataclass(frozen=True)
class Found:
    ts: str
    upto: int


class Slack(People):
    """One workspace: what we say there, and what we ask."""

    async def who_are_we(self) -> str:
        """The bot's own user id. Raises Unauthorised when the token does not work."""
        answer = await self._answered(self.repeatable.auth_test())
        return str(answer["user_id"])

    async def socket_address(self, app_token: str) -> str:
        """Where Socket Mode begins. Raises Unauthorised or Refused when the app-level token does not work."""
        answer = await self._answered(self.repeatable.apps_connections_open(app_token=app_token))
        return str(answer["url"])

    async def post(self, channel: str, message: Message, mark: Mark, *, thread_ts: str = "", loud: bool = False) -> str:
        """Post once and return the message's ts. `loud` shows a thread reply in the channel too.

        Raises Unavailable; its `may_have_arrived` tells whether the message may be there all the same.
        """
        answer = await self._delivered(
            self.once.chat_postMessage(
                channel=channel,
                text=message.text,
                blocks=message.blocks,
                attachments=message.attachments,
                metadata=mark.metadata,
                thread_ts=thread_ts or None,
                reply_broadcast=True if loud and thread_ts else None,
                unfurl_links=False,
                unfurl_media=False,
                client_msg_id=mark.client_message_id,
            )
        )
        return str(answer["ts"])

    async def update(self, channel: str, ts: str, message: Message, mark: Mark) -> None:
        await self._delivered(
            self.repeatable.chat_update(
                channel=channel,
                ts=ts,
                text=message.text,
                blocks=message.blocks,
                attachments=message.attachments,
                metadata=mark.metadata,
            )
        )

    async def find(self, channel: str, mark: Mark, *, since: datetime, thread_ts: str = "") -> Found | None:
        """Our message with this mark, posted since then. Raises Refused "missing_scope" without history scope."""
        oldest = str((since - LOOK_BACK).timestamp())
        cursor = ""
        while True:
            shared: dict[str, Any] = {
                "channel": channel,
                "include_all_metadata": True,
                "oldest": oldest,
                "limit": 200,
                "cursor": cursor or None,
            }
            call = (
                self.repeatable.conversations_replies(ts=thread_ts, **shared)
                if thread_ts
                else (self.repeatable.conversations_history(**shared))
            )
            answer = await self._delivered(call)
            for message in answer.get("messages", []):
                if mark.is_on(message):
                    return Found(str(message["ts"]), int(message["metadata"]["event_payload"].get("upto") or 0))
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return None

    async def send_file(self, user_id: str, message: Message, name: str, content: bytes) -> None:
        """A file to one person, in their conversation with the app and nowhere else. Not repeated by the library."""
        told = await self._answered(
            self.once.chat_postMessage(channel=user_id, text=message.text, blocks=message.blocks)
        )
        # The conversation's own id is in that answer; asking for it otherwise takes a scope more.
        where = str(told["channel"])
        await self._answered(self.once.files_upload_v2(channel=where, filename=name, title=name, content=content))

    async def keep_picture(self, name: str, content: bytes) -> str:
        """Upload a picture that a message of ours will show; nobody sees it before, so one too many does no harm. Its id.

        Slack looks at it for a moment yet, in which a message that shows it is refused with "invalid_blocks".
        """
        answer = await self._answered(self.once.files_upload_v2(filename=name, title=name, content=content))
        return str(answer["files"][0]["id"])

    async def about_channel(self, channel: str) -> str:
        """What the bot may do in a channel. Raises Refused when it is not there, the bot is not in it, or may not look
        ("missing_scope")."""
        found = (await self._answered(self.repeatable.conversations_info(channel=channel)))["channel"]
        if found.get("is_archived"):
            raise Refused("the channel is archived.", code="is_archived")
        if not found.get("is_member"):
            raise Refused("the bot is not in the channel: /invite it there.", code="not_in_channel")
        return "the bot is in it"

    async def open_modal(self, trigger_id: str, view: dict[str, Any]) -> str:
        """The view's id. Raises Refused "expired_trigger_id" when more than three seconds have passed since the person
        acted."""
        return str((await self._answered(self.once.views_open(trigger_id=trigger_id, view=view)))["view"]["id"])

    async def push_modal(self, trigger_id: str, view: dict[str, Any]) -> None:
        """On top of the one that is open. Raises Refused like `open_modal`."""
        await self._answered(self.once.views_push(trigger_id=trigger_id, view=view))

    async def update_modal(self, view_id: str, view: dict[str, Any], *, expected: str = "") -> str:
        """The hash of what it shows now. Raises Refused "not_found" when the person has closed it, and "hash_conflict" when it
        shows something else than what had the hash `expected`."""
        call = self.repeatable.views_update(view_id=view_id, view=view, hash=expected or None)
        return str((await self._answered(call))["view"].get("hash") or "")

    async def user_groups(self) -> list[tuple[str, str]]:
        """Names and ids of the workspace's user groups. Raises Refused "missing_scope" where the app may not read them."""
        answer = await self._answered(self.repeatable.usergroups_list())
        return [(str(group.get("name") or group["handle"]), str(group["id"])) for group in answer.get("usergroups", [])]

    async def granted_scopes(self) -> frozenset[str]:
        """What the workspace lets the bot do."""
        answer = await self._answered(self.repeatable.auth_test())
        named = {str(name).lower(): str(value) for name, value in answer.headers.items()}
        return frozenset(scope.strip() for scope in named.get("x-oauth-scopes", "").split(",") if scope.strip())

    async def publish_home(self, user_id: str, view: dict[str, Any]) -> None:
        await self._answered(self.repeatable.views_publish(user_id=user_id, view=view))

    async def tell_privately(self, channel: str, user_id: str, message: Message) -> None:
        """A message that only one person sees, gone when they reload."""
        await self._answered(
            self.repeatable.chat_postEphemeral(
                channel=channel, user=user_id, text=message.text, blocks=message.blocks, attachments=message.attachments
            )
        )
