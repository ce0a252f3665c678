"""What a story or a test does in the sandbox: find the card, press, submit, and wait for what somebody would see.

Every wait ends as soon as the thing is there, and fails with a sentence when it does not come.
"""

from collections.abc import Callable
from typing import Any

from bot.sandbox.flowhub import PosOrder
from bot.sandbox.sandbox import Sandbox
from bot.sandbox.slack import Message

CARD = "card"


class Stage:
    """`patience` is how long to wait for anything, in seconds."""

    def __init__(self, sandbox: Sandbox, *, patience: float = 10.0) -> None:
        self.sandbox = sandbox
        self.patience = patience
        self.slack, self.flowhub = sandbox.slack, sandbox.flowhub
        self.leafly, self.webshop = sandbox.leafly, sandbox.webshop

    def cards(self, channel: str) -> list[Message]:
        """The live order cards of a channel, told apart by the metadata that the bot puts on them."""
        found = self.slack.cards(channel)
        return [card for card in found if ((card.metadata or {}).get("event_payload") or {}).get("part") == CARD]

    async def card(self, *words: str, channel: str) -> Message:
        """The card that says all of `words`."""

        def found() -> Message | None:
            return next((card for card in self.cards(channel) if says(card, *words)), None)

        return await self.slack.await_until(found, self.patience, f"a card that says {words}")

    async def in_pos(self, shopper: str, *, store: str = "") -> PosOrder:
        """The newest order in Flowhub (at a store, if one is named) for whoever's name begins like this."""

        def found() -> list[PosOrder]:
            theirs = [order for order in self.flowhub.orders if order.shopper_name.startswith(shopper)]
            return [order for order in theirs if store in ("", order.store.key)]

        await self.flowhub.until(lambda: bool(found()), timeout=self.patience)
        return found()[-1]

    async def press(self, person: str, card: Message, action_id: str) -> None:
        """Press a button of a card. Raises AssertionError with what the person would be told."""
        answer = await self.slack.press(person, card.channel, card.ts, action_id)
        assert answer.ok, answer.failure

    async def modal(self, person: str) -> dict[str, Any]:
        """The modal that opens for a person."""
        views = await self.slack.await_until(lambda: self.slack.open_views(person), self.patience, "a modal")
        return dict(views[-1])

    async def submit(self, person: str, values: dict[str, Any]) -> None:
        view = await self.modal(person)
        answer = await self.slack.submit(person, str(view["id"]), values)
        assert answer.ok, answer.errors or answer.failure

    async def fill(self, person: str, values: dict[str, Any]) -> None:
        """Fill the modal that has all these fields, as soon as it is there, and send it."""

        def found() -> dict[str, Any] | None:
            views = self.slack.open_views(person)
            asked = {block.get("block_id") for block in views[-1]["blocks"]} if views else set()
            return dict(views[-1]) if values.keys() <= asked else None

        view = await self.slack.await_until(found, self.patience, f"a modal that asks for {', '.join(values)}")
        answer = await self.slack.submit(person, str(view["id"]), values)
        assert answer.ok, answer.errors or answer.failure

    async def close_modal(self, person: str) -> None:
        """Close what is open for a person."""
        for view in reversed(self.slack.open_views(person)):
            await self.slack.close_view(person, str(view["id"]))

    async def told_privately(self, person: str, words: str) -> Message:
        """The message that only this person sees and that says `words`."""

        def found() -> Message | None:
            return next((one for one in self.slack.ephemerals(person) if says(one, words)), None)

        return await self.slack.await_until(found, self.patience, f"a private message that says “{words}”")

    async def said(self, *words: str, channel: str) -> Message:
        """A message or a thread reply in the channel that says all of `words`."""

        def found() -> Message | None:
            live = (one for one in self.slack.all_messages() if one.channel == channel and not one.deleted)
            return next((one for one in live if says(one, *words)), None)

        return await self.slack.await_until(found, self.patience, f"a message that says {words}")

    async def until(self, true: Callable[[], Any], waiting_for: str) -> None:
        """Until something holds that shows in Slack."""
        await self.slack.await_until(true, self.patience, waiting_for)


def says(message: Message, *words: str) -> bool:
    whole = all_words(message)
    return all(word in whole for word in words)


def all_words(message: Message) -> str:
    """Every text of a message, one per line; buttons are among them."""
    texts = [message.text]
    for block in message.every_block():
        for part in (block.get("text"), *block.get("fields", ()), *block.get("elements", ())):
            text = part.get("text") if isinstance(part, dict) else None
            texts.append(text.get("text", "") if isinstance(text, dict) else str(text or ""))
    return "\n".join(texts)
