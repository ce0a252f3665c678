"""Turns that an order's life may take: re-opened, unknown, vanished, answered late, Flowhub down and back."""

from typing import Any

import pytest

from bot.sandbox.wire import Fault
from tests.stories.waiting import crossed, until_crossed
from tests.world import World, all_words


async def test_an_order_that_is_opened_again_says_so(world: World) -> None:
    await world.start_bot()
    await world.webshop.place_order("downtown", shopper="luis", items=[("Ginger Mints", 1)])
    in_pos = await world.in_pos("Luis")
    world.flowhub.operator.sell(in_pos.order_id)
    await world.card("Luis M.", "Picked up")
    world.flowhub.operator.reopen(in_pos.order_id)
    opened = await world.card("Luis M.", "In progress", "(re-opened)")
    assert "Claim" in all_words(opened)
    await world.said("Re-opened")
    assert len(world.cards()) == 1


async def test_a_status_that_nobody_has_heard_of_is_shown_as_it_came_and_the_order_stays_open(world: World) -> None:
    await world.start_bot()
    await world.webshop.place_order("downtown", shopper="luis", items=[("Ginger Mints", 1)])
    in_pos = await world.in_pos("Luis")
    world.flowhub.operator.set_status(in_pos.order_id, "weighedTwice*<b>")
    card = await world.card("Luis M.", "weighedTwice")
    assert "<b>" not in all_words(card)
    assert "Claim" in all_words(card)
    world.flowhub.operator.ready(in_pos.order_id)
    await world.card("Luis M.", "Ready")


async def test_a_known_status_is_known_in_any_casing(world: World) -> None:
    await world.start_bot()
    await world.webshop.place_order("downtown", shopper="luis", items=[("Ginger Mints", 1)])
    in_pos = await world.in_pos("Luis")
    world.flowhub.operator.set_status(in_pos.order_id, " READY ")
    await world.card("Luis M.", ":large_green_circle: *Ready*")


async def test_an_order_that_flowhub_no_longer_shows_stays_and_somebody_is_asked_to_look(world: World) -> None:
    world.flowhub.switches.deleted_orders_vanish = True
    await world.start_bot()
    await world.webshop.place_order("downtown", shopper="luis", items=[("Ginger Mints", 1)])
    in_pos = await world.in_pos("Luis")
    await world.card("Luis M.", "Claim")
    world.flowhub.operator.delete(in_pos.order_id)
    gone = await world.card("Luis M.", "Flowhub no longer shows this order")
    assert "Cancelled" not in all_words(gone)
    world.flowhub.switches.deleted_orders_vanish = False
    await world.card("Luis M.", "Cancelled")


@pytest.mark.parametrize("manner", ["never", "twice", "out_of_order", "late"])
async def test_the_card_is_right_whatever_the_postbacks_are_like(world: World, manner: Any) -> None:
    world.flowhub.switches.postback = manner
    world.flowhub.switches.postback_late_seconds = 0.4
    await world.start_bot()
    await world.webshop.place_order("downtown", shopper="luis", items=[("Ginger Mints", 1)])
    in_pos = await world.in_pos("Luis")
    world.flowhub.operator.start(in_pos.order_id)
    world.flowhub.operator.ready(in_pos.order_id)
    await world.card("Luis M.", "Ready")
    await world.flowhub.postbacks.settled()
    await until_crossed(world.flowhub.wire, "*/orderStatus/*", 2)
    await world.card("Luis M.", "Ready")


@pytest.mark.parametrize(("method", "body"), [("PUT", True), ("POST", False)])
async def test_a_postback_is_enough_without_a_poll(world: World, method: Any, body: bool) -> None:
    world.flowhub.switches.postback_method, world.flowhub.switches.postback_carries_body = method, body
    await world.start_bot(order_poll_seconds=3600)
    await world.webshop.place_order("downtown", shopper="luis", items=[("Ginger Mints", 1)])
    in_pos = await world.in_pos("Luis")
    world.flowhub.operator.ready(in_pos.order_id)
    await world.card("Luis M.", "Ready")
    await world.said("Flowhub told us")


@pytest.mark.parametrize("answer", ["its_there", "send_again"])
async def test_a_create_whose_answer_was_lost_asks_a_person(world: World, answer: str) -> None:
    world.flowhub.wire.add(Fault("cut_after_accept", path="/order-ahead/v0/create"))
    await world.start_bot()
    await world.webshop.place_order("downtown", shopper="luis", items=[("Ginger Mints", 1)])
    asking = await world.card("Luis M.", "Did it arrive?", "It's there", "Send again")
    assert world.flowhub.created_count == 1
    await world.press(world.budtender, asking, answer)
    if answer == "send_again":
        await world.card("Luis M.", "Claim")
        await world.flowhub.until(lambda: world.flowhub.created_count == 2)
    else:
        await world.card("Luis M.", "In Cashier, says a colleague")
        assert world.flowhub.created_count == 1


async def test_a_postback_answers_the_question_whether_it_arrived(world: World) -> None:
    world.flowhub.wire.add(Fault("cut_after_accept", path="/order-ahead/v0/create"))
    await world.start_bot()
    await world.webshop.place_order("downtown", shopper="luis", items=[("Ginger Mints", 1)])
    await world.card("Luis M.", "Did it arrive?")
    world.flowhub.operator.start((await world.in_pos("Luis")).order_id)
    found = await world.card("Luis M.", "In progress")
    assert "Did it arrive?" not in all_words(found)
    assert world.flowhub.created_count == 1


async def test_wrong_credentials_are_told_to_the_channel_once_and_orders_wait(world: World) -> None:
    wrong = world.flowhub.wire.add(Fault("error", path="/oauth/token", times=None, status=401))
    await world.start_bot()
    await world.webshop.place_order("downtown", shopper="luis", items=[("Ginger Mints", 1)])
    await world.card("Luis M.", "Not in Flowhub yet", "does not accept")
    await world.said("Flowhub isn't answering for Downtown")
    world.flowhub.wire.faults.remove(wrong)


async def test_a_rush_of_orders_reads_the_inventory_once(world: World) -> None:
    world.flowhub.wire.add(Fault("delay", path="*/inventoryNonZero", seconds=0.3))
    await world.start_bot()
    for shopper in ("luis", "maya", "walt", "nora"):
        await world.webshop.place_order("downtown", shopper=shopper, items=[("Ginger Mints", 1)])
    await world.flowhub.until(lambda: world.flowhub.created_count == 4, timeout=world.patience)
    assert len(crossed(world.flowhub.wire, "*/inventoryNonZero")) == 1


async def test_three_stores_keep_to_themselves(world: World) -> None:
    await world.start_bot()
    stores = list(world.sandbox.channels)
    for store in stores:
        await world.webshop.place_order(store, shopper="luis", items=[("Ginger Mints", 1)])
    for store in stores:
        in_pos = await world.in_pos("Luis", store=store)
        world.flowhub.operator.ready(in_pos.order_id)
    for store in stores:
        card = await world.card("A01", "Ready", channel=world.sandbox.channels[store])
        assert world.sandbox.shop.store(store).name in all_words(card)
    assert [len(world.cards(channel)) for channel in world.sandbox.channels.values()] == [1, 1, 1]
