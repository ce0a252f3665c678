"""Who comes and goes in a channel, with whom it is shared, and what an app gets to know of that."""

import copy
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web

from bot.sandbox.slack.changes import Change
from bot.sandbox.wire import serve
from tests.contracts.foreign_bolt_app import MANIFEST
from tests.contracts.slack_office import Office, an_office

EVENTS = ("member_joined_channel", "member_left_channel", "channel_shared", "channel_unshared")
SCOPES = ("channels:read", "groups:read", "users:read", "usergroups:read")


@dataclass
class Watched:
    office: Office
    events: list[dict[str, Any]] = field(default_factory=list)


@pytest.fixture
async def watched() -> AsyncIterator[Watched]:
    """An office whose app hears of members and sharing."""
    manifest: dict[str, Any] = copy.deepcopy(MANIFEST)
    manifest["settings"]["event_subscriptions"]["bot_events"] = list(EVENTS)
    bot_scopes = manifest["oauth_config"]["scopes"]["bot"]
    bot_scopes += [scope for scope in SCOPES if scope not in bot_scopes]
    async with an_office(manifest) as office:
        made = Watched(office)

        async def take(request: web.Request) -> web.Response:
            made.events.append(json.loads(await request.read())["event"])
            office.slack.core.changes.tell(Change("other"))
            return web.Response()

        app = web.Application()
        app.router.add_post("/slack/events", take)
        server = await serve(app)
        office.slack.events_url = f"{server.url}/slack/events"
        yield made
        await server.close()


async def about(office: Office, channel: str) -> dict[str, Any]:
    return dict((await office.client.conversations_info(channel=channel))["channel"])


@pytest.mark.parametrize(("where", "kind"), [("kitchen", "C"), ("vault", "G")])
async def test_the_app_hears_who_joins_and_leaves_where_it_is(watched: Watched, where: str, kind: str) -> None:
    office = watched.office
    channel = getattr(office, where)
    new = office.slack.add_person("Nina Park")
    await office.slack.join(new, channel)
    await office.slack.join(new, channel)
    await office.slack.leave(new, channel)
    await office.slack.await_until(lambda: len(watched.events) == 2)
    joined, left = watched.events
    assert (joined["type"], joined["user"], joined["channel"], joined["channel_type"]) == (
        "member_joined_channel", new, channel, kind,
    )  # fmt: skip
    assert left["type"] == "member_left_channel"
    assert new not in (await office.client.conversations_members(channel=channel))["members"]


async def test_it_hears_nothing_of_channels_that_it_is_not_in_or_may_not_read(watched: Watched) -> None:
    office = watched.office
    elsewhere = office.slack.add_channel("elsewhere", members=[office.ana], bot_is_member=False)
    office.slack.switches.withheld_scopes = ("groups:read",)
    for channel in (elsewhere, office.vault):
        await office.slack.join(office.ben, channel)
        await office.slack.share(channel, "T0OTHER")
    await office.slack.leave(office.ben, office.kitchen)
    await office.slack.await_until(lambda: watched.events)
    assert [event["channel"] for event in watched.events] == [office.kitchen]
    assert (await office.refusal("conversations.info", channel=office.vault))["error"] == "missing_scope"


async def test_a_shared_channel_says_with_whom_and_is_told(watched: Watched) -> None:
    office = watched.office
    alone = await about(office, office.vault)
    assert (alone["is_private"], alone["is_shared"], alone["is_ext_shared"]) == (True, False, False)
    assert "connected_team_ids" not in alone
    office.slack.invite_workspace(office.vault, "T0OTHER")
    invited = await about(office, office.vault)
    assert (invited["is_ext_shared"], invited["is_pending_ext_shared"]) == (False, True)
    assert invited["pending_connected_team_ids"] == ["T0OTHER"]
    await office.slack.share(office.vault, "T0OTHER")
    shared = await about(office, office.vault)
    assert (shared["is_ext_shared"], shared["is_pending_ext_shared"]) == (True, False)
    assert shared["connected_team_ids"] == ["T0OTHER"]
    await office.slack.unshare(office.vault, "T0OTHER")
    assert not (await about(office, office.vault))["is_ext_shared"]
    await office.slack.await_until(lambda: len(watched.events) == 2)
    said, unsaid = watched.events
    assert (said["type"], said["connected_team_id"], said["channel"]) == ("channel_shared", "T0OTHER", office.vault)
    assert (unsaid["previously_connected_team_id"], unsaid["is_ext_shared"]) == ("T0OTHER", False)


async def test_a_channel_that_is_made_public_shows_it_and_no_event_tells(watched: Watched) -> None:
    office = watched.office
    office.slack.make_private(office.vault, private=False)
    found = await about(office, office.vault)
    assert (found["is_private"], found["is_channel"]) == (False, True)
    await office.slack.join(office.ben, office.vault)
    await office.slack.await_until(lambda: watched.events)
    assert [event["type"] for event in watched.events] == ["member_joined_channel"]


async def test_people_of_other_workspaces_carry_their_own_team_and_are_on_no_list(watched: Watched) -> None:
    office = watched.office
    otto = office.slack.add_person("Otto Vale", role="owner", team="T0OTHER")
    assert (await office.client.users_info(user=otto))["user"]["team_id"] == "T0OTHER"
    found: list[str] = []
    cursor = ""
    while True:
        page = await office.client.users_list(limit=2, cursor=cursor)
        found += [user["id"] for user in page["members"]]
        assert len(page["members"]) <= 2
        cursor = page["response_metadata"]["next_cursor"]
        if not cursor:
            break
    assert otto not in found
    assert {office.ana, office.ben} <= set(found)


async def test_who_is_in_a_user_group(watched: Watched) -> None:
    office = watched.office
    crew = office.slack.add_user_group("crew", "Crew", [office.ben])
    assert (await office.client.usergroups_users_list(usergroup=crew))["users"] == [office.ben]
    assert (await office.refusal("usergroups.users.list", usergroup="S0NONE"))["error"] == "no_such_subteam"
    office.slack.switches.withheld_scopes = ("usergroups:read",)
    assert (await office.refusal("usergroups.users.list", usergroup=crew))["error"] == "missing_scope"


async def test_another_day_begins_with_the_members_of_the_first(watched: Watched) -> None:
    slack, office = watched.office.slack, watched.office
    before = slack.channels_now()
    await slack.join(office.ben, office.vault)
    await slack.share(office.vault, "T0OTHER")
    slack.make_private(office.kitchen)
    slack.channels_as(before)
    assert office.ben not in slack.channel(office.vault).members
    assert slack.channel(office.vault).shared_with == []
    assert not slack.channel(office.kitchen).private
