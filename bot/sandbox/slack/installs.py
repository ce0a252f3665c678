"""The one app, and the workspaces that installed it: its tokens, and the codes and refresh tokens that are changed for them.

docs.slack.dev/authentication/installing-with-oauth, docs.slack.dev/authentication/using-token-rotation
"""

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.sandbox.slack.clock import Clock
from bot.sandbox.slack.switches import Switches
from bot.sandbox.slack.workspace import Json

if TYPE_CHECKING:
    from bot.sandbox.slack.core import Core

CODE_SECONDS = 600.0
MOST_ACTIVE = 2
"""Access tokens of one workspace that work at the same time."""


class Mismatch(ValueError):
    """Slack's error code for what does not fit."""


@dataclass
class Token:
    core: "Core"
    until: float | None = None
    revoked: bool = False


@dataclass
class Code:
    core: "Core"
    user: str
    redirect_uri: str
    scopes: list[str]
    until: float
    spent: bool = False


@dataclass
class Refresh:
    core: "Core"
    spent: bool = False


class Installs:
    """What belongs to the app and not to a workspace. `redirect_urls` are those of the app's settings."""

    def __init__(self, manifest: dict[str, Any], app_token: str, signing_secret: str) -> None:
        self.manifest, self.app_token, self.signing_secret = manifest, app_token, signing_secret
        self.client_id, self.client_secret = "1234567890.9876543210", "sandbox-client-secret"
        self.redirect_urls: list[str] = list(manifest["oauth_config"].get("redirect_urls", []))
        self.clock, self.switches = Clock(), Switches()
        self.cores: list[Core] = []
        self.tickets: set[str] = set()
        self.url: str | None = None
        self.events_url: str | None = None
        self._tokens: dict[str, Token] = {}
        self._codes: dict[str, Code] = {}
        self._refresh: dict[str, Refresh] = {}

    def begin_again(self) -> None:
        """As on the first day: the first workspace with its plain token, and no other."""
        del self.cores[1:]
        self._tokens.clear()
        self._codes.clear()
        self._refresh.clear()
        for core in self.cores:
            core.granted = None
            if core.bot_token:
                self._tokens[core.bot_token] = Token(core)

    def add(self, core: "Core") -> None:
        """A workspace; with a plain token the app is installed there already."""
        self.cores.append(core)
        if core.bot_token:
            self._tokens[core.bot_token] = Token(core)

    def core_of_team(self, team: str) -> "Core | None":
        return next((core for core in self.cores if core.workspace.team_id == team), None)

    def is_installed(self, core: "Core") -> bool:
        return any(token.core is core and not token.revoked for token in self._tokens.values())

    def exchanged(self, core: "Core") -> int:
        """How many refresh tokens of a workspace have been spent."""
        return sum(one.spent for one in self._refresh.values() if one.core is core)

    # Tokens

    def found(self, token: str) -> "Core":
        """Whose token it is. Raises Mismatch where it is unknown, revoked or over."""
        if token == self.app_token:
            return self.cores[0]
        known = self._tokens.get(token)
        if known is None:
            raise Mismatch("invalid_auth")
        if known.revoked:
            raise Mismatch("token_revoked")
        if known.until is not None and self.clock.time() >= known.until:
            raise Mismatch("token_expired")
        return known.core

    def revoke(self, core: "Core") -> None:
        """All of a workspace, its refresh tokens too."""
        for token in self._tokens.values():
            token.revoked = token.revoked or token.core is core
        self._refresh = {text: one for text, one in self._refresh.items() if one.core is not core}
        self._codes = {text: one for text, one in self._codes.items() if one.core is not core}

    # An install

    def check_request(self, asked: Json) -> list[str]:
        """What an authorize address asks for. Returns the scopes; raises Mismatch."""
        if asked.get("client_id") != self.client_id:
            raise Mismatch("invalid_client_id")
        redirect_uri = str(asked.get("redirect_uri") or "")
        if not any(redirect_uri.startswith(known) for known in self.redirect_urls):
            raise Mismatch("bad_redirect_uri")
        if not asked.get("state"):
            raise Mismatch("missing_state")
        scopes = [scope for scope in str(asked.get("scope") or "").split(",") if scope]
        declared = self.manifest["oauth_config"]["scopes"]
        if not scopes or set(scopes) - {*declared["bot"], *declared.get("bot_optional", [])}:
            raise Mismatch("invalid_scope")
        if asked.get("user_scope"):
            raise Mismatch("invalid_scope")
        return scopes

    def allow(self, core: "Core", user: str, asked: Json) -> str:
        """Somebody pressed Allow: the code that their browser takes back to the app. Raises Mismatch."""
        scopes = self.check_request(asked)
        code = f"{secrets.randbelow(10**12)}.{secrets.token_hex(32)}"
        until = self.clock.time() + CODE_SECONDS
        self._codes[code] = Code(core, user, str(asked["redirect_uri"]), scopes, until)
        return code

    def exchange(self, client_id: str, client_secret: str, code: str, redirect_uri: str) -> Json:
        """oauth.v2.access with a code, which works once. Raises Mismatch."""
        self._check_client(client_id, client_secret)
        known = self._codes.get(code)
        if known is None or self.clock.time() >= known.until:
            raise Mismatch("invalid_code")
        if known.spent:
            raise Mismatch("code_already_used")
        if known.redirect_uri != redirect_uri:
            raise Mismatch("bad_redirect_uri")
        known.spent = True
        known.core.granted = known.scopes
        return self._granted(known.core) | {"authed_user": {"id": known.user}}

    def refresh(self, client_id: str, client_secret: str, refresh_token: str) -> Json:
        """oauth.v2.access with a refresh token, which works once. Raises Mismatch."""
        self._check_client(client_id, client_secret)
        known = self._refresh.get(refresh_token)
        if known is None or known.spent:
            raise Mismatch("invalid_refresh_token")
        known.spent = True
        return self._granted(known.core)

    def _check_client(self, client_id: str, client_secret: str) -> None:
        if client_id != self.client_id:
            raise Mismatch("invalid_client_id")
        if not secrets.compare_digest(client_secret.encode(), self.client_secret.encode()):
            raise Mismatch("bad_client_secret")

    def _granted(self, core: "Core") -> Json:
        workspace = core.workspace
        number = workspace.team_id.removeprefix("T0")
        answer: Json = {
            "app_id": workspace.app_id,
            "token_type": "bot",
            "scope": ",".join(core.scopes),
            "bot_user_id": workspace.bot.id,
            "team": {"id": workspace.team_id, "name": workspace.team_name},
            "enterprise": None,
            "is_enterprise_install": False,
        }
        if not self.switches.token_rotation:
            text = f"xoxb-{number}-{secrets.token_hex(12)}"
            self._tokens[text] = Token(core)
            return answer | {"access_token": text}
        text, refresh_token = f"xoxe.xoxb-1-{secrets.token_hex(40)}", f"xoxe-1-{secrets.token_hex(40)}"
        seconds = int(self.switches.token_seconds)
        self._tokens[text] = Token(core, self.clock.time() + seconds)
        active = [one for one in self._tokens.values() if one.core is core and one.until and not one.revoked]
        for old in active[:-MOST_ACTIVE]:
            old.revoked = True
        self._refresh[refresh_token] = Refresh(core)
        return answer | {"access_token": text, "refresh_token": refresh_token, "expires_in": seconds}
