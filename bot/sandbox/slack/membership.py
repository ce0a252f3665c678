"""Who comes and goes in channels, and with whom channels are shared. Each is told to the app as Slack tells it."""

from dataclasses import replace

from bot.sandbox.slack.changes import Change
from bot.sandbox.slack.core import Core
from bot.sandbox.slack.events import Events
from bot.sandbox.slack.workspace import Channel


class Membership:
    def __init__(self, core: Core, events: Events) -> None:
        self.__core, self.__events = core, events

    async def join(self, user: str, channel: str) -> None:
        where = self.__core.workspace.channels[channel]
        if user not in where.members:
            where.members.append(user)
            self.__changed()
            await self.__events.membership_changed("joined", where, user)

    async def leave(self, user: str, channel: str) -> None:
        where = self.__core.workspace.channels[channel]
        if user in where.members:
            where.members.remove(user)
            self.__changed()
            await self.__events.membership_changed("left", where, user)

    async def share(self, channel: str, team: str) -> None:
        """Another workspace accepts its invitation, or needs none."""
        where = self.__core.workspace.channels[channel]
        where.invited = [one for one in where.invited if one != team]
        where.shared_with = [*where.shared_with, team]
        self.__changed()
        await self.__events.sharing_changed("shared", where, connected_team_id=team)

    def invite_workspace(self, channel: str, team: str) -> None:
        """No event tells of an invitation that has not been accepted."""
        self.__core.workspace.channels[channel].invited.append(team)
        self.__changed()

    async def unshare(self, channel: str, team: str) -> None:
        where = self.__core.workspace.channels[channel]
        where.shared_with = [one for one in where.shared_with if one != team]
        self.__changed()
        left = bool(where.shared_with)
        await self.__events.sharing_changed("unshared", where, previously_connected_team_id=team, is_ext_shared=left)

    def make_private(self, channel: str, private: bool = True) -> None:
        """Slack tells apps with a message in the channel only, which needs the history scope."""
        self.__core.workspace.channels[channel].private = private
        self.__changed()

    def channels_now(self) -> dict[str, Channel]:
        """Who is in which channel, to go back to."""
        return {
            channel.id: replace(channel, members=[*channel.members])
            for channel in self.__core.workspace.channels.values()
        }

    def channels_as(self, before: dict[str, Channel]) -> None:
        """Nobody is told: this is another day."""
        for channel_id, channel in before.items():
            now = self.__core.workspace.channels[channel_id]
            now.members, now.private = [*channel.members], channel.private
            now.shared_with, now.invited, now.archived = [*channel.shared_with], [*channel.invited], channel.archived

    def __changed(self) -> None:
        self.__core.changes.tell(Change("other"))
