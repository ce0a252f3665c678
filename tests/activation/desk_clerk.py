"""Somebody who types /flowhub and fills its modals, and what they then see."""

from typing import Any

from bot.app import Bot
from bot.sandbox.slack.workspace import Json
from bot.store import stores
from bot.store.stores import Known
from tests.world import World, all_words


def words_of(view: Any) -> str:
    """Every text of a view, one per line."""
    texts = []
    for block in view["blocks"]:
        for part in (
            block,
            block.get("label"),
            block.get("hint"),
            *block.get("fields", ()),
            *block.get("elements", ()),
        ):
            text = part.get("text") if isinstance(part, dict) else None
            texts.append(text["text"] if isinstance(text, dict) else str(text or ""))
    return "\n".join(texts)


def fields_of(view: Any) -> list[str]:
    return [str(block["block_id"]) for block in view["blocks"] if block["type"] == "input"]


class Clerk(World):
    async def open(self, *keys: str, **settings: Any) -> Bot:
        """Start the bot with these stores in its settings, and no others."""

        def only(book: dict[str, Any]) -> None:
            book["stores"] = {key: book["stores"][key] for key in keys}
            if not keys:
                book["accounts"] = {}

        return await self.start_bot(**{"stores": only, **settings})

    async def types(self, text: str, *, person: str = "", channel: str = "") -> None:
        where = channel or self.sandbox.channels["uptown"]
        answer = await self.slack.command(person or self.owner, where, "/flowhub", text)
        assert answer.ok, answer.failure

    async def told(self, words: str, *, person: str = "") -> str:
        message = await self.told_privately(person or self.owner, words)
        return all_words(message)

    async def sees(self, *words: str, person: str = "") -> Json:
        """The modal that says all of `words`."""

        def found() -> Json | None:
            views = self.slack.open_views(person or self.owner)
            return views[-1] if views and all(word in words_of(views[-1]) for word in words) else None

        return await self.slack.await_until(found, self.patience, f"a modal that says {words}")

    async def asked(self, field: str, *, person: str = "") -> Json:
        """The modal that has this field."""

        def found() -> Json | None:
            views = self.slack.open_views(person or self.owner)
            return views[-1] if views and field in fields_of(views[-1]) else None

        return await self.slack.await_until(found, self.patience, f"a modal with the field {field}")

    async def sends(self, view: Json, values: dict[str, Any], *, person: str = "") -> dict[str, str]:
        """Submit a modal; what stands under its fields then."""
        answer = await self.slack.submit(person or self.owner, str(view["id"]), values)
        assert answer.failure is None, answer.failure
        return answer.errors or {}

    def account_values(self, **changed: str) -> dict[str, str]:
        return {"client_id": self.sandbox.shop.client_id, "key": self.sandbox.shop.key, **changed}

    def store_values(self, key: str = "uptown", **changed: Any) -> dict[str, Any]:
        store = self.sandbox.shop.store(key)
        return {
            "location": store.location_id,
            "order_ahead_client_id": store.order_ahead_client_id,
            "order_ahead_token": store.order_ahead_token,
            "channel": self.sandbox.channels[key],
            **changed,
        }

    async def connects(self, key: str = "uptown", **changed: Any) -> str:
        """The whole way, as far as the account is known; returns the store's key."""
        assert self.bot is not None
        before = set(self.bot.desk.stores)
        await self.types("connect")
        if not self.bot.desk.stores:
            assert await self.sends(await self.asked("client_id"), self.account_values()) == {}
        assert await self.sends(await self.asked("location"), self.store_values(key, **changed)) == {}
        await self.sees("is connected")
        (made,) = set(self.bot.desk.stores) - before
        return made

    async def known(self, key: str) -> Known:
        assert self.bot is not None
        async with self.bot.database.read() as tx:
            found = await stores.one(tx, key)
        assert found is not None
        return found
