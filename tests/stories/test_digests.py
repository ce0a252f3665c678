"""The morning's digest in Slack: one for each store and day, whatever happens to the bot, with yesterday's figures and a picture."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.app import Bot
from bot.deliveries.digests import run_digest
from bot.digests.posting import want_if_due
from bot.sandbox.slack import Message
from bot.sandbox.wire import Fault
from bot.store import digests
from bot.store.rows import StoreRow
from tests.stories.customers import asked
from tests.world import World, all_words, says

DENVER = ZoneInfo("America/Denver")


def digests_in(world: World, channel: str = "") -> list[Message]:
    found = world.slack.cards(channel or world.channel)
    return [one for one in found if ((one.metadata or {}).get("event_payload") or {}).get("part") == "digest"]


async def the_digest(world: World, *words: str) -> Message:
    def found() -> Message | None:
        return next((one for one in digests_in(world) if says(one, *words)), None)

    return await world.slack.await_until(found, 20, f"a digest that says {words}")


def picture_of(message: Message) -> dict[str, object] | None:
    return next((block for block in message.blocks if block["type"] == "image"), None)


def at(hour: int, minute: int = 0, *, days: int = 0) -> Callable[[], datetime]:
    """A clock that stands at this time in Denver, today or some days from it."""
    day = datetime.now(DENVER).date() + timedelta(days=days)
    moment = datetime.combine(day, time(hour, minute), tzinfo=DENVER).astimezone(UTC)
    return lambda: moment


async def here_for_long(bot: Bot) -> None:
    """The stores came to the desk a week ago."""
    table = StoreRow.__table__  # type: ignore[attr-defined]
    async with bot.database.write() as tx:
        await tx.connection.execute(table.update().values(since=datetime.now(UTC) - timedelta(days=7)))


async def test_one_that_is_asked_for_tells_yesterday_and_shows_the_month(loaded: World) -> None:
    await loaded.start_bot()
    answer = await asked(loaded, loaded.manager, "now", command="/digest")
    assert says(answer, "on its way", f"<#{loaded.channel}>")
    made = await the_digest(loaded, "Downtown", "Orders", "Customers")
    yesterday = datetime.now(DENVER).date() - timedelta(days=1)
    downtown = loaded.sandbox.shop.store("downtown")
    sold = [
        sale
        for sale in loaded.flowhub.pos.sales
        if sale.store is downtown
        and sale.completed_at is not None
        and sale.completed_at.astimezone(DENVER).date() == yesterday
        and not sale.voided
    ]
    assert says(made, f"· {len(sold)} sale")
    picture = picture_of(made)
    assert picture is not None
    assert str(picture["alt_text"]).startswith("Two bar charts, ")
    assert says(await asked(loaded, loaded.manager, "now", command="/digest"), "brought up to date")
    await loaded.until(lambda: picture_of(digests_in(loaded)[0]) != picture, "the digest to be made anew")
    assert [one.ts for one in digests_in(loaded)] == [made.ts]
