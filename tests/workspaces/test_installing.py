"""How a workspace gets the app, and how it goes again."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from bot.app import Bot
from bot.desk.desk import now_utc
from bot.errors import Misconfigured, Unauthorised
from bot.rules.stores import StoreState
from bot.settings import load
from bot.store import audit, stores, workspaces
from bot.store.rows import InstallRow
from bot.workspaces.installing import STATE_LIVES
from tests.faults.acts import order
from tests.faults.waiting import eventually
from tests.workspaces.two_workspaces import THEIRS, TwoWorkspaces

INSTALLS: Any = InstallRow.__table__  # type: ignore[attr-defined]


@pytest.mark.parametrize("app_token", ["xapp-sandbox-app", ""], ids=["sockets", "signed http"])
async def test_two_workspaces_install_the_app_and_each_sees_its_own_orders(two: TwoWorkspaces, app_token: str) -> None:
    await two.start_bot(slack_app_token=app_token)
    order(two, "maya")
    order(two, "jonah", THEIRS)
    await two.card("Maya")
    theirs = await two.other.await_until(lambda: two.other.cards(two.their_channel), 30, "their card")
    assert "Jonah" in theirs[0].text
    assert [len(two.cards()), len(two.other.cards())] == [1, 1]
    assert (await two.other.command(two.kit, two.their_channel, "/orders")).ok
    told = await two.other.await_until(lambda: two.other.ephemerals(two.kit), 30, "a list")
    assert "Jonah" in str(told[0].blocks)
    await two.other.press(two.kit, two.their_channel, theirs[0].ts, "claim_order")
    await two.other.await_until(lambda: "Kit" in str([*two.other.cards()[0].every_block()]), 30, "a claimed card")


async def test_the_app_asks_for_what_the_manifest_says_and_sends_people_back_to_us(two: TwoWorkspaces) -> None:
    bot = await two.start_bot(installs=False)
    async with two.browser() as browser:
        address = await browser.install()
        page = await browser.back(address)
        assert "Allow as Dana Whitfield, High Sierra" in page.text
        done = await browser.back(two.other.allow(two.dana, address))
    assert done.status_code == 200
    assert "no-store" in done.headers["cache-control"]
    assert done.headers["referrer-policy"] == "no-referrer"
    async with bot.database.read() as tx:
        found = await workspaces.get(tx, two.other.team_id)
    assert found is not None
    assert set(found.scopes) == set(two.other.core.scopes)
    assert (found.name, found.installed_by, found.expires_at) == ("High Sierra", two.dana, None)


class TestTheStateCheck:
    async def test_a_state_works_once(self, two: TwoWorkspaces) -> None:
        await two.start_bot(installs=False)
        async with two.browser() as browser:
            way = await browser.install()
            address = two.other.allow(two.dana, way)
            assert (await browser.back(address)).status_code == 200
            again = await browser.back(address)
            assert (again.status_code, "invalid_state" in again.text) == (401, True)
        assert two.slack.requests["oauth.v2.access"] + two.other.requests["oauth.v2.access"] == 1

    async def test_another_browser_can_not_finish_it(self, two: TwoWorkspaces) -> None:
        """Somebody is sent an address with the code of somebody else's workspace."""
        await two.start_bot(installs=False)
        async with two.browser() as mine, two.browser() as yours:
            await yours.install()
            address = two.other.allow(two.dana, await mine.install())
            for cookie in (yours.cookie, ""):
                refused = await mine.back(address, cookie=cookie)
                assert (refused.status_code, "invalid_browser" in refused.text) == (400, True)
        assert two.slack.requests["oauth.v2.access"] == 0

    async def test_an_invented_state_is_refused(self, two: TwoWorkspaces) -> None:
        await two.start_bot(installs=False)
        async with two.browser() as browser:
            await browser.install()
            refused = await browser.back("/slack/oauth_redirect?code=1&state=x", cookie="slack-app-oauth-state=x")
            assert refused.status_code == 401
            for nothing in ("/slack/oauth_redirect", "/slack/oauth_redirect?code=1", "/slack/oauth_redirect?state=x"):
                assert (await browser.back(nothing)).status_code == 400
        assert two.slack.requests["oauth.v2.access"] == 0

    async def test_a_state_ends_by_itself(self, any_two: TwoWorkspaces) -> None:
        bot = await any_two.start_bot(installs=False)
        async with any_two.browser() as browser:
            address = any_two.other.allow(any_two.dana, await browser.install())
            async with bot.database.write() as tx:
                past = now_utc() - timedelta(seconds=1)
                await tx.connection.execute(INSTALLS.update().values(until=past))
            assert (await browser.back(address)).status_code == 401

    async def test_what_nobody_finished_is_forgotten(self, two: TwoWorkspaces) -> None:
        bot = await two.start_bot(installs=False)
        async with two.browser() as browser:
            for _ in range(3):
                await browser.install()
            async with bot.database.write() as tx:
                await workspaces.begin_install(tx, "later", until=now_utc(), now=now_utc() + 2 * STATE_LIVES)
                left = await tx.connection.execute(text("SELECT count(*) FROM installs"))
        assert left.scalar() == 1

    async def test_the_database_holds_no_state_that_works(self, two: TwoWorkspaces) -> None:
        bot = await two.start_bot(installs=False)
        async with two.browser() as browser:
            await browser.install()
            async with bot.database.read() as tx:
                kept = (await tx.connection.execute(text("SELECT state FROM installs"))).scalar_one()
        assert kept not in browser.cookie


