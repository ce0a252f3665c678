"""The morning's digest in Slack: one for each store and day, whatever happens, with yesterday's figures and a picture."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
from sqlalchemy import text

from bot.app import Bot
from bot.sandbox import Sandbox
from bot.sandbox.slack import Message, console_shapes
from bot.sandbox.wire import Fault, WireEntry
from bot.settings import load
from bot.store.rows import StoreRow
from sync.digests import post_digests
from tests.conftest import new_postgres_database
from tests.faults.waiting import eventually
from tests.stories.customers import asked
from tests.world import World, says

DENVER = ZoneInfo("America/Denver")


def digests_in(world: World, channel: str = "") -> list[Message]:
    found = world.slack.cards(channel or world.channel)
    return [one for one in found if ((one.metadata or {}).get("event_payload") or {}).get("part") == "digest"]


async def the_digest(world: World, *words: str) -> Message:
    def found() -> Message | None:
        return next((one for one in digests_in(world) if says(one, *words)), None)

    return await world.slack.await_until(found, world.patience, f"a digest that says {words}")


def picture_of(message: Message) -> dict[str, object] | None:
    return next((block for block in message.blocks if block["type"] == "image"), None)


def the_hour() -> time:
    """One at which no digest is due while the test runs, whenever that is: the last was a day ago, less two hours."""
    return time((datetime.now(DENVER).hour + 2) % 24)


def at(hour: time, *, days: int, minutes: int = 0) -> Callable[[], datetime]:
    """A clock that stands so many minutes after this time in Denver, some days from today."""
    day = datetime.now(DENVER).date() + timedelta(days=days)
    moment = datetime.combine(day, hour, tzinfo=DENVER).astimezone(UTC) + timedelta(minutes=minutes)
    return lambda: moment


async def here_for_long(bot: Bot) -> None:
    """The stores came to the desk a week ago."""
    table = StoreRow.__table__  # type: ignore[attr-defined]
    async with bot.database.write() as tx:
        await tx.connection.execute(table.update().values(since=datetime.now(UTC) - timedelta(days=7)))


async def everything_posted(world: World) -> None:
    assert world.bot is not None
    await post_digests(world.bot.desk)
    await eventually(lambda: nothing_is_due(world), lambda: "nothing left to post")


async def nothing_is_due(world: World) -> bool:
    assert world.bot is not None
    async with world.bot.database.read() as tx:
        query = "SELECT count(*) FROM deliveries WHERE kind = 'digest' AND state <> 'done'"
        return (await tx.connection.execute(text(query))).scalar() == 0


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
    (on_the_page,) = [
        one for one in console_shapes.message(loaded.slack.core, made)["blocks"] if one["type"] == "image"
    ]
    async with httpx.AsyncClient() as browser:
        assert (await browser.get(on_the_page["slack_file"]["url"])).content.startswith(b"\x89PNG")
    assert says(await asked(loaded, loaded.manager, "now", command="/digest"), "brought up to date")
    await loaded.until(lambda: picture_of(digests_in(loaded)[0]) != picture, "the digest to be made anew")
    assert [one.ts for one in digests_in(loaded)] == [made.ts]


async def test_it_is_posted_once_each_morning_through_restarts_and_says_when_it_comes_late(any_world: World) -> None:
    world, hour = any_world, the_hour()
    # Late in the evening that hour is midnight, and today's sales would be orders of the last morning that was not due yet.
    world.flowhub.pos.books.sales.clear()
    await here_for_long(await world.start_bot(digest_at=f"{hour:%H:%M}"))
    for days, minutes, count, words in (
        (2, -1, 0, ()),
        (2, 0, 1, ("0 received",)),
        (2, 1, 1, ()),
        (3, 719, 2, ("This comes late",)),
        (4, 721, 2, ()),
        (5, 0, 3, ("It tells of 2 days",)),
    ):
        bot = await world.start_bot(digest_at=f"{hour:%H:%M}")
        clock = at(hour, days=days, minutes=minutes)
        bot.desk.now = clock
        await everything_posted(world)
        await everything_posted(world)
        found = digests_in(world)
        assert len(found) == count, clock()
        assert says(found[-1], *words) if found else not words


async def test_one_that_was_asked_for_before_its_hour_is_made_anew_when_that_comes(any_world: World) -> None:
    world, hour = any_world, time(9)
    bot = await world.start_bot(digest_at=f"{hour:%H:%M}")
    bot.desk.now = at(hour, days=2, minutes=-30)
    await here_for_long(bot)
    await asked(world, world.manager, "now", command="/digest")
    made = await the_digest(world, "received")
    for minutes, times in ((-1, 1), (0, 2), (1, 2)):
        bot.desk.now = at(hour, days=2, minutes=minutes)
        await everything_posted(world)
        async with bot.database.read() as tx:
            query = "SELECT done FROM deliveries WHERE subject LIKE 'digest downtown %'"
            assert (await tx.connection.execute(text(query))).scalar() == times
    assert [one.ts for one in digests_in(world)] == [made.ts]


async def test_a_store_that_came_at_noon_has_missed_nothing(world: World) -> None:
    hour = (datetime.now(DENVER) - timedelta(hours=2)).time().replace(second=0, microsecond=0)
    bot = await world.start_bot(digest_at=f"{hour:%H:%M}")
    await everything_posted(world)
    assert digests_in(world) == []
    bot.desk.now = at(hour, days=2)
    await everything_posted(world)
    assert len(digests_in(world)) == 1


async def test_a_lost_answer_leaves_one_message_with_its_picture(loaded: World) -> None:
    """Of the upload, of its end and of the post; and Slack looks at the picture for a while."""
    await loaded.start_bot()
    loaded.slack.switches.file_seconds = 2
    for path in ("/upload/*", "/api/files.completeUploadExternal", "/api/chat.postMessage"):
        loaded.slack.wire.add(Fault("cut_after_accept", path=path))
    await asked(loaded, loaded.manager, "now", command="/digest")
    await eventually(lambda: nothing_is_due(loaded), lambda: "the digest")
    (made,) = digests_in(loaded)
    assert picture_of(made) is not None
    loaded.slack.switches.file_seconds = 0


async def test_one_that_is_due_while_slack_is_down_comes_once_when_it_is_back(world: World) -> None:
    hour, tried = time(9), asyncio.Event()
    bot = await world.start_bot(digest_at=f"{hour:%H:%M}")
    bot.desk.now = at(hour, days=2)
    await here_for_long(bot)
    down = world.slack.wire.add(Fault("down", times=None))

    def heard(entry: WireEntry) -> None:
        if entry.fault == "down":
            tried.set()

    world.slack.wire.listeners.append(heard)
    await post_digests(bot.desk)
    async with asyncio.timeout(20):
        await tried.wait()
    world.slack.wire.listeners.remove(heard)
    assert digests_in(world) == []
    world.slack.wire.faults.remove(down)
    await everything_posted(world)
    assert len(digests_in(world)) == 1


async def test_without_the_scope_for_files_it_is_complete_in_words(loaded: World) -> None:
    loaded.slack.switches.withheld_scopes = ("files:write",)
    await loaded.start_bot()
    await asked(loaded, loaded.manager, "now", command="/digest")
    assert picture_of(await the_digest(loaded, "Customers", "Customer data as of")) is None
    loaded.slack.switches.withheld_scopes = ()


async def test_two_replicas_post_one(sandbox: Sandbox, postgres: str) -> None:
    world = World(sandbox, new_postgres_database(postgres))
    hour = the_hour()
    settings: dict[str, Any] = {"database_url": world.database_url, "digest_at": f"{hour:%H:%M}"}
    bots = [Bot(load(sandbox.environment(**settings))) for _ in range(2)]
    try:
        await asyncio.gather(*(bot.start() for bot in bots))
        world.bot = bots[0]
        await here_for_long(bots[0])
        for bot in bots:
            bot.desk.now = at(hour, days=2)
        await asyncio.gather(*[post_digests(bot.desk) for bot in bots for _ in range(3)])
        await eventually(lambda: nothing_is_due(world), lambda: "the digests")
        assert [len(digests_in(world, channel)) for channel in sandbox.channels.values()] == [1, 1, 1]
    finally:
        await asyncio.gather(*(bot.close() for bot in bots))


async def test_a_manager_chooses_when_it_comes_and_staff_do_not(loaded: World) -> None:
    bot = await loaded.start_bot()
    await here_for_long(bot)
    assert says(await asked(loaded, loaded.budtender, "settings", command="/digest"), "that takes a manager")
    assert says(await asked(loaded, loaded.budtender, "now", command="/digest"), "that takes a lead")
    await loaded.slack.command(loaded.manager, loaded.channel, "/digest", "settings")
    view = await loaded.modal(loaded.manager)
    assert "rollup" not in {block["block_id"] for block in view["blocks"]}
    refused = await loaded.slack.submit(loaded.manager, str(view["id"]), {"digest": "on", "quiet_from": "21:00"})
    assert refused.errors == {"quiet_until": "Choose both a beginning and an end, or neither."}
    today, hour = datetime.now(DENVER).date(), the_hour()
    chosen = {"digest": "on", "at": f"{hour:%H:%M}", "weekdays": ["0"], "quiet_from": "21:00", "quiet_until": "06:00"}
    await loaded.submit(loaded.manager, chosen)
    monday = 7 - today.weekday()
    for days, minutes, count in ((monday + 8, 0, 0), (monday + 7, -1, 0), (monday + 7, 0, 1)):
        bot.desk.now = at(hour, days=days, minutes=minutes)
        await everything_posted(loaded)
        assert len(digests_in(loaded)) == count
