"""A call is accepted and its answer lost, or it is not accepted and one can't know. What can be looked for is looked for,
what can't is asked of a person; nothing is done twice."""

import pytest

from bot.sandbox.slack import Message
from bot.sandbox.wire import Fault, FaultKind
from tests.faults.record import history_told, told_twice, without_times
from tests.faults.waiting import all_is_told
from tests.world import World, all_words

POST, EDIT, LOOK = "/api/chat.postMessage", "/api/chat.update", "/api/conversations.*"
CREATE = "/order-ahead/v0/create"
QUESTION = "Did it arrive?"


def order(world: World, shopper: str = "jonah", store: str = "downtown") -> None:
    world.leafly.place_order(store, shopper=shopper, items=[("Mesa Sunrise Pre-Roll", 1)])


async def doubt(world: World) -> Message:
    """The notice that asks whether a card is there."""
    return await world.said("its card may or may not have been posted")


async def test_a_card_whose_answer_was_lost_is_found_and_not_posted_again(any_world: World) -> None:
    bot = await any_world.start_bot()
    any_world.slack.lose_next_answer("chat.postMessage")
    order(any_world)
    in_pos = await any_world.in_pos("Jonah")
    any_world.flowhub.operator.start(in_pos.order_id)
    await any_world.card("In progress")
    await all_is_told(any_world.slack, bot.database)
    assert len(any_world.cards()) == 1


@pytest.mark.parametrize("kind", ["cut_before", "error", "garbage", "html_403", "rate_limited"])
async def test_a_card_that_never_reached_slack_is_posted_once(world: World, kind: FaultKind) -> None:
    bot = await world.start_bot()
    world.slack.wire.add(Fault(kind, path=POST, times=2))
    order(world)
    await world.card("Jonah R.")
    await all_is_told(world.slack, bot.database)


async def test_a_card_is_looked_for_until_one_may_look(world: World) -> None:
    bot = await world.start_bot()
    world.slack.lose_next_answer("chat.postMessage")
    world.slack.wire.add(Fault("down", path=LOOK, times=5))
    world.slack.wire.add(Fault("rate_limited", path=LOOK, times=1, seconds=1))
    order(world)
    await world.card("Jonah R.", "New")
    await all_is_told(world.slack, bot.database)
    assert len(world.cards()) == 1


async def test_a_card_is_found_by_a_bot_whose_clock_is_ten_minutes_ahead(world: World) -> None:
    bot = await world.start_bot()
    world.slack.clock.advance(-600)
    try:
        world.slack.lose_next_answer("chat.postMessage")
        order(world)
        await world.card("Jonah R.", "New")
        await all_is_told(world.slack, bot.database)
    finally:
        world.slack.clock.advance(600)


async def test_an_edit_whose_answer_was_lost_is_made_again(world: World) -> None:
    bot = await world.start_bot()
    order(world)
    in_pos = await world.in_pos("Jonah")
    await world.card("Jonah R.", "Claim")
    world.slack.wire.add(Fault("cut_after_accept", path=EDIT, times=3))
    world.flowhub.operator.ready(in_pos.order_id)
    await world.card("Ready")
    await all_is_told(world.slack, bot.database)


async def test_a_line_of_history_whose_answer_was_lost_is_told_once(any_world: World) -> None:
    world = any_world
    bot = await world.start_bot()
    order(world)
    in_pos = await world.in_pos("Jonah")
    card = await world.card("Jonah R.", "Claim")
    await all_is_told(world.slack, bot.database)
    world.slack.lose_next_answer("chat.postMessage")
    world.flowhub.operator.start(in_pos.order_id)
    await world.said("In progress*")
    world.flowhub.operator.ready(in_pos.order_id)
    await all_is_told(world.slack, bot.database)
    lines = without_times(history_told(world.slack, card))
    assert len([line for line in lines if "In progress*" in line]) == 1