class TestAnInstallThatFails:
    async def test_somebody_cancels(self, two: TwoWorkspaces) -> None:
        await two.start_bot(installs=False)
        async with two.browser() as browser:
            page = await browser.back(two.other.deny(two.dana, await browser.install()))
        assert "access_denied" in page.text

    async def test_words_from_outside_are_shown_as_words(self, two: TwoWorkspaces) -> None:
        await two.start_bot(installs=False)
        async with two.browser() as browser:
            page = await browser.back("/slack/oauth_redirect?error=<script>alert(1)</script>")
        assert "<script>alert" not in page.text

    async def test_a_wrong_client_secret_installs_nothing(self, two: TwoWorkspaces) -> None:
        await two.start_bot(installs=False, slack_client_secret="somebody else's")
        page = await two.install(two.other, two.dana)
        assert page.status_code == 401
        assert two.slack.refusals["oauth.v2.access", "bad_client_secret"] == 1
        assert not two.other.is_installed

    async def test_slack_does_not_answer(self, two: TwoWorkspaces) -> None:
        await two.start_bot(installs=False)
        two.slack.lose_next_answer("oauth.v2.access")
        page = await two.install(two.other, two.dana)
        assert (page.status_code, "begin again" in page.text) == (503, True)
        assert (await two.install(two.other, two.dana)).status_code == 200


async def test_one_workspace_with_a_plain_token_has_no_install_page(two: TwoWorkspaces) -> None:
    two.slack.installs.begin_again()
    bot = await super(TwoWorkspaces, two).start_bot()
    async with two.browser() as browser:
        assert (await browser.back(f"{bot.address}/slack/install")).status_code == 404
        assert (await browser.back(f"{bot.address}/slack/oauth_redirect?code=1&state=1")).status_code == 404


MISTAKES = [
    ({"slack_client_secret": ""}, "ORDERAHEAD_SLACK_CLIENT_SECRET must be set too"),
    ({"slack_client_id": ""}, "ORDERAHEAD_SLACK_CLIENT_ID must be set too"),
    ({"slack_bot_token": "xoxb-1"}, "ORDERAHEAD_SLACK_BOT_TOKEN for one workspace"),
    ({"public_url": ""}, "ORDERAHEAD_PUBLIC_URL: is missing"),
    ({"slack_app_token": "", "slack_signing_secret": ""}, "ORDERAHEAD_SLACK_SIGNING_SECRET (HTTP)"),
    ({"stores": None}, "stores.downtown.workspace: is missing: the id of its Slack workspace"),
]


