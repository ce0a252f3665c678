"""Which events the app hears of: those its manifest subscribes to and its scopes allow."""

from bot.sandbox.slack import payloads
from bot.sandbox.slack.core import Core
from bot.sandbox.slack.delivery import Delivery
from bot.sandbox.slack.workspace import Channel, Json, Message

# The scope that each event needs besides the subscription (docs.slack.dev/reference/events).
SCOPES = {
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "app_mention": "app_mentions:read",
    "channel_archive": "channels:read",
    "channel_unarchive": "channels:read",
    "channel_rename": "channels:read",
    "channel_left": "channels:read",
    "group_archive": "groups:read",
    "group_unarchive": "groups:read",
    "group_rename": "groups:read",
    "group_left": "groups:read",
}


class Events:
    def __init__(self, core: Core, delivery: Delivery) -> None:
        self._core, self._delivery = core, delivery

    def hears(self, subscription: str) -> bool:
        subscribed = self._core.manifest.get("settings", {}).get("event_subscriptions", {}).get("bot_events", [])
        scope = SCOPES.get(subscription)
        return subscription in subscribed and (scope is None or scope in self._core.scopes)

    async def tell(self, subscription: str, event: Json) -> None:
        if self.hears(subscription):
            await self._delivery.event({"event_ts": self._core.workspace.new_ts(), **event})

    async def said(self, message: Message, channel: Channel) -> None:
        bot = self._core.workspace.bot.id
        if bot not in channel.members:
            return
        kind = "message.im" if channel.is_im else "message.groups" if channel.private else "message.channels"
        await self.tell(kind, payloads.message_event(self._core, message, channel))
        if f"<@{bot}>" in message.text:
            mention = self._core.message_json(message) | {"type": "app_mention", "channel": channel.id}
            await self.tell("app_mention", mention)

    async def home_opened(self, user: str, channel: Channel) -> None:
        event: Json = {"type": "app_home_opened", "user": user, "channel": channel.id, "tab": "home"}
        home = self._core.views.homes.get(user)
        if home is not None:
            event["view"] = self._core.views.to_json(home)
        await self.tell("app_home_opened", event)

    async def channel_changed(self, what: str, channel: Channel, **more: object) -> None:
        """`what` is archive, unarchive, rename or left."""
        name = f"{'group' if channel.private else 'channel'}_{what}"
        shown: object = channel.id
        if what == "rename":
            shown = {"id": channel.id, "name": channel.name, "created": channel.created}
        await self.tell(name, {"type": name, "channel": shown, **more})

    async def membership_changed(self, what: str, channel: Channel, user: str, **more: object) -> None:
        """`what` is joined or left. The app hears of it where it is a member itself, with the scope for that kind."""
        event: Json = {"type": f"member_{what}_channel", "user": user, "channel": channel.id}
        event |= {"channel_type": "G" if channel.private else "C", "team": self._core.workspace.team_id, **more}
        if self._reads(channel):
            await self.tell(event["type"], event)

    async def sharing_changed(self, what: str, channel: Channel, **more: object) -> None:
        """`what` is shared or unshared."""
        if self._reads(channel):
            await self.tell(f"channel_{what}", {"type": f"channel_{what}", "channel": channel.id, **more})

    def _reads(self, channel: Channel) -> bool:
        scope = "groups:read" if channel.private else "channels:read"
        return scope in self._core.scopes and self._core.workspace.bot.id in channel.members

    async def revoked(self) -> None:
        bot = self._core.workspace.bot.id
        await self.tell("tokens_revoked", {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [bot]}})
        await self.tell("app_uninstalled", {"type": "app_uninstalled"})
