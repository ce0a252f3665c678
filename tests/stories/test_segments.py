"""/segments: the list, one of them, what can be done with one, who is in it; and a segment that is built in a modal."""

import csv
import io
from typing import Any

import httpx

from bot.store import audit, segments
from tests.faults.waiting import eventually
from tests.stories.customers import ACCOUNT, asked, words_of_view
from tests.world import World, all_words, says


def top(world: World, person: str) -> dict[str, Any]:
    """The modal that the person sees."""
    views = world.slack.open_views(person)
    return dict(views[-1]) if views else {}


async def sees(world: World, person: str, *words: str, without: str = "") -> dict[str, Any]:
    def there() -> bool:
        text = words_of_view(top(world, person))
        return all(word in text for word in words) and (not without or without not in text)

    await world.until(there, f"{words} in {person}'s modal")
    return top(world, person)


async def add(world: World, person: str, field: str, operator: str, value: str) -> None:
    """Choose a field, and fill in the modal that comes on top."""
    below = top(world, person)["id"]
    assert (await world.slack.press_in_view(person, below, "segment_field", field)).ok
    await world.until(lambda: top(world, person).get("callback_id") == "segment_condition", "the condition's modal")
    sent = await world.slack.submit(person, top(world, person)["id"], {"operator": operator, "value": value})
    assert sent.ok, sent


async def test_the_list_shows_size_reach_and_value_and_each_can_be_shown(loaded: World) -> None:
    await loaded.start_bot()
    answer = await asked(loaded, loaded.manager, "", command="/segments")
    assert says(
        answer, "4 segments", "Ordered more than once", "by text", "by e-mail", "at Downtown", "Customer data as of"
    )
    shown = await asked(loaded, loaded.manager, "show more than once", command="/segments")
    assert says(shown, "Orders more than 1", "Downtown:")
    assert says(
        await asked(loaded, loaded.manager, "show order in", command="/segments"), "Which one?", "First order in"
    )
    assert says(await asked(loaded, loaded.manager, "show nothing", command="/segments"), "no segment of that name")
    assert says(await asked(loaded, loaded.manager, "help", command="/segments"), "What /segments can do", "copy NAME")
    assert says(await asked(loaded, loaded.budtender, "", command="/segments"), "may not look at segments")


async def test_one_is_paused_copied_archived_and_the_log_tells_who(loaded: World) -> None:
    bot = await loaded.start_bot()
    for text, answer in (
        ("pause spent", "is paused"),
        ("resume spent", "goes on"),
        ("copy spent", "Spent more than $100 (copy)"),
        ("archive spent more than $100 (copy)", "is archived"),
    ):
        assert says(await asked(loaded, loaded.manager, text, command="/segments"), answer)
    async with bot.database.read() as tx:
        kept = {one.segment.name: one for one in await segments.all_of(tx, ACCOUNT)}
        entries = await audit.newest(tx, "", most=9)
    assert kept["Spent more than $100 (copy)"].segment.bit is None
    deeds = [one.action for one in entries if one.who == loaded.manager]
    assert deeds == ["archive_segment", "copy_segment", "resume_segment", "pause_segment"]


async def test_a_segment_is_built_previewed_saved_and_counted(loaded: World) -> None:
    bot = await loaded.start_bot()
    theo = loaded.manager
    await loaded.slack.command(theo, loaded.channel, "/segments", "new")
    view = await sees(loaded, theo, "New segment", "Add a condition, and who it would be")
    refused = await loaded.slack.submit(theo, view["id"], {"name": "Regulars"})
    assert refused.errors == {"how": "A group needs at least one condition."}
    await add(loaded, theo, "fh_total_orders", "at_least", "3")
    await sees(loaded, theo, "Orders at least 3", "customers* today", "Over the past 90 days", "are in", "Some of them")
    below = top(loaded, theo)["id"]
    await loaded.slack.press_in_view(theo, below, "segment_field", "fh_total_spent")
    await loaded.until(lambda: top(loaded, theo).get("callback_id") == "segment_condition", "the condition's modal")
    wrong = await loaded.slack.submit(theo, top(loaded, theo)["id"], {"operator": "more_than", "value": "a lot"})
    assert wrong.errors == {"value": "Total spent: a number is needed, such as $100 or 99.50."}
    sent = await loaded.slack.submit(theo, top(loaded, theo)["id"], {"operator": "more_than", "value": "$20"})
    assert sent.ok
    await sees(loaded, theo, "Total spent more than $20.00", "customers* today")
    await loaded.slack.press_in_view(theo, below, "segment_group", "group")
    await sees(loaded, theo, "A group in the segment")
    await add(loaded, theo, "consents_sms", "is", "yes")
    await add(loaded, theo, "consents_email", "is", "yes")
    await loaded.slack.press_in_view(theo, below, "segment_up", "up")
    await sees(loaded, theo, "Agreed to texts: yes or Agreed to e-mail: yes", "customers* today")
    await loaded.slack.press_in_view(theo, below, "segment_part", "turn 1", "part_1")
    await sees(loaded, theo, "*Not:* Total spent", "customer")
    await loaded.slack.press_in_view(theo, below, "segment_part", "remove 1", "part_1")
    await sees(loaded, theo, "Orders at least 3", "customers* today", without="Total spent more than")
    taken = await loaded.slack.submit(theo, below, {"name": "ordered MORE than once"})
    assert taken.errors == {"name": "There is a segment “ordered MORE than once” already."}
    saved = await loaded.slack.submit(theo, below, {"name": "Regulars"})
    assert saved.ok
    await sees(loaded, theo, "Regulars* is saved")

    async def sizes() -> dict[str, int]:
        async with bot.database.read() as tx:
            return {one.segment.name: one.size for one in await segments.all_of(tx, ACCOUNT) if one.counted_at}

    async def is_counted() -> bool:
        return "Regulars" in await sizes()

    await eventually(is_counted, lambda: "its size")
    assert 0 < (await sizes())["Regulars"] < (await sizes())["Ordered more than once"]
    assert says(await asked(loaded, theo, "", command="/segments"), "5 segments", "Regulars")
    await loaded.slack.command(theo, loaded.channel, "/segments", "edit regulars")
    await sees(loaded, theo, "Edit a segment", "Orders at least 3", "customers* today")


async def test_members_are_masked_and_the_file_is_for_one_person_and_for_those_who_agreed(loaded: World) -> None:
    bot = await loaded.start_bot()
    somebody = next(one for one in loaded.flowhub.pos.customers.values() if one.phone and len(one.name.split()) == 2)
    answer = await asked(loaded, loaded.manager, "members more than once", command="/segments")
    assert says(answer, "members", "Only you see this")
    assert somebody.phone not in all_words(answer)
    answer = await asked(loaded, loaded.owner, "members more than once", command="/segments")
    await loaded.slack.press(loaded.owner, loaded.channel, answer.ts, "segment_file")
    view = await sees(loaded, loaded.owner, "Members as a file")
    await loaded.slack.submit(loaded.owner, view["id"], {"reason": "A message to them"})
    await sees(loaded, loaded.owner, "in the file")
    (message,) = [one for one in loaded.slack.all_messages() if one.files]
    assert message.channel == loaded.slack.direct_messages(loaded.owner)
    async with httpx.AsyncClient() as client:
        rows = list(csv.DictReader(io.StringIO((await client.get(message.files[0]["url_private"])).text)))
    async with bot.database.read() as tx:
        assert [one.action for one in await audit.newest(tx, "", most=1)] == ["export_members"]
    assert rows
    assert all(row["email"] or row["mobile"] for row in rows)
