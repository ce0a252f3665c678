"""Answers of Flowhub, of Leafly and of the web shop are lost. Flowhub has no idempotency key and no list, so a create whose
answer was lost is a person's question; the others are simply asked again."""

import pytest

from bot.sandbox.wire import Fault, FaultKind
from tests.faults.acts import SHOPPERS, order
from tests.faults.doorway import doorway
from tests.faults.record import history_told, without_times
from tests.faults.waiting import all_is_told, eventually
from tests.world import World, all_words

CREATE = "/order-ahead/v0/create"
QUESTION = "Did it arrive?"


@pytest.mark.parametrize("kind", ["cut_after_accept", "cut_before", "error", "garbage"])
async def test_it_is_asked_about_and_never_sent_twice(world: World, kind: FaultKind) -> None:
    bot = await world.start_bot()
    world.flowhub.wire.add(Fault(kind, path=CREATE))
    order(world)
    await world.card(QUESTION)
    await all_is_told(world.slack, bot.database)
    await world.start_bot()
    assert world.flowhub.created_count == (1 if kind == "cut_after_accept" else 0)
    assert len([one for one in world.flowhub.wire.entries if one.path == CREATE]) == 1


async def test_it_is_there_says_a_person(world: World) -> None:
    bot = await world.start_bot()
    world.flowhub.wire.add(Fault("cut_after_accept", path=CREATE))
    order(world)
    await world.press(world.budtender, await world.card(QUESTION), "its_there")
    await world.card("In Cashier, says a colleague")
    await all_is_told(world.slack, bot.database)
    assert world.flowhub.created_count == 1


async def test_send_again_says_a_person_and_a_colleague_is_told_that_it_is_settled(any_world: World) -> None:
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


async def test_a_postback_that_names_the_order_answers_the_question_by_itself(any_world: World) -> None:
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


async def test_a_postback_without_a_body_does_not_spoil_the_next_one(world: World) -> None:
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


async def test_a_refusal_is_told_once(world: World) -> None:
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


async def test_a_postback_that_overtakes_the_answer_is_believed_and_the_answer_is_old_news(world: World) -> None:
    async with doorway(world.sandbox.urls["flowhub"]) as way:
        bot = await world.start_bot(flowhub_url=way.url)
        slow = way.hold(CREATE)
        order(world)
        await slow.made.wait()
        world.flowhub.operator.start((await world.in_pos("Jonah")).order_id)
        card = await world.card("In progress")
        slow.let_go.set()
        # By the time that this one is there, the late answer has been read.
        order(world, "maya")
        await world.in_pos("Maya")
        await all_is_told(world.slack, bot.database)
        assert "In progress" in world.slack.message(card.channel, card.ts).text
    told = "".join(history_told(world.slack, card))
    assert (told.count("Put into Flowhub"), told.count("*In progress*"), told.count("Moved back")) == (1, 1, 0)


async def test_a_postback_that_comes_with_the_answer_is_no_second_event(world: World) -> None:
    bot = await world.start_bot()
    world.flowhub.switches.postback_on_create = True
    for store in ("downtown", "uptown", "riverside"):
        for shopper in SHOPPERS:
            order(world, shopper, store)
    await world.flowhub.until(lambda: world.flowhub.created_count == 12, timeout=10)
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

    async def told_again() -> bool:
        return len([one for one in world.leafly.wire.entries if one.path.endswith("/status")]) >= 2

    await eventually(told_again, lambda: "a second telling")
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
