"""The Slack workspaces that the bot works in, and one client for each.

With a plain token in the settings there is exactly one, which is called "".
"""

from collections.abc import Sequence

import aiohttp

from bot.errors import Refused
from bot.slack import Slack

PLAIN = ""
"""What the one workspace of a plain token is called."""


class Workspaces:
    """Who holds a client for each workspace."""

    def __init__(self, *, api_url: str, session: aiohttp.ClientSession, plain_token: str) -> None:
        self._slacks = {PLAIN: Slack(token=plain_token, api_url=api_url, session=session)}

    @property
    def are_many(self) -> bool:
        """Whether workspaces install the app themselves. If not, what Slack says about a workspace is not looked at."""
        return False

    def slack(self, workspace: str) -> Slack:
        """Raises Refused where the app is not installed."""
        if workspace not in self._slacks:
            raise Refused("The app is not installed in this workspace.", code="unknown_workspace")
        return self._slacks[workspace]

    def names(self) -> Sequence[str]:
        return list(self._slacks)