async def test_an_escalation_whose_answer_was_lost_is_said_once_and_written_down_once(world: World) -> None:
    def hurry(book: dict[str, dict[str, dict[str, object]]]) -> None:
        book["stores"]["downtown"]["limits"] = {"seen_minutes": 0.005, "mention_after_minutes": 0.005}

    bot = await world.start_bot(stores=hurry)
    order(world)
    await world.card("Jonah R.")
    world.slack.wire.add(Fault("cut_after_accept", path=POST, times=3))
    await world.said("Who can take it?")
    await world.press(world.budtender, await world.card("Claim", "Late:"), "claim_order")
    await world.card("Release")
    await all_is_told(world.slack, bot.database)
    assert told_twice(world.slack) == []
    lines = without_times(history_told(world.slack, (await world.card("Jonah R."))))
    assert [line for line in lines if "Late" in line] == [":alarm_clock: Late: nobody has taken it."]


class TestWithoutHistoryScope:
    """The app may not read the channel: what was lost can't be looked for."""

    @pytest.fixture(autouse=True)
    def _without(self, world: World) -> None:
        world.slack.switches.history_scope = False

    async def test_a_person_is_asked_and_no_posts_the_card_once(self, world: World) -> None:
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

    async def test_nothing_is_posted_while_nobody_answers(self, world: World) -> None:
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

    async def test_a_second_doubt_is_asked_about_again(self, world: World) -> None:
        await world.start_bot()
        world.slack.wire.add(Fault("cut_before", path=POST))
        order(world)
        first = await doubt(world)
        world.slack.wire.add(Fault("cut_before", path=POST))
        await world.press(world.budtender, first, "post_card_again")

        def second() -> Message | None:
            return next((one for one in world.slack.messages(world.channel) if one.ts > first.ts), None)

        asked = await world.slack.await_until(second, 10, "a second question")
        await world.press(world.budtender, asked, "post_card_again")
        await world.card("Jonah R.")
        assert len(world.cards()) == 1

    async def test_the_question_itself_is_rather_asked_twice_than_never(self, world: World) -> None:
        await world.start_bot()
        world.slack.wire.add(Fault("cut_before", path=POST, times=2))
        order(world)
        await doubt(world)

    async def test_a_line_of_history_that_may_be_there_is_not_told_again(self, world: World) -> None:
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

    async def test_a_mention_that_may_be_there_does_not_call_people_twice(self, world: World) -> None:
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


