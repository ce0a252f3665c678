"""The stage of a story test, with a real bot on it."""

from typing import Any

from bot.app import Bot
from bot.sandbox import Sandbox
from bot.sandbox.sandbox import BUDTENDER, GUEST, MANAGER, OWNER
from bot.sandbox.slack import Message
from bot.sandbox.stage import Stage, all_words, says
from bot.settings import load

__all__ = ["World", "all_words", "says"]


PATIENCE_SECONDS = 30.0
"""Waits end as soon as what is waited for is there: this is for machines that have other work as well."""


class World(Stage):
    """A bot between the stand-ins. Without a channel, Downtown's is meant."""

    def __init__(self, sandbox: Sandbox, database_url: str) -> None:
        super().__init__(sandbox, patience=PATIENCE_SECONDS)
        self.database_url = database_url
        people = sandbox.people
        self.owner, self.manager = people[OWNER], people[MANAGER]
        self.budtender, self.guest = people[BUDTENDER], people[GUEST]
        self.channel = sandbox.channels["downtown"]
        self.bot: Bot | None = None

    async def start_bot(self, **settings: Any) -> Bot:
        """Start (or restart) the bot. Times are short, so that what takes minutes in a store takes moments here."""
        await self.stop_bot()
        chosen: dict[str, Any] = {
            "database_url": self.database_url,
            "order_poll_seconds": 0.3,
            "pos_watch_seconds": 0.5,
            "sync_pages_per_second": 17,
        }
        self.bot = Bot(load(self.sandbox.environment(**{**chosen, **settings})))
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

    async def let_in_guest(self, channel: str = "") -> None:
        """A guest joins a store's channel, and the owner signs that off."""
        where = channel or self.channel
        already = len(self.slack.messages(self.slack.direct_messages(self.owner)))
        await self.slack.join(self.guest, where)
        await self.asked_to_sign_off(after=already)
        await self.sign_off()
        await self.told_privately(self.owner, "Signed off")

    async def asked_to_sign_off(self, *, after: int = 0) -> Message:
        """The owner's private message with the button that opens the modal."""

        def found() -> Message | None:
            told = self.slack.messages(self.slack.direct_messages(self.owner))[after:]
            return next((one for one in told if says(one, "can be read by others", "sign off…")), None)

        return await self.slack.await_until(found, self.patience, "a question to sign off a channel")

    async def sign_off(self, *, person: str = "", why: str = "") -> None:
        asked = self.slack.messages(self.slack.direct_messages(person or self.owner))[-1]
        await self.press(person or self.owner, asked, "sign_off_channel")
        await self.submit(person or self.owner, {"why": why})

    def cards(self, channel: str = "") -> list[Message]:
        return super().cards(channel or self.channel)

    async def card(self, *words: str, channel: str = "") -> Message:
        return await super().card(*words, channel=channel or self.channel)

    async def said(self, *words: str, channel: str = "") -> Message:
        return await super().said(*words, channel=channel or self.channel)
