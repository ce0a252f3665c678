"""Two workspaces that install the app themselves: Green Mesa keeps Downtown, High Sierra has the other two stores."""

from typing import Any

import httpx

from bot.app import Bot
from bot.sandbox import Sandbox
from bot.sandbox.slack.team import Team
from tests.world import World

THEIRS, THEIR_OTHER = "riverside", "uptown"
NAMES = {THEIRS: "Harbor Lane", THEIR_OTHER: "Mill Street"}
"""What they call them: words that nobody says in Green Mesa."""
THEIR_SHOP_SECRET = "whsec_aGlnaCBzaWVycmEncyBvd24gc2VjcmV0LCAzMiBieXRlcw=="


class TwoWorkspaces(World):
    """`slack` is Green Mesa's workspace, `other` High Sierra's. With `installs` both have the app when the bot has started."""

    def __init__(self, sandbox: Sandbox, database_url: str) -> None:
        super().__init__(sandbox, database_url)
        self.other: Team = self.slack.add_workspace("High Sierra")
        self.dana = self.other.add_person("Dana Whitfield", role="owner")
        self.kit = self.other.add_person("Kit Moreno")
        both = [self.dana, self.kit]
        self.their_channel = self.other.add_channel("riverside-orders", private=True, members=both)
        self.their_other_channel = self.other.add_channel("uptown-orders", private=True, members=both)
        self.slack.installs.revoke(self.slack.core)  # no plain token

    async def start_bot(self, *, installs: bool = True, **settings: Any) -> Bot:
        app = self.slack.installs
        many: dict[str, Any] = {
            "slack_bot_token": "",
            "slack_client_id": app.client_id,
            "slack_client_secret": app.client_secret,
            "stores": self._in_workspaces,
        }
        bot = await super().start_bot(**{**many, **settings})
        app.redirect_urls = [f"{bot.settings.public_url}/slack/oauth_redirect"]
        if installs:
            for team, person in ((self.slack, self.owner), (self.other, self.dana)):
                assert (await self.install(team, person)).status_code == 200
        return bot

    def _in_workspaces(self, book: dict[str, Any]) -> None:
        for key, store in book["stores"].items():
            store["workspace"] = self.other.team_id if key in NAMES else self.slack.team_id
        theirs: dict[str, Any] = {"managers": [self.dana], "mention": "", "storefront_secret": THEIR_SHOP_SECRET}
        for key, channel in ((THEIRS, self.their_channel), (THEIR_OTHER, self.their_other_channel)):
            book["stores"][key] |= {**theirs, "channel": channel, "name": NAMES[key]}

    def browser(self) -> "Browser":
        assert self.bot is not None
        return Browser(self.bot.address)

    async def install(self, team: Team, person: str) -> httpx.Response:
        """As a person does it in their browser: the page that they end on."""
        async with self.browser() as browser:
            return await browser.back(team.allow(person, await browser.install()))


class Browser:
    """A browser that keeps the one cookie, which it would send over https only."""

    def __init__(self, address: str) -> None:
        self._client = httpx.AsyncClient(base_url=address, timeout=10)
        self.cookie = ""

    async def __aenter__(self) -> "Browser":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()

    async def install(self) -> str:
        """Open /slack/install: where Slack's page is."""
        answer = await self._client.get("/slack/install")
        assert answer.status_code == 302
        self.cookie = answer.headers["set-cookie"].partition(";")[0]
        return answer.headers["location"]

    async def back(self, address: str, *, cookie: str | None = None) -> httpx.Response:
        return await self._client.get(address, headers={"Cookie": self.cookie if cookie is None else cookie})
