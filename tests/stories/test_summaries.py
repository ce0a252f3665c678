"""The day's summary of segments: one message in a store's channel that is kept up to date, and lines where many moved."""

from datetime import UTC, datetime, time
from functools import partial

from sqlalchemy import text

from bot.app import Bot
from bot.digests.summarising import summarise
from bot.digests.wishes import rollup_of
from bot.sandbox.slack import Message
from bot.segments.turns import Evaluations
from tests.faults.waiting import eventually
from tests.stories.customers import ACCOUNT
from tests.stories.test_digests import at
from tests.world import World, all_words, says

NIGHT, MORNING = time(3), time(9)


def messages(world: World, part: str, channel: str = "") -> list[Message]:
    live = [one for one in world.slack.all_messages() if one.channel == (channel or world.channel) and not one.deleted]
    return [one for one in live if ((one.metadata or {}).get("event_payload") or {}).get("part") == part]


async def evaluated(bot: Bot, world: World, hour: time, *, minutes: int = 0) -> None:
    """When two months have gone by; and everything is told that follows."""
    ahead = at(hour, days=61, minutes=minutes)() - datetime.now(UTC)
    bot.desk.now = lambda: datetime.now(UTC) + ahead
    evaluations = Evaluations(bot.desk)
    evaluations.told.append(partial(summarise, bot.desk))
    assert await evaluations.if_due(ACCOUNT)

    async def nothing_is_left() -> bool:
        async with bot.database.read() as tx:
            query = "SELECT count(*) FROM deliveries WHERE kind IN ('summary', 'moved') AND state <> 'done'"
            return (await tx.connection.execute(text(query))).scalar() == 0

    await eventually(nothing_is_left, lambda: "nothing left to tell")


async def test_one_message_a_day_is_kept_up_to_date_and_calls_nobody_at_night(loaded: World) -> None:
    bot = await loaded.start_bot(summary="each_sync", quiet_hours="22:00-07:00", digest_at="off")
    await evaluated(bot, loaded, NIGHT)
    assert messages(loaded, "summary") == []
    await evaluated(bot, loaded, MORNING)
    (summary,) = messages(loaded, "summary")
    assert says(
        summary, "Customers of Downtown", "No order in the past 60 days", "what changed today", "Customer data as of"
    )
    lines = messages(loaded, "moved")
    assert {line.thread_ts for line in lines} == {summary.ts}
    assert any("No order in the past 60 days" in line.text and "came" in line.text for line in lines)
    assert any(says(line, "last order") for line in lines)
    before = all_words(summary)
    loaded.flowhub.operator.walk_in_sale("downtown", [("Ginger Mints", 1)], shopper="maya")
    bot = await loaded.start_bot(summary="each_sync", quiet_hours="22:00-07:00", digest_at="off")
    await evaluated(bot, loaded, MORNING, minutes=70)
    assert [one.ts for one in messages(loaded, "summary")] == [summary.ts]
    assert len(messages(loaded, "moved")) == len(lines)
    assert all_words(messages(loaded, "summary")[0]) == before


async def test_an_owner_of_several_stores_has_them_told_of_together(loaded: World) -> None:
    bot = await loaded.start_bot(summary="never", digest_at="off")
    together = loaded.sandbox.channels["riverside"]
    await loaded.slack.command(loaded.owner, loaded.channel, "/digest", "settings")
    await loaded.fill(loaded.owner, {"rollup": "on", "rollup_channel": together, "at": "08:00"})
    await eventually(partial(_is_chosen, bot), lambda: "the channel to be chosen")
    await evaluated(bot, loaded, MORNING)
    (summary,) = messages(loaded, "summary", together)
    assert says(summary, "Customers of 3 stores", "No order in the past 60 days", "Downtown ", " · Uptown ")
    assert messages(loaded, "summary") == []


async def _is_chosen(bot: Bot) -> bool:

    return bool((await rollup_of(bot.desk, ACCOUNT)).channel)
