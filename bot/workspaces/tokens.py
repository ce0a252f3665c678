"""The bot tokens of workspaces that installed the app: read from the database, and exchanged before they end.

A refresh token works once, so one process at a time may exchange it, and a token that is over is never handed out.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import structlog
from slack_sdk.errors import SlackClientError, SlackTokenRotationError
from slack_sdk.oauth.installation_store import Bot
from slack_sdk.oauth.token_rotation.async_rotator import AsyncTokenRotator
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy.exc import SQLAlchemyError

from bot.errors import Unauthorised, Unavailable
from bot.rules.workspaces import Installed
from bot.slack import TIMEOUT_SECONDS
from bot.store import Database, Tx, workspaces

log = structlog.get_logger("orderahead.workspaces")

KNOWN_SECONDS = 10.0
"""How long a token is handed out without another look: another process may have exchanged it, or the app was uninstalled."""
EXCHANGING = timedelta(seconds=30)
"""How long one process may take, and how long it is left alone after an exchange that failed."""
LOOK_AGAIN_SECONDS = 0.25
AT_ONCE = 60 * 24 * 365 * 10
"""In minutes. The library exchanges a token that ends within that time; when it is time is our decision."""


class Tokens:
    def __init__(
        self,
        database: Database,
        *,
        client_id: str,
        client_secret: str,
        api_url: str,
        session: aiohttp.ClientSession,
        now: Callable[[], datetime],
    ) -> None:
        client = AsyncWebClient(
            base_url=f"{api_url.rstrip('/')}/",
            session=session,
            timeout=TIMEOUT_SECONDS,
            logger=logging.getLogger("orderahead.slack_sdk"),
            retry_handlers=[],
        )
        self._rotator = AsyncTokenRotator(client_id=client_id, client_secret=client_secret, client=client)
        self._database = database
        self._now = now
        self._known: dict[str, tuple[float, Installed]] = {}
        self._alone: dict[str, asyncio.Lock] = {}

    async def current(self, workspace: str) -> str:
        """A token that works now. Raises Unauthorised where the app is not installed, Unavailable where none can be had."""
        found = await self.installed(workspace)
        if found is None:
            raise Unauthorised("The app is not installed in this workspace any more.")
        if not found.wants_refreshing(self._now()):
            return found.token
        async with self._alone.setdefault(workspace, asyncio.Lock()):
            return await self._exchanged(workspace)

    async def installed(self, workspace: str) -> Installed | None:
        """The installation as it was a moment ago. While the database does not answer, what was known last."""
        known = self._known.get(workspace)
        if known and time.monotonic() - known[0] < KNOWN_SECONDS:
            return known[1]
        try:
            return await self._read(workspace)
        except (SQLAlchemyError, OSError):
            if known is None:
                raise
            return known[1]

    def forget(self, workspace: str) -> None:
        self._known.pop(workspace, None)
        self._alone.pop(workspace, None)

    async def _read(self, workspace: str) -> Installed | None:
        async with self._database.read() as tx:
            found = await workspaces.get(tx, workspace)
        if found is None:
            self.forget(workspace)
        else:
            self._known[workspace] = (time.monotonic(), found)
        return found

    async def _exchanged(self, workspace: str) -> str:
        patience = self._now() + EXCHANGING
        while True:
            found = await self._read(workspace)
            if found is None:
                raise Unauthorised("The app is not installed in this workspace any more.")
            now = self._now()
            if not found.wants_refreshing(now):
                return found.token  # somebody else was faster
            async with self._database.write() as tx:
                is_ours = await workspaces.take_refreshing(tx, workspace, now=now, until=now + EXCHANGING)
                # Read again: before it was ours, another process may have spent the refresh token that we know.
                found = await workspaces.get(tx, workspace) or found
            if is_ours and found.wants_refreshing(now):
                return await self._exchange(found)
            if is_ours:
                async with self._database.write() as tx:
                    await workspaces.refreshed(tx, found)
                return found.token
            if found.is_usable(now):
                return found.token
            if now > patience:
                raise Unavailable("Slack's token for this workspace could not be renewed.", may_have_arrived=False)
            await asyncio.sleep(LOOK_AGAIN_SECONDS)

    async def _exchange(self, found: Installed) -> str:
        """With the refresh token, once. What fails is tried again after a while; until then the old token does."""
        try:
            bot = await self._rotator.perform_bot_token_rotation(bot=_as_bot(found), minutes_before_expiration=AT_ONCE)
        except SlackTokenRotationError as problem:
            return self._go_on_with(found, _code(problem))
        except (SlackClientError, aiohttp.ClientError, TimeoutError, OSError, ValueError, KeyError):
            return self._go_on_with(found, "")
        if bot is None or not bot.bot_token:
            return self._go_on_with(found, "")
        new = found.model_copy(
            update={
                "token": bot.bot_token,
                "refresh_token": bot.bot_refresh_token or "",
                "expires_at": datetime.fromtimestamp(bot.bot_token_expires_at or 0, UTC),
            }
        )

        async def write(tx: Tx) -> bool:
            return await workspaces.refreshed(tx, new)

        # The old refresh token is worth nothing from here on: a database that is down is waited for.
        if not await self._database.outlast(write):
            raise Unauthorised("The app is not installed in this workspace any more.")
        self._known[found.workspace] = (time.monotonic(), new)
        return new.token

    def _go_on_with(self, found: Installed, code: str) -> str:
        log.warning("a token could not be renewed", workspace=found.workspace, why=code or "Slack did not answer")
        if found.is_usable(self._now()):
            return found.token
        if code in {"", "internal_error", "fatal_error", "ratelimited", "service_unavailable", "request_timeout"}:
            raise Unavailable("Slack's token for this workspace could not be renewed.", may_have_arrived=False)
        raise Unauthorised("Slack's token for this workspace is over: install the app there again.")


def _as_bot(found: Installed) -> Bot:
    return Bot(
        app_id=found.app_id,
        team_id=found.workspace,
        bot_token=found.token,
        bot_id=found.bot_id,
        bot_user_id=found.bot_user_id,
        bot_scopes=list(found.scopes),
        bot_refresh_token=found.refresh_token,
        bot_token_expires_at=int(found.expires_at.timestamp()) if found.expires_at else None,
        installed_at=0.0,
    )


def _code(problem: SlackTokenRotationError) -> str:
    answer: Any = problem.api_error.response
    data = getattr(answer, "data", answer)
    return str(data.get("error", "")) if isinstance(data, dict) else ""
