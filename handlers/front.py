"""What handlers work with, and how a person's act in Slack is read: once, here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.deliveries import Office
from bot.deliveries.boards import Boards
from bot.desk import Desk
from bot.desk.arriving import Intake
from bot.errors import NotAllowed
from bot.messages import shortcuts
from bot.messages.order_card import CARD_BUTTONS
from bot.messages.parts import Message
from bot.rules.permissions import Act, Person, may
from bot.rules.stores import Store
from bot.slack import Slack


@dataclass(frozen=True)
class Front:
    """The front of the house. `leafly_hmac_key` is empty when Leafly is not set up, `slack_signing_secret` in Socket Mode."""

    office: Office
    intake: Intake
    boards: Boards
    leafly_hmac_key: str = field(default="", repr=False)
    slack_signing_secret: str = field(default="", repr=False)

    @property
    def desk(self) -> Desk:
        return self.office.desk

    @property
    def slack(self) -> Slack:
        return self.office.slack

    async def permitted(self, user_id: str, act: Act, store: Store) -> Person:
        """Who this is. Raises NotAllowed when they may not do that in this store."""
        person = await self.slack.person(user_id)
        if not may(person, act, managers=store.managers, reveal_for_managers_only=store.reveal_for_managers_only):
            raise NotAllowed(act.value)
        return person

    async def tell(self, where: "Press | Submission", message: Message) -> None:
        """Say something to one person: in the channel they acted in, or in a modal when they acted on the Home tab."""
        if where.channel:
            await self.slack.tell_privately(where.channel, where.user_id, message)
        else:
            await self.slack.open_modal(where.trigger_id, shortcuts.told(message))

    async def done(self, where: "Press | Submission") -> None:
        """What was pressed on the board shows there at once; cards show it by themselves."""
        if not where.channel:
            await self.boards.again(where.user_id)


@dataclass(frozen=True)
class Press:
    """Somebody pressed a button. `value` is the order's key; `channel` is empty on the Home tab, `card_ts` everywhere but on
    a card."""

    user_id: str
    channel: str
    value: str
    trigger_id: str
    card_ts: str = ""

    @classmethod
    def read(cls, body: Mapping[str, Any]) -> "Press":
        container, action = body.get("container") or {}, body["actions"][0]
        channel = body.get("channel") or container
        return cls(
            user_id=str(body["user"]["id"]),
            channel=str(channel.get("id") or channel.get("channel_id") or ""),
            value=str(action.get("value") or ""),
            trigger_id=str(body.get("trigger_id") or ""),
            card_ts=str(container.get("message_ts") or "") if action.get("block_id") == CARD_BUTTONS else "",
        )


@dataclass(frozen=True)
class Command:
    """Somebody typed a slash command. `words` is what stands behind it."""

    user_id: str
    channel: str
    words: tuple[str, ...]
    trigger_id: str

    @classmethod
    def read(cls, body: Mapping[str, Any]) -> "Command":
        return cls(
            user_id=str(body["user_id"]),
            channel=str(body.get("channel_id") or ""),
            words=tuple(str(body.get("text") or "").split()),
            trigger_id=str(body.get("trigger_id") or ""),
        )


@dataclass(frozen=True)
class Submission:
    """Somebody sent a modal. `metadata` is what we put into it: an order's key and the channel."""

    user_id: str
    order_key: str
    channel: str
    trigger_id: str
    values: Mapping[str, Mapping[str, Any]]

    @classmethod
    def read(cls, body: Mapping[str, Any]) -> "Submission":
        order_key, _, channel = str(body["view"].get("private_metadata") or "").partition(" ")
        trigger_id = str(body.get("trigger_id") or "")
        return cls(str(body["user"]["id"]), order_key, channel, trigger_id, body["view"]["state"]["values"])

    def chosen(self, block_id: str) -> str:
        option = (self.values.get(block_id, {}).get("choice") or {}).get("selected_option") or {}
        return str(option.get("value") or "")

    def typed(self, block_id: str) -> str:
        return str((self.values.get(block_id, {}).get("words") or {}).get("value") or "").strip()


def metadata(order_key: str, channel: str) -> str:
    return f"{order_key} {channel}"
