"""Who holds a client for each workspace. With a plain token in the settings there is exactly one, which is called ""."""

from functools import partial

import aiohttp

from bot.errors import Refused
from bot.rules.workspaces import PLAIN
from bot.slack import Slack
from bot.workspaces.tokens import Tokens


class Workspaces:
    """With `tokens` workspaces install the app themselves; without, there is the one of the plain token."""

    def __init__(
        self, *, api_url: str, session: aiohttp.ClientSession, plain_token: str = "", tokens: Tokens | None = None
    ) -> None:
        self._api_url, self._session = api_url, session
        self.tokens = tokens
        self._slacks = {} if tokens is not None else {PLAIN: self._made(plain_token)}
        self.without_token = self._made("")
        """For what the app asks for itself, with a token of its own: where Socket Mode begins."""

    def _made(self, token: str) -> Slack:
        return Slack(token=token, api_url=self._api_url, session=self._session)

    @property
    def are_many(self) -> bool:
        """Whether workspaces install the app themselves. If not, what Slack says about a workspace is not looked at."""
        return self.tokens is not None

    def slack(self, workspace: str) -> Slack:
        """The client; its calls raise Unauthorised where the app is not installed. Raises Refused for no workspace of ours."""
        if workspace not in self._slacks:
            if self.tokens is None or workspace == PLAIN:
                raise Refused("The app is not installed in this workspace.", code="unknown_workspace")
            token = partial(self.tokens.current, workspace)
            self._slacks[workspace] = Slack(token=token, api_url=self._api_url, session=self._session)
        return self._slacks[workspace]

    def forget(self, workspace: str) -> None:
        """The app was uninstalled there: who its people are is forgotten with its client."""
        if self.tokens is not None:
            self._slacks.pop(workspace, None)
            self.tokens.forget(workspace)
