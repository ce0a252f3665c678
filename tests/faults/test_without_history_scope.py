"""The app may not read the channel's history: what was lost can't be looked for. A card waits for a person's word, a line or
a mention is rather missing than doubled."""

import pytest

from bot.sandbox.slack import Message
from bot.sandbox.wire import Fault
from tests.faults.acts import order
from tests.faults.record import history_told, told_twice, without_times
from tests.faults.waiting import all_is_told
from tests.world import World, all_words

POST = "/api/chat.postMessage"


async def doubt(world: World) -> Message:
    """The notice that asks whether a card is there."""
    return await world.said("its card may or may not have been posted")


@pytest.fixture(autouse=True)
def _without(world: World) -> None:
    world.slack.switches.history_scope = False


async def test_a_person_is_asked_and_no_posts_the_card_once(world: World) -> None:
    bot = await world.start_bot()
    world.slack.wire.add(Fault("cut_before", path=POST))
    order(world)
    asked = await doubt(world)
    assert world.cards() == []
    await world.press(world.budtender, asked, "post_card_again")
    await world.card("Jonah R.")
    await world.press(world.budtender, asked, "post_card_again")
    await world.told_privately(world.budtender, "has its card already")
    await all_is_told(world.slack, bot.database)
    assert len(world.cards()) == 1


async def test_nothing_is_posted_while_nobody_answers(world: World) -> None:
    await world.start_bot()
    world.slack.lose_next_answer("chat.postMessage")
    order(world)
    await doubt(world)
    in_pos = await world.in_pos("Jonah")
    world.flowhub.operator.ready(in_pos.order_id)
    order(world, "maya")
    await world.card("Maya A.")
    await world.start_bot()
    order(world, "walt")
    await world.card("Walt K.")
    assert len([card for card in world.cards() if "Jonah R." in all_words(card)]) == 1


async def test_a_card_that_is_there_goes_on_as_soon_as_somebody_presses_its_button(world: World) -> None:
    bot = await world.start_bot()
    world.slack.lose_next_answer("chat.postMessage")
    order(world)
    asked = await doubt(world)
    in_pos = await world.in_pos("Jonah")
    await world.press(world.budtender, await world.card("Jonah R."), "claim_order")
    await world.card("Jonah R.", "Release")
    world.flowhub.operator.ready(in_pos.order_id)
    await world.card("Jonah R.", "Ready", "Release")
    await all_is_told(world.slack, bot.database)
    await world.press(world.budtender, asked, "post_card_again")
    await world.told_privately(world.budtender, "has its card already")
    assert len(world.cards()) == 1


async def test_a_second_doubt_is_asked_about_again(world: World) -> None:
    await world.start_bot()
    world.slack.wire.add(Fault("cut_before", path=POST))
    order(world)
    first = await doubt(world)
    world.slack.wire.add(Fault("cut_before", path=POST))
    await world.press(world.budtender, first, "post_card_again")

    def second() -> Message | None:
        return next((one for one in world.slack.messages(world.channel) if one.ts > first.ts), None)

    asked = await world.slack.await_until(second, world.patience, "a second question")
    await world.press(world.budtender, asked, "post_card_again")
    await world.card("Jonah R.")
    assert len(world.cards()) == 1


async def test_the_question_itself_is_rather_asked_twice_than_never(world: World) -> None:
    await world.start_bot()
    world.slack.wire.add(Fault("cut_before", path=POST, times=2))
    order(world)
    await doubt(world)


async def test_a_line_of_history_that_may_be_there_is_not_told_again(world: World) -> None:
    await world.start_bot()
    order(world)
    in_pos = await world.in_pos("Jonah")
    card = await world.card("Jonah R.", "Claim")
    await world.said("Put into Flowhub")
    world.slack.lose_next_answer("chat.postMessage")
    world.flowhub.operator.start(in_pos.order_id)
    await world.card("In progress")
    world.flowhub.operator.ready(in_pos.order_id)
    await world.said("Ready*")
    lines = without_times(history_told(world.slack, card))
    assert len(lines) == len(set(lines))


async def test_a_mention_that_may_be_there_does_not_call_people_twice(world: World) -> None:
    def hurry(book: dict[str, dict[str, dict[str, object]]]) -> None:
        book["stores"]["downtown"]["limits"] = {"seen_minutes": 0.01, "mention_after_minutes": 0.01}

    await world.start_bot(stores=hurry)
    order(world)
    await world.card("Jonah R.", "Claim")
    await world.said("is late")
    world.slack.lose_next_answer("chat.postMessage")
    await world.said("Who can take it?")
    await world.start_bot(stores=hurry)
    order(world, "maya")
    await world.card("Maya A.")
    assert told_twice(world.slack) == []
