"""Edge: the workspace. Calls to Slack's Web API, and what its errors ask for.

Two clients: a post must never be repeated by a library that can't know whether the first one arrived (slack.md 2.2), so
it goes through a client without retries; reads and edits may be repeated.
"""

import logging
import time
import uuid
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.http_retry.builtin_async_handlers import AsyncConnectionErrorRetryHandler, AsyncServerErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import Closed, Refused, Unauthorised, Unavailable
from bot.messages.parts import Message
from bot.metrics import call_to
from bot.rules.permissions import Person

METADATA_EVENT = "order_ahead"
TIMEOUT_SECONDS = 15
PEOPLE_KEPT_SECONDS = 300.0
MEMBERS_KEPT_SECONDS = 60.0

_AMBIGUOUS = {"internal_error", "fatal_error", "service_unavailable", "request_timeout"}
_UNAUTHORISED = {
    "invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "no_permission", "org_login_required",
}  # fmt: skip


_CLOSED = {
    "channel_not_found", "not_in_channel", "is_archived", "restricted_action",
    "restricted_action_read_only_channel", "restricted_action_thread_only_channel",
}  # fmt: skip
"""The bot was taken out of a channel (of a private one Slack then says that there is none), or may not write in it."""

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


class Slack:
    def __init__(self, *, token: str, api_url: str, session: aiohttp.ClientSession) -> None:
        shared: dict[str, Any] = {
            "token": token,
            "base_url": f"{api_url.rstrip('/')}/",
            "session": session,
            "timeout": TIMEOUT_SECONDS,
            "logger": logging.getLogger("orderahead.slack_sdk"),
        }
        self.once = AsyncWebClient(**shared, retry_handlers=[])
        self.repeatable = AsyncWebClient(
            **shared,
            retry_handlers=[AsyncConnectionErrorRetryHandler(), AsyncServerErrorRetryHandler(max_retry_count=2)],
        )
        self._people: dict[str, tuple[float, Person]] = {}
        self._members: dict[str, tuple[float, frozenset[str]]] = {}

    async def who_are_we(self) -> str:
        """The bot's own user id. Raises Unauthorised when the token does not work."""
        answer = await _answered(self.repeatable.auth_test())
        return str(answer["user_id"])

    async def socket_address(self, app_token: str) -> str:
        """Where Socket Mode begins. Raises Unauthorised or Refused when the app-level token does not work."""
        answer = await _answered(self.repeatable.apps_connections_open(app_token=app_token))
        return str(answer["url"])

    async def post(self, channel: str, message: Message, mark: Mark, *, thread_ts: str = "", loud: bool = False) -> str:
        """Post once and return the message's ts. `loud` shows a thread reply in the channel too.

        Raises Unavailable; its `may_have_arrived` tells whether the message may be there all the same.
        """
        answer = await _answered(
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
        await _answered(
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
            answer = await _answered(call)
            for message in answer.get("messages", []):
                if mark.is_on(message):
                    return Found(str(message["ts"]), int(message["metadata"]["event_payload"].get("upto") or 0))
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return None

    async def person(self, user_id: str) -> Person:
        """Who somebody is; remembered for five minutes."""
        known = self._people.get(user_id)
        if known and time.monotonic() - known[0] < PEOPLE_KEPT_SECONDS:
            return known[1]
        user = (await _answered(self.repeatable.users_info(user=user_id)))["user"]
        profile = user.get("profile") or {}
        name = profile.get("display_name") or profile.get("real_name") or user.get("real_name") or user.get("name")
        person = Person(
            id=user_id,
            name=str(name or "Somebody"),
            is_owner=bool(user.get("is_owner") or user.get("is_admin")),
            is_guest=bool(user.get("is_restricted") or user.get("is_ultra_restricted") or user.get("is_stranger")),
            is_bot=bool(user.get("is_bot")),
        )
        self._people[user_id] = (time.monotonic(), person)
        return person

    async def about_channel(self, channel: str) -> str:
        """What the bot may do in a channel. Raises Refused when it is not there or the bot is not in it."""
        try:
            found = (await _answered(self.repeatable.conversations_info(channel=channel)))["channel"]
        except Refused as problem:
            if problem.code == "missing_scope":
                return "can't be looked at without channels:read and groups:read"
            raise
        if found.get("is_archived"):
            raise Refused("the channel is archived.", code="is_archived")
        if not found.get("is_member"):
            raise Refused("the bot is not in the channel: /invite it there.", code="not_in_channel")
        return "the bot is in it"

    async def open_modal(self, trigger_id: str, view: dict[str, Any]) -> None:
        """Raises Refused "expired_trigger_id" when more than three seconds have passed since the person acted."""
        await _answered(self.once.views_open(trigger_id=trigger_id, view=view))

    async def publish_home(self, user_id: str, view: dict[str, Any]) -> None:
        await _answered(self.repeatable.views_publish(user_id=user_id, view=view))

    async def members(self, channel: str) -> frozenset[str]:
        """Who is in a channel; remembered for a minute."""
        known = self._members.get(channel)
        if known and time.monotonic() - known[0] < MEMBERS_KEPT_SECONDS:
            return known[1]
        found: set[str] = set()
        cursor = ""
        while True:
            answer = await _answered(
                self.repeatable.conversations_members(channel=channel, limit=500, cursor=cursor or None)
            )
            found.update(answer.get("members", []))
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                break
        self._members[channel] = (time.monotonic(), frozenset(found))
        return frozenset(found)

    async def tell_privately(self, channel: str, user_id: str, message: Message) -> None:
        """A message that only one person sees, gone when they reload."""
        await _answered(
            self.repeatable.chat_postEphemeral(
                channel=channel, user=user_id, text=message.text, blocks=message.blocks, attachments=message.attachments
            )
        )


async def _answered(call: Awaitable[Any]) -> Any:
    """Slack's answer, or the error that names the reaction."""
    with call_to("Slack"):
        return await _named_answer(call)


async def _named_answer(call: Awaitable[Any]) -> Any:
    try:
        return await call
    except SlackApiError as problem:
        raise _named(problem) from None
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
        raise Unavailable("Slack can't be reached.", may_have_arrived=False) from None
    except (aiohttp.ClientError, SlackClientError, TimeoutError, ConnectionError, ValueError):
        raise Unavailable("Slack did not answer.") from None


def _named(problem: SlackApiError) -> Exception:
    answer: Any = problem.response
    # Where the body could not be read, the library hands over aiohttp's own answer, which calls its status otherwise.
    status = int(getattr(answer, "status_code", None) or getattr(answer, "status", None) or 200)
    data = getattr(answer, "data", answer)
    code = str(data.get("error", "")) if isinstance(data, dict) else ""
    if status == 429 or code in {"ratelimited", "rate_limited"}:
        wait = str((getattr(answer, "headers", None) or {}).get("Retry-After", "1"))
        return Unavailable(
            "Slack is being asked too often.",
            retry_after=float(wait) if wait.isascii() and wait.isdigit() else 1.0,
            may_have_arrived=False,
        )
    # Slack names what is wrong in every answer of its own; a page without a name is a proxy's or a broken server's.
    if status >= 500 or code in _AMBIGUOUS or not code:
        return Unavailable("Slack has a problem of its own.")
    if code in _UNAUTHORISED:
        return Unauthorised(f"Slack does not accept the bot's token ({code}).")
    if code in _CLOSED:
        return Closed(f"Slack said no: {code.replace('_', ' ')}.", code=code, status=status)
    return Refused(f"Slack said no: {code.replace('_', ' ')}.", code=code, status=status)