@pytest.mark.parametrize(("changed", "words"), MISTAKES)
def test_a_wrong_setting_is_named(two: TwoWorkspaces, changed: dict[str, Any], words: str) -> None:
    many: dict[str, Any] = {"slack_bot_token": "", "slack_client_id": "1.2", "slack_client_secret": "s"}
    with pytest.raises(Misconfigured) as caught:
        Bot(load(two.sandbox.environment(**{**many, "stores": two._in_workspaces, **changed})))
    assert words in caught.value.sentence


async def is_gone(bot: Bot) -> None:
    async def gone() -> bool:
        return THEIRS not in bot.desk.stores

    await eventually(gone, lambda: "their store is still there")


class TestAWorkspaceThatLeaves:
    async def test_its_tokens_and_credentials_go_at_once_and_the_other_works_on(self, any_two: TwoWorkspaces) -> None:
        bot = await any_two.start_bot()
        order(any_two, "jonah", THEIRS)
        await any_two.other.await_until(lambda: any_two.other.cards(), 30, "their card")
        await any_two.other.open_home(any_two.dana)
        await any_two.other.uninstall()
        await is_gone(bot)
        async with bot.database.read() as tx:
            assert await workspaces.get(tx, any_two.other.team_id) is None
            gone = [one for one in await stores.known(tx) if one.store.workspace == any_two.other.team_id]
            kept = (await tx.connection.execute(text("SELECT sealed FROM workspaces WHERE gone_at IS NOT NULL"))).all()
            viewers = (await tx.connection.execute(text("SELECT workspace FROM viewers"))).scalars().all()
        assert [(one.state, one.credentials) for one in gone] == [(StoreState.REMOVED, None)] * 2
        assert [row.sealed for row in kept] == [""]
        assert any_two.other.team_id not in viewers
        with pytest.raises(Unauthorised):
            await bot.workspaces.slack(any_two.other.team_id).who_are_we()
        order(any_two, "maya")
        await any_two.card("Maya")

    async def test_what_arrives_for_it_afterwards_is_not_taken(self, two: TwoWorkspaces) -> None:
        bot = await two.start_bot()
        await two.other.uninstall()
        await is_gone(bot)
        async with two.browser() as browser:
            knocked = await browser._client.post(f"/orders?store={THEIRS}", content=b"{}")
        assert knocked.status_code in {401, 404}

    async def test_an_uninstall_that_is_told_twice_changes_nothing(self, two: TwoWorkspaces) -> None:
        bot = await two.start_bot()
        await two.other.uninstall()
        await is_gone(bot)
        await two.other.events.revoked()
        assert set(bot.desk.stores) == {"downtown"}

    async def test_one_that_left_while_nobody_could_tell_us_is_found_out(self, two: TwoWorkspaces) -> None:
        await two.start_bot()
        await two.stop_bot()
        two.slack.installs.revoke(two.other.core)
        bot = await two.start_bot(installs=False)
        await is_gone(bot)
        assert set(bot.desk.stores) == {"downtown"}

    async def test_the_audit_log_knows_both(self, two: TwoWorkspaces) -> None:
        bot = await two.start_bot()
        await two.other.uninstall()
        await is_gone(bot)
        async with bot.database.read() as tx:
            entries = await audit.about(tx, two.other.team_id)
        assert [(one.action, one.who) for one in entries] == [("install_app", two.dana), ("uninstall_app", "")]

    async def test_a_persons_own_token_is_none_of_ours(self, two: TwoWorkspaces) -> None:
        bot = await two.start_bot()
        event = {"type": "tokens_revoked", "tokens": {"oauth": [two.dana], "bot": []}}
        await two.other.events.tell("tokens_revoked", event)
        assert THEIRS in bot.desk.stores
        assert await bot.workspaces.slack(two.other.team_id).who_are_we() == two.other.workspace.bot.id

    async def test_it_may_come_back(self, two: TwoWorkspaces) -> None:
        bot = await two.start_bot()
        await two.other.uninstall()
        await is_gone(bot)
        assert (await two.install(two.other, two.dana)).status_code == 200
        assert await bot.workspaces.slack(two.other.team_id).who_are_we() == two.other.workspace.bot.id
