"""A bot and the other side for a load: so many stores in so many workspaces, each of which installed the app itself."""

import itertools
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, Self

import httpx

from bot.sandbox.shop import Store
from bot.sandbox.slack.team import Team
from tests.bench.bot_process import BotProcess
from tests.bench.chain import chain, in_accounts
from tests.bench.http_load import Connections
from tests.bench.orders import web_order
from tests.bench.other_side import OtherSide
from tests.load.passing_hours import Hours

ACCOUNTS = 50


@dataclass
class Rig:
    """`channels` are those of the stores by their keys, `teams` the workspaces; store number n is in the workspace n modulo
    their number."""

    sandbox: OtherSide
    bot: BotProcess
    door: Connections
    database: Path
    teams: list[Team]
    channels: dict[str, str]

    @classmethod
    async def start(
        cls, folder: Path, *, stores: int, workspaces: int, seen_minutes: float = 5, hours: Hours | None = None
    ) -> Self:
        """With one workspace a plain token is used, as most have it; with more, each goes through Slack's own page.

        After `seen_minutes` an order at which nobody looks is late. With `hours` the bot goes by their clock.
        """

        def book_of(book: dict[str, Any]) -> None:
            in_accounts(sandbox.shop, book)
            for store in book["stores"].values():
                store["limits"] = {"seen_minutes": seen_minutes}

        sandbox = await OtherSide.start(shop=chain(stores, min(ACCOUNTS, stores)))
        database = folder / "load.db"
        if workspaces == 1:
            settings = sandbox.environment(stores=book_of, database_url=f"sqlite:///{database}")
            bot = await _started(settings, folder, hours)
            await sandbox.slack.await_connected()
            channels = {store.key: sandbox.channels[store.key] for store in sandbox.shop.stores}
            return cls(sandbox, bot, Connections(bot.host, bot.port), database, [sandbox.slack], channels)
        return await cls._installed(folder, sandbox, database, workspaces, book_of, hours)

    @classmethod
    async def _installed(
        cls,
        folder: Path,
        sandbox: OtherSide,
        database: Path,
        workspaces: int,
        book_of: Callable[[dict[str, Any]], None],
        hours: Hours | None,
    ) -> Self:
        installs = sandbox.slack.installs
        teams: list[Team] = [sandbox.slack.add_workspace(f"Workspace {number}") for number in range(workspaces)]
        owners = [team.add_person(f"Owner {number}", role="owner") for number, team in enumerate(teams)]
        places = dict(
            zip((store.key for store in sandbox.shop.stores), itertools.cycle(range(workspaces)), strict=False)
        )
        channels = {
            key: teams[at].add_channel(f"{key}-orders", private=True, members=[owners[at]])
            for key, at in places.items()
        }
        installs.revoke(sandbox.slack.core)

        def in_workspaces(book: dict[str, Any]) -> None:
            book_of(book)
            for key, store in book["stores"].items():
                at = places[key]
                store |= {
                    "workspace": teams[at].team_id,
                    "channel": channels[key],
                    "managers": [owners[at]],
                    "mention": "",
                }

        settings = sandbox.environment(
            stores=in_workspaces,
            database_url=f"sqlite:///{database}",
            slack_bot_token="",
            slack_client_id=installs.client_id,
            slack_client_secret=installs.client_secret,
        )
        # A variable of the environment may have 128 KiB, which 500 stores are more than.
        book = folder / "stores.json"
        book.write_text(str(settings.pop("stores")))
        bot = await _started(settings | {"stores_file": book}, folder, hours)
        address = str(settings["public_url"])
        installs.redirect_urls = [f"{address}/slack/oauth_redirect"]
        for team, owner in zip(teams, owners, strict=True):
            await _install(address, team, owner)
        await sandbox.slack.await_connected()
        return cls(sandbox, bot, Connections(bot.host, bot.port), database, teams, channels)

    async def close(self) -> None:
        self.door.close()
        await self.bot.stop()
        await self.sandbox.close()

    @property
    def stores(self) -> Sequence[Store]:
        return self.sandbox.shop.stores

    def beside(self, store: Store) -> list[Store]:
        """The other stores of a store's workspace."""
        at = self.stores.index(store) % len(self.teams)
        return [one for number, one in enumerate(self.stores) if number % len(self.teams) == at and one is not store]

    async def order(self, store: Store, order_id: str) -> tuple[int, float]:
        """The status it was answered with, and when, in seconds of CLOCK_MONOTONIC."""
        answer = await self.door.send(web_order(self.sandbox, store, order_id))
        return answer.status, answer.at

    async def bots_time(self) -> float:
        """What the bot's clock says, in seconds since 1970, by the second."""
        async with httpx.AsyncClient() as client:
            answer = await client.get(f"http://{self.bot.host}:{self.bot.port}/livez")
        return parsedate_to_datetime(answer.headers["date"]).timestamp()

    def refused_for_pace(self) -> int:
        refusals: Counter[tuple[str, str]] = Counter()
        for team in self.teams:
            refusals.update(team.refusals)
        return sum(count for (_, error), count in refusals.items() if error == "ratelimited")

    def forget_calls(self) -> None:
        self.sandbox.calls.clear()
        for team in self.teams:
            team.refusals.clear()


async def _started(settings: dict[str, Any], folder: Path, hours: Hours | None) -> BotProcess:
    if hours is None:
        return await BotProcess.start(settings, folder)
    return await BotProcess.start(settings | hours.settings, folder, module="tests.load.passing_hours")


async def _install(address: str, team: Team, owner: str) -> None:
    """As a person does it in their browser, whose cookie goes over https only."""
    async with httpx.AsyncClient(base_url=address, timeout=30) as browser:
        asked = await browser.get("/slack/install")
        cookie = asked.headers["set-cookie"].partition(";")[0]
        allowed = team.allow(owner, asked.headers["location"])
        answer = await browser.get(allowed, headers={"Cookie": cookie})
        if answer.status_code != 200:
            raise RuntimeError(f"the app could not be installed: {answer.status_code}")
