"""Carrying commands, interactions and events to the app: over its web sockets, or signed to its request URL."""

import asyncio
import hashlib
import hmac
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal
from urllib.parse import urlencode, urlsplit

import aiohttp

from bot.sandbox.slack.core import Core
from bot.sandbox.slack.masking import masked
from bot.sandbox.slack.outcomes import NotPossible
from bot.sandbox.slack.sockets import Sockets
from bot.sandbox.slack.workspace import Json
from bot.sandbox.wire import Wire, WireEntry

logger = logging.getLogger(__name__)

Kind = Literal["slash_commands", "interactive", "events_api"]

LAST_EVENTS = {"tokens_revoked", "app_uninstalled"}
"""What the app is told after it was uninstalled."""

USER_AGENT = "Slackbot 1.0 (+https://api.slack.com/robots)"


@dataclass(frozen=True)
class Acknowledgement:
    """What the app answered within three seconds. `failure` is Slack's word for it where it did not."""

    payload: Json | None = None
    failure: Literal["http_timeout", "http_error", "connection_failed"] | None = None
    no_retry: bool = False

    @property
    def ok(self) -> bool:
        return self.failure is None


class Delivery:
    """Of one workspace. With the app's `events_url` signed HTTP to that address, else Socket Mode."""

    def __init__(self, core: Core, sockets: Sockets, wire: Wire) -> None:
        self._core, self._sockets, self._wire = core, sockets, wire
        self._session: aiohttp.ClientSession | None = None
        self._redeliveries: set[asyncio.Task[None]] = set()

    @property
    def events_url(self) -> str | None:
        return self._core.installs.events_url

    async def send(self, kind: Kind, payload: Json, *, retry: int = 0, reason: str = "") -> Acknowledgement:
        """Raises NotPossible where the app is not installed: nobody there can see it."""
        if kind != "events_api" and not self._core.installs.is_installed(self._core):
            raise NotPossible(f"{self._core.workspace.bot.name} is not installed in {self._core.workspace.team_name}")
        loop = asyncio.get_running_loop()
        began, at = loop.time(), datetime.now(UTC)
        answer = await self._carried(kind, payload, retry, reason)
        entry = WireEntry(
            at=at,
            to="app",
            method="SOCKET" if self.events_url is None else "POST",
            path=f"/{kind}" if self.events_url is None else urlsplit(self.events_url).path,
            status=200 if answer.ok else None,
            request=masked(payload),
            response=answer.failure or (masked(answer.payload) if answer.payload else ""),
            milliseconds=(loop.time() - began) * 1000,
        )
        self._wire.note(entry)
        return answer

    async def _carried(self, kind: Kind, payload: Json, retry: int, reason: str) -> Acknowledgement:
        try:
            if self.events_url is not None:
                return await self._post(kind, payload, retry, reason)
            return Acknowledgement(await self._sockets.send(kind, payload, retry=retry, reason=reason))
        except TimeoutError:
            return Acknowledgement(failure="http_timeout")
        except (ConnectionError, aiohttp.ClientError) as error:
            logger.info("The app could not be reached: %s", error)
            return Acknowledgement(failure="connection_failed")

    async def event(self, event: Json) -> None:
        """An event to the app, repeated in the background where it is not acknowledged."""
        if event["type"] not in LAST_EVENTS and not self._core.installs.is_installed(self._core):
            return
        payload = self.event_payload(event)
        first = await self.send("events_api", payload)
        if not first.ok and not first.no_retry:
            task = asyncio.create_task(self._redeliver(payload, first))
            self._redeliveries.add(task)
            task.add_done_callback(self._redeliveries.discard)

    async def verify(self) -> bool:
        """The challenge that Slack sends when a request URL is entered."""
        challenge = self._core.workspace.secret(40)
        body = {"token": "verification", "challenge": challenge, "type": "url_verification"}
        answer = await self.send("events_api", body)
        return answer.ok and challenge in (answer.payload or {}).values()

    async def close(self) -> None:
        for task in list(self._redeliveries):
            task.cancel()
        await asyncio.gather(*self._redeliveries, return_exceptions=True)
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _redeliver(self, payload: Json, failed: Acknowledgement) -> None:
        for attempt, pause in enumerate(self._core.switches.redelivery_seconds, start=1):
            await asyncio.sleep(pause)
            failed = await self.send("events_api", payload, retry=attempt, reason=failed.failure or "")
            if failed.ok or failed.no_retry:
                return

    async def _post(self, kind: Kind, payload: Json, retry: int, reason: str) -> Acknowledgement:
        headers, body = self._encoded(kind, payload)
        headers |= self.signature(body)
        if retry:
            headers |= {"X-Slack-Retry-Num": str(retry), "X-Slack-Retry-Reason": reason}
        if self._session is None:
            self._session = aiohttp.ClientSession()
        async with asyncio.timeout(self._core.switches.ack_seconds):
            async with self._session.post(str(self.events_url), data=body, headers=headers) as response:
                text = await response.text()
                no_retry = response.headers.get("X-Slack-No-Retry") == "1"
                accepted = response.status == 200 if kind != "events_api" else 200 <= response.status < 300
                if not accepted:
                    return Acknowledgement(failure="http_error", no_retry=no_retry)
                return Acknowledgement(_body_of(text, response.headers), no_retry=no_retry)

    def _encoded(self, kind: Kind, payload: Json) -> tuple[dict[str, str], bytes]:
        """Commands are a form, interactions a form with one JSON field, events JSON."""
        if kind == "events_api":
            return {"Content-Type": "application/json", "User-Agent": USER_AGENT}, json.dumps(payload).encode()
        form = payload if kind == "slash_commands" else {"payload": json.dumps(payload)}
        headers = {"Content-Type": "application/x-www-form-urlencoded", "User-Agent": USER_AGENT}
        return headers, urlencode(form).encode()

    def signature(self, body: bytes) -> dict[str, str]:
        """v0 signature (docs.slack.dev/authentication/verifying-requests-from-slack)."""
        timestamp = str(int(self._core.clock.time()))
        secret = self._core.installs.signing_secret + ("?" if self._core.switches.bad_signatures else "")
        digest = hmac.new(secret.encode(), f"v0:{timestamp}:".encode() + body, hashlib.sha256).hexdigest()
        return {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": f"v0={digest}"}

    def event_payload(self, event: Json) -> Json:
        workspace = self._core.workspace
        installed = {
            "enterprise_id": None,
            "team_id": workspace.team_id,
            "user_id": workspace.bot.id,
            "is_bot": True,
            "is_enterprise_install": False,
        }
        return {
            "token": "verification",
            "team_id": workspace.team_id,
            "api_app_id": workspace.app_id,
            "event": event,
            "type": "event_callback",
            "event_id": workspace.new_id("Ev"),
            "event_time": int(self._core.clock.time()),
            "authorizations": [installed],
            "is_ext_shared_channel": False,
            "event_context": workspace.secret(40),
        }


def _body_of(text: str, headers: Mapping[str, Any]) -> Json | None:
    """An acknowledgement's body: empty, JSON, or plain text that means a message."""
    if not text.strip():
        return None
    if headers.get("Content-Type", "").startswith("application/json") or text.startswith("{"):
        try:
            parsed = json.loads(text)
        except ValueError:
            return {"text": text}
        return parsed if isinstance(parsed, dict) else None
    return {"text": text}
