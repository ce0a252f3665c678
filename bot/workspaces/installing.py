"""What Slack's library keeps while and after the app is installed: states that work once, and installations.

Both rest in our database; the library's own stores would keep tokens in the clear (slack.md 2.2).
"""

import hashlib
import logging
import secrets
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import structlog
from slack_sdk.oauth.installation_store import Bot, Installation
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore

from bot.rules.audit import Deed
from bot.rules.workspaces import Installed
from bot.store import Database, audit, workspaces
from bot.workspaces.tokens import Tokens

log = structlog.get_logger("orderahead.workspaces")

STATE_LIVES = timedelta(minutes=10)

Left = Callable[[str], Awaitable[object]]
"""What is done when the app was uninstalled in a workspace."""


class States(AsyncOAuthStateStore):
    """Of a state only a print is kept: who reads the database can't finish somebody's install."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database, self._now = database, now

    @property
    def logger(self) -> logging.Logger:
        return logging.getLogger("orderahead.slack_sdk")

    async def async_issue(self, *_arguments: object, **_named: object) -> str:
        state, now = secrets.token_urlsafe(32), self._now()
        async with self._database.write() as tx:
            await workspaces.begin_install(tx, _print(state), until=now + STATE_LIVES, now=now)
        return state

    async def async_consume(self, state: str) -> bool:
        async with self._database.write() as tx:
            return await workspaces.end_install(tx, _print(state), now=self._now())


def _print(state: str) -> str:
    return hashlib.sha256(state.encode("utf-8", "replace")).hexdigest()


class Installations(AsyncInstallationStore):
    """slack_sdk's interface to our table. The app asks for a bot token only, so a workspace has one installation."""

    def __init__(self, database: Database, tokens: Tokens, now: Callable[[], datetime], left: Left) -> None:
        self._database, self._tokens, self._now, self._left = database, tokens, now, left

    @property
    def logger(self) -> logging.Logger:
        return logging.getLogger("orderahead.slack_sdk")

    async def async_save(self, installation: Installation) -> None:
        await self.async_save_bot(installation.to_bot(), installed_by=installation.user_id)

    async def async_save_bot(self, bot: Bot, installed_by: str = "") -> None:
        if not bot.team_id or not bot.bot_token:
            raise ValueError("an installation without a workspace or a bot token")
        end = bot.bot_token_expires_at
        installed = Installed(
            workspace=bot.team_id,
            name=bot.team_name or "",
            app_id=bot.app_id or "",
            bot_id=bot.bot_id or "",
            bot_user_id=bot.bot_user_id or "",
            scopes=tuple(bot.bot_scopes or ()),
            installed_by=installed_by,
            token=bot.bot_token,
            refresh_token=bot.bot_refresh_token or "",
            expires_at=datetime.fromtimestamp(end, UTC) if end is not None else None,
        )
        async with self._database.write() as tx:
            await workspaces.put(tx, installed, now=self._now())
            deed = audit.Entry(self._now(), installed_by, Deed.INSTALL.value, bot.team_id, bot.team_id)
            await audit.add(tx, deed)
        self._tokens.forget(bot.team_id)
        log.info("the app was installed in a workspace", workspace=bot.team_id)

    async def async_find_bot(
        self, *, enterprise_id: str | None, team_id: str | None, is_enterprise_install: bool | None = False
    ) -> Bot | None:
        found = await self.async_find_installation(
            enterprise_id=enterprise_id, team_id=team_id, is_enterprise_install=is_enterprise_install
        )
        return found.to_bot() if found is not None else None

    async def async_find_installation(
        self,
        *,
        enterprise_id: str | None,  # noqa: ARG002  (the interface's; whole organisations can't install the app)
        team_id: str | None,
        user_id: str | None = None,  # noqa: ARG002
        is_enterprise_install: bool | None = False,
    ) -> Installation | None:
        if not team_id or is_enterprise_install:
            return None
        async with self._database.read() as tx:
            found = await workspaces.get(tx, team_id)
        if found is None:
            return None
        return Installation(
            app_id=found.app_id,
            team_id=found.workspace,
            team_name=found.name,
            bot_token=found.token,
            bot_id=found.bot_id,
            bot_user_id=found.bot_user_id,
            bot_scopes=list(found.scopes),
            bot_refresh_token=found.refresh_token or None,
            bot_token_expires_at=int(found.expires_at.timestamp()) if found.expires_at else None,
            user_id=found.installed_by,
        )

    async def async_delete_bot(self, *, enterprise_id: str | None, team_id: str | None) -> None:  # noqa: ARG002
        if team_id:
            await self._left(team_id)

    async def async_delete_installation(
        self,
        *,
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None = None,
    ) -> None:
        """Without a user it means the workspace; a person's own token is none of ours."""
        if user_id is None:
            await self.async_delete_bot(enterprise_id=enterprise_id, team_id=team_id)
