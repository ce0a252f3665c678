"""/flowhub sync: one message that tells how it goes, and the question that a run asks which would change too much."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from bot.customers.telling import sync_by_the_clock
from bot.rules.customer_sync import Plan, RunState
from bot.sandbox.slack import Message
from bot.store import audit, sync_runs
from tests.faults.waiting import eventually
from tests.stories.customers import ACCOUNT, asked
from tests.world import World, all_words, says


def tellings(world: World) -> list[Message]:
    """The messages in the store's channel that tell of a sync."""
    found = world.slack.cards(world.channel)
    return [one for one in found if ((one.metadata or {}).get("event_payload") or {}).get("part") == "sync"]


async def telling(world: World, *words: str) -> Message:
    def found() -> Message | None:
        return next((one for one in tellings(world) if says(one, *words)), None)

    return await world.slack.await_until(found, world.patience, f"a message that says {words}")


async def flowhub(world: World, person: str, text: str) -> Message:
    return await asked(world, person, text, command="/flowhub")


async def test_a_first_load_is_told_in_one_message_that_edits_itself(world: World) -> None:
    bot = await world.start_bot()
    assert says(await flowhub(world, world.manager, "sync"), "The sync has begun", f"<#{world.channel}>")
    begun = await telling(world, "The first sync is under way")
    assert says(await flowhub(world, world.manager, "sync"), "under way already")
    await telling(world, "The first sync is complete", "Customers: 308 read (308 new)")
    assert [one.ts for one in tellings(world)] == [begun.ts]
    async with bot.database.read() as tx:
        entries = [one for one in await audit.newest(tx, "", most=9) if one.action == "sync_customers"]
    assert [one.who for one in entries] == [world.manager]


async def test_staff_may_not_sync(world: World) -> None:
    await world.start_bot()
    answer = await flowhub(world, world.budtender, "sync")
    assert says(answer, "You may not sync customers at Downtown", "that takes a manager")


async def test_a_run_that_would_change_too_much_asks_an_owner(loaded: World) -> None:
    bot = await loaded.start_bot()
    customers = loaded.flowhub.pos.customers
    for number, one in enumerate(list(customers.values())):
        if number % 2:
            del customers[one.customer_id]
    async with bot.database.write() as tx:
        await tx.connection.execute(sync_runs.accounts.update().values(wide_at=None))
    bot.desk.now = _a_day_later(bot.desk.now)
    store = bot.desk.stores["downtown"]
    report = await sync_by_the_clock(bot.desk, ACCOUNT, store, Plan())
    assert report is not None
    assert report.state is RunState.STOPPED
    question = await telling(loaded, "A sync stopped before it wrote anything", "154 of the 308", "Go on", "Leave it")
    assert says(await asked(loaded, loaded.manager, "(303) 555-0101"), "Maya A.")
    before = len(loaded.slack.ephemerals(loaded.manager))
    await loaded.slack.press(loaded.manager, question.channel, question.ts, "sync_anyway")
    await loaded.until(lambda: len(loaded.slack.ephemerals(loaded.manager)) > before, "a refusal")
    assert says(loaded.slack.ephemerals(loaded.manager)[-1], "that takes an owner")
    await loaded.press(loaded.owner, question, "leave_sync")
    await loaded.until(lambda: says(question, "left it: nothing was written"), "the answer in the question's place")


async def test_an_owner_lets_it_go_on(loaded: World) -> None:
    bot = await loaded.start_bot()
    customers = loaded.flowhub.pos.customers
    for number, one in enumerate(list(customers.values())[:130]):
        customers[f"another-{number}"] = replace(one, customer_id=f"another-{number}", updated_at=bot.desk.now())
    await flowhub(loaded, loaded.owner, "sync")
    question = await telling(loaded, "A sync stopped before it wrote anything")
    await loaded.press(loaded.owner, question, "sync_anyway")
    await telling(loaded, "Customers and sales are up to date", "130 new")

    async def waived() -> bool:
        async with bot.database.read() as tx:
            return (await sync_runs.account(tx, ACCOUNT)).waived_at is None

    await eventually(waived, lambda: "the word was for one run")
    assert all_words(question)


def _a_day_later(now: Callable[[], datetime]) -> Callable[[], datetime]:
    return lambda: now() + timedelta(days=1)
