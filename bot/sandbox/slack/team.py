"""One workspace, as tests and the demo hold it: its people and channels, what they do, and a record of it all."""

from collections.abc import Callable, Iterable
from typing import TypeVar
from urllib.parse import parse_qsl, urlencode, urlsplit

from bot.sandbox.slack.changes import Change
from bot.sandbox.slack.core import Core
from bot.sandbox.slack.delivery import Delivery
from bot.sandbox.slack.events import Events
from bot.sandbox.slack.membership import Membership
from bot.sandbox.slack.outcomes import NotPossible
from bot.sandbox.slack.record import Record
from bot.sandbox.slack.sockets import Sockets
from bot.sandbox.slack.verbs import Verbs
from bot.sandbox.slack.workspace import Channel, Person, Role
from bot.sandbox.wire import Wire

T = TypeVar("T")


class Team(Verbs, Record, Membership):
    """Person verbs (`say`, `command`, `press`, …) and record queries (`messages`, `cards`, …) are inherited."""

    def __init__(self, core: Core, sockets: Sockets, wire: Wire) -> None:
        self.core, self.workspace = core, core.workspace
        self.clock, self.switches = core.clock, core.switches
        self.delivery = Delivery(core, sockets, wire)
        self.events = Events(core, self.delivery)
        Verbs.__init__(self, core, self.delivery, self.events)
        Record.__init__(self, core)
        Membership.__init__(self, core, self.events)

    @property
    def team_id(self) -> str:
        return self.workspace.team_id

    # The app

    @property
    def is_installed(self) -> bool:
        return self.core.installs.is_installed(self.core)

    def allow(self, user: str, address: str) -> str:
        """Somebody looks at the authorize page and presses Allow; where their browser is sent then.

        Raises NotPossible where Slack would show an error page instead, or they may not install apps.
        """
        asked = self._asked(user, address)
        try:
            code = self.core.installs.allow(self.core, user, asked)
        except ValueError as wrong:
            raise NotPossible(str(wrong)) from None
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def deny(self, user: str, address: str) -> str:
        asked = self._asked(user, address)
        return f"{asked['redirect_uri']}?{urlencode({'error': 'access_denied', 'state': asked['state']})}"

    def _asked(self, user: str, address: str) -> dict[str, str]:
        asked = dict(parse_qsl(urlsplit(address).query))
        if self.workspace.people[user].role in {"guest", "single_channel_guest"}:
            raise NotPossible("guests can't install apps")
        if asked.get("team") and asked["team"] != self.team_id:
            raise NotPossible("this is not the workspace that the app asks for")
        try:
            self.core.installs.check_request(asked)
        except ValueError as wrong:
            raise NotPossible(str(wrong)) from None
        return asked

    async def uninstall(self) -> None:
        """An admin removes the app: its tokens are worth nothing from here on."""
        self.core.installs.revoke(self.core)
        await self.events.revoked()

    # People and channels

    def add_person(
        self,
        name: str,
        *,
        role: Role = "member",
        id: str | None = None,  # noqa: A002
        title: str = "",
        team: str = "",
    ) -> str:
        """A new member; returns the user id. The role is Slack's, the title is what they do, `team` another workspace's id
        for somebody who is met in shared channels."""
        person = self.workspace.add_person(name, role, id)
        person.title, person.team = title, team
        return person.id

    def add_channel(
        self,
        name: str,
        *,
        private: bool = False,
        members: Iterable[str] = (),
        bot_is_member: bool = True,
        id: str | None = None,  # noqa: A002
        topic: str = "",
    ) -> str:
        """A new channel; returns its id."""
        channel = self.workspace.add_channel(
            name, private=private, members=members, bot_is_member=bot_is_member, channel_id=id, topic=topic
        )
        self.core.changes.tell(Change("other"))
        return channel.id

    def add_user_group(self, handle: str, name: str, users: Iterable[str], *, id: str | None = None) -> str:  # noqa: A002
        """A new user group (`<!subteam^S…>` in messages); returns its id."""
        group_id = id or self.workspace.new_id("S")
        members = list(users)
        self.workspace.user_groups[group_id] = {
            "id": group_id,
            "team_id": self.workspace.team_id,
            "is_usergroup": True,
            "name": name,
            "handle": handle,
            "description": "",
            "date_delete": 0,
            "user_count": len(members),
            "users": members,
        }
        return group_id

    def person(self, user: str) -> Person:
        return self.workspace.people[user]

    def channel(self, channel: str) -> Channel:
        return self.workspace.channels[channel]

    def direct_messages(self, user: str) -> str:
        """The id of the conversation between the app and one person."""
        return self.workspace.direct_channel(user).id

    async def archive(self, channel: str) -> None:
        self.workspace.channels[channel].archived = True
        await self.events.channel_changed("archive", self.workspace.channels[channel])

    async def unarchive(self, channel: str) -> None:
        self.workspace.channels[channel].archived = False
        await self.events.channel_changed("unarchive", self.workspace.channels[channel])

    async def rename(self, channel: str, name: str) -> None:
        self.workspace.channels[channel].name = name.removeprefix("#")
        await self.events.channel_changed("rename", self.workspace.channels[channel])

    async def kick_bot(self, channel: str) -> None:
        self.workspace.channels[channel].members.remove(self.workspace.bot.id)
        await self.events.channel_changed("left", self.workspace.channels[channel])

    async def invite_bot(self, channel: str) -> None:
        await self.join(self.workspace.bot.id, channel)

    async def await_until(self, predicate: Callable[[], T | None], timeout: float = 5.0, waiting_for: str = "it") -> T:
        """The first truthy value of `predicate`, asked again at each change here. Raises TimeoutError."""
        return await self.core.changes.until(predicate, timeout, waiting_for)

    def forget(self) -> None:
        """Messages, views, counts. People and channels stay."""
        self.core.begin_again()
        self.begin_again()
