"""Who is in a workspace, in its user groups and in its channels."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

import aiohttp

from bot.errors import Refused, Unavailable
from bot.rules.exposure import Exposure
from bot.rules.permissions import Person
from bot.slack.line import Line

PEOPLE_KEPT_SECONDS = 300.0
MEMBERS_KEPT_SECONDS = 60.0
GROUPS_KEPT_SECONDS = 120.0
FEW = 50
"""Of so many people each is asked for by name; of more, everybody in the workspace is listed instead."""
NO_SUCH_GROUP = {"missing_scope", "no_such_subteam", "plan_upgrade_required", "invalid_arguments"}


class People(Line):
    def __init__(
        self, *, token: str | Callable[[], Awaitable[str]], api_url: str, session: aiohttp.ClientSession
    ) -> None:
        super().__init__(token=token, api_url=api_url, session=session)
        self._our_team = ""
        self._people: dict[str, tuple[float, Person]] = {}
        self._members: dict[str, tuple[float, frozenset[str]]] = {}
        self._groups: dict[str, tuple[float, frozenset[str]]] = {}

    async def person(self, user_id: str) -> Person:
        """Who somebody is; remembered for five minutes."""
        known = self._people.get(user_id)
        if known and time.monotonic() - known[0] < PEOPLE_KEPT_SECONDS:
            return known[1]
        our_team = await self.our_team()
        user = (await self._answered(self.repeatable.users_info(user=user_id)))["user"]
        return self._remember(_person(user, our_team))

    async def our_team(self) -> str:
        """The workspace's own id."""
        if not self._our_team:
            self._our_team = str((await self._answered(self.repeatable.auth_test()))["team_id"])
        return self._our_team

    async def everybody(self) -> list[Person]:
        """Everybody in the workspace who has not left it."""
        our_team, found, cursor = await self.our_team(), [], ""
        while True:
            answer = await self._answered(self.repeatable.users_list(limit=1000, cursor=cursor or None))
            found += [_person(user, our_team) for user in answer.get("members", []) if not user.get("deleted")]
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                break
        return [self._remember(person) for person in found]

    def _remember(self, person: Person) -> Person:
        self._people[person.id] = (time.monotonic(), person)
        return person

    async def group_members(self, group: str) -> frozenset[str]:
        """Who is in a user group, remembered for two minutes, and longer while Slack does not answer. Nobody, where there is
        no such group or the app may not look: a group's role only lifts."""
        known = self._groups.get(group)
        if known and time.monotonic() - known[0] < GROUPS_KEPT_SECONDS:
            return known[1]
        try:
            answer = await self._answered(self.repeatable.usergroups_users_list(usergroup=group))
        except Unavailable:
            if known is None:
                raise
            return known[1]
        except Refused as problem:
            if problem.code not in NO_SUCH_GROUP:
                raise
            answer = {"users": []}
        members = frozenset(map(str, answer["users"]))
        self._groups[group] = (time.monotonic(), members)
        return members

    async def members(self, channel: str, *, fresh: bool = False) -> frozenset[str]:
        """Who is in a channel; remembered for a minute, unless it must be as it is now."""
        known = self._members.get(channel)
        if known and not fresh and time.monotonic() - known[0] < MEMBERS_KEPT_SECONDS:
            return known[1]
        found: set[str] = set()
        cursor = ""
        while True:
            answer = await self._answered(
                self.repeatable.conversations_members(channel=channel, limit=500, cursor=cursor or None)
            )
            found.update(answer.get("members", []))
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                break
        self._members[channel] = (time.monotonic(), frozenset(found))
        return frozenset(found)

    async def exposure(self, channel: str) -> Exposure:
        """Who besides our own people can read a channel, as it is now. Raises Refused "missing_scope" where we may not
        look."""
        about = (await self._delivered(self.repeatable.conversations_info(channel=channel)))["channel"]
        inside = await self.members(channel, fresh=True)
        return Exposure(
            is_public=not about.get("is_private"),
            shared_with=_others(about, await self.our_team()),
            guests=await self._outsiders(inside),
        )

    async def _outsiders(self, inside: Iterable[str]) -> frozenset[str]:
        """Those of them who are guests, or of another workspace."""
        asked = list(inside)
        if len(asked) > FEW:
            await self.everybody()
        people = await asyncio.gather(*(self.person(user_id) for user_id in asked))
        return frozenset(person.id for person in people if person.is_guest)


def _person(user: Mapping[str, Any], our_team: str) -> Person:
    profile = user.get("profile") or {}
    name = profile.get("display_name") or profile.get("real_name") or user.get("real_name") or user.get("name")
    return Person(
        id=str(user["id"]),
        name=str(name or "Somebody"),
        is_owner=bool(user.get("is_owner") or user.get("is_admin")),
        is_guest=_is_guest(user, our_team),
        is_bot=bool(user.get("is_bot")),
    )


def _is_guest(user: Mapping[str, Any], our_team: str) -> bool:
    """A guest of either kind, somebody who has left, or somebody of another workspace: who is met in a shared channel
    carries the id of their own one, and in an organisation the list of theirs."""
    if user.get("is_restricted") or user.get("is_ultra_restricted") or user.get("is_stranger") or user.get("deleted"):
        return True
    teams = {str(user.get("team_id") or our_team), *((user.get("enterprise_user") or {}).get("teams") or ())}
    return our_team not in teams


def _others(about: Mapping[str, Any], our_team: str) -> frozenset[str]:
    """The workspaces that a channel is shared with, or will be as soon as they accept; "?" where Slack names none."""
    named = {
        str(team)
        for key in ("shared_team_ids", "connected_team_ids", "pending_shared", "pending_connected_team_ids")
        for team in about.get(key) or ()
    }
    flags = ("is_shared", "is_ext_shared", "is_org_shared", "is_pending_ext_shared")
    if not any(about.get(flag) for flag in flags):
        return frozenset()
    return frozenset(named - {our_team} or {"?"})