class TestACreate:
    """Flowhub has no idempotency key and no list: a create whose answer was lost is a person's question."""

    @pytest.mark.parametrize("kind", ["cut_after_accept", "cut_before", "error", "garbage"])
    async def test_it_is_asked_about_and_never_sent_twice(self, world: World, kind: FaultKind) -> None:
        bot = await world.start_bot()
        world.flowhub.wire.add(Fault(kind, path=CREATE))
        order(world)
        await world.card(QUESTION)
        await all_is_told(world.slack, bot.database)
        await world.start_bot()
        assert world.flowhub.created_count == (1 if kind == "cut_after_accept" else 0)
        assert len([one for one in world.flowhub.wire.entries if one.path == CREATE]) == 1

    async def test_it_is_there_says_a_person(self, world: World) -> None:
        bot = await world.start_bot()
        world.flowhub.wire.add(Fault("cut_after_accept", path=CREATE))
        order(world)
        await world.press(world.budtender, await world.card(QUESTION), "its_there")
        await world.card("In Cashier, says a colleague")
        await all_is_told(world.slack, bot.database)
        assert world.flowhub.created_count == 1

    async def test_send_again_says_a_person_and_a_colleague_is_told_that_it_is_settled(self, any_world: World) -> None:
        world = any_world
        bot = await world.start_bot()
        world.flowhub.wire.add(Fault("cut_before", path=CREATE))
        order(world)
        asking = await world.card(QUESTION)
        world.flowhub.wire.add(Fault("delay", path=CREATE, seconds=0.3))
        await world.press(world.budtender, asking, "send_again")
        await world.until(lambda: QUESTION not in all_words(world.cards()[0]), "the question to go away")
        assert world.flowhub.created_count == 0
        await world.in_pos("Jonah")
        await all_is_told(world.slack, bot.database)
        assert world.flowhub.created_count == 1

    async def test_a_postback_that_names_the_order_answers_the_question_by_itself(self, any_world: World) -> None:
        world = any_world
        bot = await world.start_bot()
        world.flowhub.wire.add(Fault("cut_after_accept", path=CREATE))
        order(world)
        await world.card(QUESTION)
        in_pos = await world.in_pos("Jonah")
        world.flowhub.operator.start(in_pos.order_id)
        card = await world.card("In progress")
        assert QUESTION not in all_words(card)
        await all_is_told(world.slack, bot.database)
        world.flowhub.switches.postback = "never"
        world.flowhub.operator.ready(in_pos.order_id)
        await world.card("Ready")

    async def test_a_postback_without_a_body_does_not_spoil_the_next_one(self, world: World) -> None:
        await world.start_bot()
        world.flowhub.wire.add(Fault("cut_after_accept", path=CREATE))
        order(world)
        await world.card(QUESTION)
        in_pos = await world.in_pos("Jonah")
        world.flowhub.switches.postback_carries_body = False
        world.flowhub.operator.start(in_pos.order_id)
        await world.flowhub.until(lambda: len(world.flowhub.postbacks.sent) == 1)
        world.flowhub.switches.postback_carries_body = True
        world.flowhub.operator.ready(in_pos.order_id)
        await world.card("Ready")

    async def test_a_refusal_is_told_once(self, world: World) -> None:
        bot = await world.start_bot()
        world.flowhub.switches.shop_is_open = False
        order(world)
        card = await world.card("This location is closed")
        await all_is_told(world.slack, bot.database)
        world.flowhub.switches.shop_is_open = True
        await world.press(world.budtender, card, "send_again")
        await world.in_pos("Jonah")
        await all_is_told(world.slack, bot.database)
        assert world.flowhub.created_count == 1

    async def test_a_postback_that_comes_with_the_answer_is_no_second_event(self, world: World) -> None:
        bot = await world.start_bot()
        world.flowhub.switches.postback_on_create = True
        shoppers = ("jonah", "maya", "priya", "walt", "dana", "luis")
        for store in ("downtown", "uptown", "riverside"):
            for shopper in shoppers:
                order(world, shopper, store)
        await world.flowhub.until(lambda: world.flowhub.created_count == 18, timeout=10)
        await all_is_told(world.slack, bot.database)
        for channel in world.sandbox.channels.values():
            for card in world.cards(channel):
                lines = without_times(history_told(world.slack, card))
                assert len([line for line in lines if "Put into Flowhub" in line]) == 1


@pytest.mark.parametrize("kind", ["cut_after_accept", "error", "cut_before"])
async def test_a_status_that_leafly_has_heard_already_is_no_alarm(world: World, kind: FaultKind) -> None:
    bot = await world.start_bot()
    placed = world.leafly.place_order("downtown", shopper="jonah", items=[("Mesa Sunrise Pre-Roll", 1)])
    in_pos = await world.in_pos("Jonah")
    card = await world.card("Jonah R.", "Claim")
    world.leafly.wire.add(Fault(kind, path="*/status"))
    world.flowhub.operator.ready(in_pos.order_id)
    await world.leafly.until(lambda: placed.status == "ready", timeout=10)
    world.flowhub.operator.sell(in_pos.order_id)
    await world.leafly.until(lambda: placed.status == "picked_up", timeout=10)
    await all_is_told(world.slack, bot.database)
    assert not [line for line in history_told(world.slack, card) if "would not hear it" in line]


async def test_a_webhook_whose_answer_was_lost_is_sent_again_and_written_down_once(world: World) -> None:
    bot = await world.start_bot()
    world.webshop.wire.add(Fault("cut_after_accept", path="/hooks/*"))
    placed = await world.webshop.place_order("downtown", shopper="jonah", items=[("Mesa Sunrise Pre-Roll", 1)])
    in_pos = await world.in_pos("Jonah")
    world.flowhub.operator.ready(in_pos.order_id)
    await world.webshop.until(lambda: len(world.webshop.told_of(placed.order_id)) == 2, timeout=10)
    world.flowhub.operator.sell(in_pos.order_id)
    await world.card("Picked up")
    await all_is_told(world.slack, bot.database)
    lines = without_times(history_told(world.slack, await world.card("Picked up")))
    assert len(lines) == len(set(lines))
