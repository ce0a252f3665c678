"""What handlers work with, and how a person's act in Slack is read: once, here.

Everything that a person names is looked up within their workspace: what belongs to another one is not there for them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from slack_bolt.request.internals import extract_team_id

from bot.customers.syncs import Syncs
from bot.deliveries import Office
from bot.deliveries.boards import Boards
from bot.deliveries.people import why_not
from bot.desk import Desk
from bot.desk.finding import order_of_key
from bot.errors import NotAllowed, Refused
from bot.messages import private, shortcuts
from bot.messages.order_card import CARD_BUTTONS
from bot.messages.parts import Message
from bot.rules.order_values import Order
from bot.rules.permissions import Act, Person
from bot.rules.stores import Store
from bot.slack import Slack
from bot.workspaces import PLAIN


@dataclass(frozen=True)
class Acted:
    """Who did something, and where. `channel` is empty where the act has none: on the Home tab, in most modals."""

    workspace: str
    user_id: str
    channel: str
    trigger_id: str


@dataclass(frozen=True)
class Press(Acted):
    """Somebody pressed a button. `value` is the order's key; `card_ts` is empty everywhere but on a card."""

    value: str = ""
    card_ts: str = ""


@dataclass(frozen=True)
class Command(Acted):
    """Somebody typed a slash command. `words` is what stands behind it."""

    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Shortcut(Acted):
    """Somebody used a shortcut. `text` is that of the message it was used on, empty for one that is used anywhere."""

    text: str = ""


@dataclass(frozen=True)
class Submission(Acted):
    """Somebody sent a modal. `metadata` is what we put into it: of an order's modal its key and the channel."""

    metadata: str = ""
    values: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    view_id: str = ""

    @property
    def order_key(self) -> str:
        return self.metadata.partition(" ")[0]

    def chosen(self, block_id: str) -> str:
        option = (self.values.get(block_id, {}).get("choice") or {}).get("selected_option") or {}
        return str(option.get("value") or "")

    def typed(self, block_id: str) -> str:
        return str((self.values.get(block_id, {}).get("words") or {}).get("value") or "").strip()

    def ticked(self, block_id: str) -> list[str]:
        """The values of all boxes that are ticked."""
        entry = self.values.get(block_id, {}).get("choice") or {}
        return [str(one["value"]) for one in entry.get("selected_options") or ()]

    def picked(self, block_id: str) -> str:
        """A channel, a person or a time of day."""
        entry = self.values.get(block_id, {}).get("choice") or {}
        keys = ("selected_conversation", "selected_user", "selected_time")
        return next((str(entry[key]) for key in keys if entry.get(key)), "")


