"""Tokens that end: exchanged in time, by one at a time, and never handed out when they are over."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.app import Bot
from bot.desk.desk import now_utc
from bot.errors import Unauthorised, Unavailable
from bot.rules.workspaces import Installed
from bot.sandbox import Sandbox
from bot.sandbox.wire import Fault
from bot.store import Database, workspaces
from bot.workspaces import Tokens
from tests.workspaces.two_workspaces import TwoWorkspaces

REFRESH = "/api/oauth.v2.access"
SOON, LONG = 1800.0, 43200.0
"""Seconds that a token lives: so short that it is exchanged at the next call, or as long as Slack's."""


@pytest.fixture(autouse=True)
def _as_before(sandbox: Sandbox) -> Iterator[None]:
    yield
    sandbox.slack.switches.token_rotation, sandbox.slack.switches.token_seconds = False, LONG


@pytest.fixture
async def bot(two: TwoWorkspaces) -> Bot:
    """Installed with a token that wants to be exchanged; the next one lasts."""
    two.slack.switches.token_rotation, two.slack.switches.token_seconds = True, SOON
    started = await two.start_bot()
    two.slack.switches.token_seconds = LONG
    return started


async def kept(database: Database, team: str) -> Installed:
    async with database.read() as tx:
        found = await workspaces.get(tx, team)
    assert found is not None
    return found


async def over(two: TwoWorkspaces, bot: Bot) -> None:
    """The token is over since a minute."""
    old = await kept(bot.database, two.other.team_id)
    async with bot.database.write() as tx:
        await workspaces.refreshed(tx, old.model_copy(update={"expires_at": now_utc() - timedelta(minutes=1)}))
    tokens_of(bot).forget(two.other.team_id)


def tokens_of(bot: Bot) -> Tokens:
    assert bot.workspaces.tokens is not None
    return bot.workspaces.tokens


def exchanged(two: TwoWorkspaces) -> int:
    """How often their token was."""
    return two.slack.installs.exchanged(two.other.core)


async def works(two: TwoWorkspaces, token: str) -> bool:
    client = AsyncWebClient(token=token, base_url=two.slack.api_url)
    return bool((await client.auth_test())["ok"])


async def test_a_token_is_exchanged_before_it_ends(two: TwoWorkspaces, bot: Bot) -> None:
    team = two.other.team_id
    before = await kept(bot.database, team)
    assert await bot.workspaces.slack(team).who_are_we() == two.other.workspace.bot.id
    after = await kept(bot.database, team)
    assert (before.token, before.refresh_token) != (after.token, after.refresh_token)
    assert after.expires_at is not None
    assert timedelta(hours=11) < after.expires_at - datetime.now(UTC) <= timedelta(hours=12)


async def test_many_calls_at_once_exchange_it_once(two: TwoWorkspaces, bot: Bot) -> None:
    team = two.other.team_id
    async with aiohttp.ClientSession() as session:
        app = two.slack.installs
        replica = Tokens(
            bot.database,
            client_id=app.client_id,
            client_secret=app.client_secret,
            api_url=two.slack.api_url,
            session=session,
            now=now_utc,
        )
        given = await asyncio.gather(*(tokens.current(team) for tokens in [tokens_of(bot), replica] * 8))
        assert exchanged(two) == 1
        assert two.slack.refusals["oauth.v2.access", "invalid_refresh_token"] == 0
        assert all([await works(two, token) for token in set(given)])
        now = (await kept(bot.database, team)).token
        for tokens in (tokens_of(bot), replica):
            tokens.forget(team)
            assert await tokens.current(team) == now


async def test_while_slack_is_down_the_old_token_does_until_it_is_over(two: TwoWorkspaces, bot: Bot) -> None:
    team = two.other.team_id
    old = await kept(bot.database, team)
    fault = two.slack.wire.add(Fault("cut_before", path=REFRESH, times=None))
    tokens_of(bot).forget(team)
    if old.wants_refreshing(now_utc()):
        assert await tokens_of(bot).current(team) == old.token
    await over(two, bot)
    with pytest.raises(Unavailable):
        await tokens_of(bot).current(team)
    two.slack.wire.faults.remove(fault)


async def test_a_token_that_is_over_is_exchanged_before_the_call(two: TwoWorkspaces, bot: Bot) -> None:
    await over(two, bot)
    before = two.other.refusals["auth.test", "token_expired"]
    assert await bot.workspaces.slack(two.other.team_id).who_are_we() == two.other.workspace.bot.id
    assert two.other.refusals["auth.test", "token_expired"] == before


async def test_a_refresh_token_that_slack_does_not_know_asks_for_a_new_install(two: TwoWorkspaces, bot: Bot) -> None:
    team = two.other.team_id
    old = await kept(bot.database, team)
    past = {"refresh_token": "xoxe-1-unknown", "expires_at": now_utc() - timedelta(minutes=1)}
    async with bot.database.write() as tx:
        await workspaces.refreshed(tx, old.model_copy(update=past))
    tokens_of(bot).forget(team)
    with pytest.raises(Unauthorised, match="install the app there again"):
        await tokens_of(bot).current(team)
    assert (await two.install(two.other, two.dana)).status_code == 200
    assert await bot.workspaces.slack(team).who_are_we() == two.other.workspace.bot.id


async def test_what_comes_back_after_an_uninstall_is_not_kept(two: TwoWorkspaces, bot: Bot) -> None:
    """The exchange was on its way when the app was uninstalled."""
    team = two.other.team_id
    old = await kept(bot.database, team)
    async with bot.database.write() as tx:
        await workspaces.leave(tx, team, now=now_utc())
    async with bot.database.write() as tx:
        assert not await workspaces.refreshed(tx, old.model_copy(update={"token": "xoxe.xoxb-1-late"}))
        assert await workspaces.get(tx, team) is None


def test_no_token_is_shown_by_its_repr() -> None:
    found = Installed(workspace="T1", token="xoxb-canary", refresh_token="xoxe-canary")
    assert "canary" not in repr(found)
