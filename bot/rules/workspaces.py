"""A Slack workspace that installed the app."""

from datetime import datetime, timedelta

from pydantic import Field

from bot.rules.order_values import Frozen

PLAIN = ""
"""What the one workspace of a plain token is called."""

REFRESH_BEFORE = timedelta(hours=1)
"""How long before its end a token is exchanged for a new one: a Slack that is down for less costs nothing then."""
HARDLY_LEFT = timedelta(seconds=20)
"""A token that ends so soon might be over when the call arrives."""


class Installed(Frozen):
    """An installation. Tokens that are rotated have a refresh token and an end; `repr` never shows them."""

    workspace: str
    name: str = ""
    app_id: str = ""
    bot_id: str = ""
    bot_user_id: str = ""
    scopes: tuple[str, ...] = ()
    installed_by: str = ""
    token: str = Field(repr=False)
    refresh_token: str = Field(default="", repr=False)
    expires_at: datetime | None = None

    def wants_refreshing(self, now: datetime) -> bool:
        return self.expires_at is not None and self.expires_at - now < REFRESH_BEFORE

    def is_usable(self, now: datetime) -> bool:
        return self.expires_at is None or self.expires_at - now > HARDLY_LEFT