@dataclass(frozen=True)
class Front:
    """The front of the house. `leafly_hmac_key` is empty when Leafly is not set up, `slack_signing_secret` in Socket Mode."""

    office: Office
    boards: Boards
    syncs: Syncs
    leafly_hmac_key: str = field(default="", repr=False)
    slack_signing_secret: str = field(default="", repr=False)

    @property
    def desk(self) -> Desk:
        return self.office.desk

    # Reading

    def workspace_of(self, body: Mapping[str, Any]) -> str:
        """The workspace of a payload, read the way Bolt does when it decides whether we are installed there; with a plain
        token there is one, whatever Slack calls it."""
        return str(extract_team_id(dict(body)) or "") if self.office.workspaces.are_many else PLAIN

    def press(self, body: Mapping[str, Any]) -> Press:
        container, action = body.get("container") or {}, body["actions"][0]
        channel = body.get("channel") or container
        return Press(
            **self._acted(body, str(channel.get("id") or channel.get("channel_id") or "")),
            value=str(action.get("value") or ""),
            card_ts=str(container.get("message_ts") or "") if action.get("block_id") == CARD_BUTTONS else "",
        )

    def command(self, body: Mapping[str, Any]) -> Command:
        words = tuple(str(body.get("text") or "").split())
        return Command(**self._acted(body, str(body.get("channel_id") or "")), words=words)

    def shortcut(self, body: Mapping[str, Any]) -> Shortcut:
        channel, message = body.get("channel") or {}, body.get("message") or {}
        return Shortcut(**self._acted(body, str(channel.get("id") or "")), text=str(message.get("text") or ""))

    def submission(self, body: Mapping[str, Any]) -> Submission:
        metadata = str(body["view"].get("private_metadata") or "")
        acted = self._acted(body, metadata.partition(" ")[2])
        view_id = str(body["view"].get("id") or "")
        return Submission(**acted, metadata=metadata, values=body["view"]["state"]["values"], view_id=view_id)

    def _acted(self, body: Mapping[str, Any], channel: str) -> dict[str, str]:
        user = body.get("user") or {}
        return {
            "workspace": self.workspace_of(body),
            "user_id": str(user.get("id") or body.get("user_id") or ""),
            "channel": channel,
            "trigger_id": str(body.get("trigger_id") or ""),
        }

    # What they may name

    def slack_of(self, where: Acted) -> Slack:
        return self.office.slack(where.workspace)

    def store(self, where: Acted, key: str) -> Store:
        """Raises Refused for another workspace's store as for one that isn't there."""
        self._refuse_theirs(where, key)
        return self.desk.store(key)

    def known_store(self, where: Acted, key: str) -> Store:
        """Also one that is paused. Raises Refused like `store`."""
        self._refuse_theirs(where, key)
        return self.desk.paused(key) or self.desk.store(key)

    def _refuse_theirs(self, where: Acted, key: str) -> None:
        """Before anything else is said about the store: that it is paused names it, too."""
        store = self.desk.any_store(key)
        if store is None or store.workspace != where.workspace:
            raise Refused("This store is no longer set up here.", code="unknown_store")

    async def order(self, where: Acted, key: str) -> tuple[Order, Store]:
        """An order and its store. Raises Refused for another workspace's order as for one that isn't there."""
        order = await order_of_key(self.desk, key)
        store = self.desk.any_store(order.store_key) if order is not None else None
        if order is None or store is None or store.workspace != where.workspace:
            raise Refused("This order is no longer on the desk.")
        return order, self.desk.store(store.key)

    def stores(self, where: Acted) -> list[Store]:
        return self.desk.stores_in(where.workspace)

    def store_here(self, where: Acted) -> Store | None:
        """The store whose channel they are in."""
        return self.desk.store_of_channel(where.workspace, where.channel)

    async def stores_of(self, where: Acted) -> list[Store]:
        """The stores whose channel the person is in."""
        return await self.boards.stores_of(where.workspace, where.user_id)

    async def permitted(self, where: Acted, act: Act, store: Store | None = None) -> Person:
        """Who this is. Raises NotAllowed, which says who could, when they may not do that at this store; without one, in
        the workspace."""
        if store is not None and store.workspace != where.workspace:
            raise Refused("This store is no longer set up here.", code="unknown_store")
        person = await self.slack_of(where).person(where.user_id)
        could = await why_not(self.office, where.workspace, person, act, store)
        if could is not None:
            raise NotAllowed(private.not_allowed(act, could, store=store, is_outsider=person.is_outsider).text)
        return person

    # Answering

    async def open_modal(self, where: Acted, view: dict[str, Any]) -> None:
        await self.slack_of(where).open_modal(where.trigger_id, view)

    async def tell(self, where: Acted, message: Message) -> None:
        """Say something to one person: in the channel they acted in, or in a modal when they acted elsewhere."""
        if where.channel:
            await self.slack_of(where).tell_privately(where.channel, where.user_id, message)
        else:
            await self.open_modal(where, shortcuts.told(message))

    async def done(self, where: Acted) -> None:
        """What was pressed on the board shows there at once; cards show it by themselves."""
        if not where.channel:
            await self.boards.again(where.workspace, where.user_id)


def metadata(order_key: str, channel: str) -> str:
    return f"{order_key} {channel}"
