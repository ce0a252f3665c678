"""What a story test does: start the bot, let people and systems act, and wait for what somebody would see."""

from collections.abc import Callable
from typing import Any

from bot.app import Bot
from bot.sandbox import Sandbox
from bot.sandbox.flowhub import PosOrder
from bot.sandbox.sandbox import BUDTENDER, GUEST, MANAGER, OWNER
from bot.sandbox.slack import Message
from bot.settings import load

PATIENCE_SECONDS = 10.0


class World:
    """A bot between the stand-ins. Verbs wait for what they cause, and fail with a sentence when it does not come."""

    def __init__(self, sandbox: Sandbox, database_url: str) -> None:
        self.sandbox = sandbox
        self.database_url = database_url
        self.slack, self.flowhub, self.leafly, self.webshop = (
            sandbox.slack,
            sandbox.flowhub,
            sandbox.leafly,
            sandbox.webshop,
        )
        self.owner, self.manager, self.budtender, self.guest = (
            sandbox.people[name] for name in (OWNER, MANAGER, BUDTENDER, GUEST)
        )
        self.channel = sandbox.channels["downtown"]
        self.bot: Bot | None = None

    async def start_bot(self, **settings: Any) -> Bot:
        """Start (or restart) the bot. Times are short, so that what takes minutes in a store takes moments here."""
        await self.stop_bot()
        chosen = {"database_url": self.database_url, "order_poll_seconds": 0.3, "pos_watch_seconds": 0.5} | settings
        self.bot = Bot(load(self.sandbox.environment(**chosen)))
        await self.bot.start()
        if self.slack.events_url is None:
            await self.slack.await_connected()
        return self.bot

    async def stop_bot(self) -> None:
        if self.bot is not None:
            await self.bot.close()
            self.bot = None

    async def close(self) -> None:
        await self.stop_bot()

    async def card(self, words: str, *, channel: str = "") -> Message:
        """The one card whose text or blocks hold `words`, as soon as there is one."""
        where = channel or self.channel

        def found() -> Message | None:
            cards = [card for card in self.cards(where) if words in all_words(card)]
            return cards[0] if cards else None

        return await self.slack.await_until(found, PATIENCE_SECONDS, f"a card that says “{words}”")

    def cards(self, channel: str = "") -> list[Message]:
        """The live cards of a channel (Downtown's by default)."""
        found = self.slack.cards(channel or self.channel, "order_ahead")
        return [card for card in found if (card.metadata or {})["event_payload"]["part"] == "card"]

    async def in_pos(self, shopper: str) -> PosOrder:
        """The order of this shopper in Flowhub, as soon as it is there."""

        def found() -> list[PosOrder]:
            return [order for order in self.flowhub.orders if order.shopper_name.startswith(shopper)]

        await self.flowhub.until(lambda: bool(found()), timeout=PATIENCE_SECONDS)
        return found()[-1]

    async def press(self, person: str, card: Message, action_id: str) -> None:
        """Press a button of a card as it is now."""
        answer = await self.slack.press(person, card.channel, card.ts, action_id)
        assert answer.ok, answer.failure

    async def modal(self, person: str) -> dict[str, Any]:
        """The modal that opens for a person."""
        views = await self.slack.await_until(lambda: self.slack.open_views(person), PATIENCE_SECONDS, "a modal")
        return dict(views[-1])

    async def told_privately(self, person: str, words: str) -> Message:
        """The ephemeral message to a person that holds `words`."""

        def found() -> Message | None:
            return next((one for one in self.slack.ephemerals(person) if words in all_words(one)), None)

        return await self.slack.await_until(found, PATIENCE_SECONDS, f"a private message that says “{words}”")

    async def said(self, words: str, *, channel: str = "") -> Message:
        """A message or thread reply in the channel that holds `words`."""
        where = channel or self.channel

        def found() -> Message | None:
            live = (one for one in self.slack.all_messages() if one.channel == where and not one.deleted)
            return next((one for one in live if words in all_words(one)), None)

        return await self.slack.await_until(found, PATIENCE_SECONDS, f"a message that says “{words}”")

    async def until(self, true: Callable[[], Any], waiting_for: str) -> None:
        """Until something holds that shows in Slack."""
        await self.slack.await_until(true, PATIENCE_SECONDS, waiting_for)


def all_words(message: Message) -> str:
    """Every text of a message, one per line."""
    texts = [message.text]
    for block in message.every_block():
        for part in (block.get("text"), *block.get("fields", ()), *block.get("elements", ())):
            text = part.get("text") if isinstance(part, dict) else None
            texts.append(text.get("text", "") if isinstance(text, dict) else str(text or ""))
    return "\n".join(texts)
