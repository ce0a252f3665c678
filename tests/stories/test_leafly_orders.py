"""Orders from Leafly: taken in, acknowledged in time, and told of every step, forward only."""

from datetime import timedelta
from typing import Any

import pytest

from bot.sandbox.wire import Fault
from tests.world import World, all_words

STEPS: list[tuple[str, list[str], list[str]]] = [
    ("each step", ["start", "ready", "sell"], ["confirmed", "ready", "picked_up"]),
    ("a skipped step", ["ready", "sell"], ["ready", "picked_up"]),
    ("cancelled in the till", ["start", "delete"], ["confirmed", "canceled"]),
]


@pytest.mark.parametrize(("steps", "told"), [row[1:] for row in STEPS], ids=[row[0] for row in STEPS])
async def test_leafly_is_told_each_step_once(world: World, steps: list[str], told: list[str]) -> None:
    await world.start_bot()
    placed = world.leafly.place_order("downtown", shopper="jonah", items=[("Ginger Mints", 1)])
    in_pos = await world.in_pos("Jonah")
    for number, step in enumerate(steps):
        getattr(world.flowhub.operator, step)(in_pos.order_id)
        await _told(world, placed, told[: number + 1])
    if told[-1] == "canceled":
        assert placed.reason == "pos"


async def test_a_step_back_in_the_till_is_shown_and_not_told_to_leafly(world: World) -> None:
    await world.start_bot()
    placed = world.leafly.place_order("downtown", shopper="jonah", items=[("Ginger Mints", 1)])
    in_pos = await world.in_pos("Jonah")
    world.flowhub.operator.ready(in_pos.order_id)
    await _told(world, placed, ["ready"])
    world.flowhub.operator.start(in_pos.order_id)
    await world.card("Jonah R.", "In progress")
    world.flowhub.operator.sell(in_pos.order_id)
    await _told(world, placed, ["ready", "picked_up"])


async def test_an_order_is_acknowledged_once_flowhub_has_it(world: World) -> None:
    await world.start_bot()
    placed = world.leafly.place_order("downtown", shopper="jonah", items=[("Ginger Mints", 1)])
    await world.leafly.until(lambda: placed.acknowledged_at is not None, timeout=12)
    created_at = (await world.in_pos("Jonah")).created_at
    assert placed.acknowledged_at is not None
    assert created_at <= placed.acknowledged_at


async def test_an_order_is_acknowledged_in_time_while_flowhub_is_down(world: World) -> None:
    """Else Leafly would cancel it. Two minutes are kept in hand, so the stand-in's deadline is two minutes and a bit."""
    world.leafly.switches.acknowledge_within_seconds = 125
    world.flowhub.wire.add(Fault("rate_limited", path="/order-ahead/v0/create", times=None))
    await world.start_bot()
    placed = world.leafly.place_order("downtown", shopper="jonah", items=[("Ginger Mints", 1)])
    await world.card("Jonah R.", "Not in Flowhub yet")
    assert placed.acknowledged_at is None
    await world.leafly.until(lambda: placed.acknowledged_at is not None, timeout=12)
    assert world.flowhub.created_count == 0
    world.flowhub.wire.clear()
    await world.in_pos("Jonah")


async def test_an_order_that_was_withdrawn_before_we_read_it_makes_no_card(world: World) -> None:
    await world.start_bot()
    world.leafly.wire.add(Fault("delay", path="*/orders/*", seconds=0.5))
    placed = world.leafly.place_order("downtown", shopper="jonah", items=[("Ginger Mints", 1)])
    world.leafly.shopper_cancels(placed.order_id)
    world.leafly.place_order("downtown", shopper="maya", items=[("Ginger Mints", 1)])
    await world.card("Maya A.")
    await world.in_pos("Maya")
    assert len(world.cards()) == 1
    assert world.flowhub.created_count == 1


async def test_the_same_webhook_twice_makes_one_card_and_one_order(world: World) -> None:
    world.leafly.switches.webhooks_twice = True
    await world.start_bot()
    world.leafly.place_order("downtown", shopper="jonah", items=[("Ginger Mints", 1)])
    await world.in_pos("Jonah")
    await world.card("Jonah R.", "New")
    await world.leafly.webhooks.settled()
    assert world.flowhub.created_count == 1
    assert len(world.cards()) == 1


async def test_an_order_that_cannot_be_read_is_told_to_the_channel_and_the_next_one_lands(world: World) -> None:
    await world.start_bot()
    placed = world.leafly.place_order("downtown", shopper="jonah", items=[("Ginger Mints", 1)])
    await world.card("Jonah R.")
    odd = world.leafly.place_order("downtown", shopper="maya", items=[("Ginger Mints", 1)])
    odd.status = ["odd"]  # type: ignore[assignment]
    world.leafly.market.by_id[odd.order_id] = odd
    said = await world.said(odd.order_id, "could not be taken in")
    assert "Alvarez" not in all_words(said)
    del world.leafly.market.by_id[odd.order_id]
    world.leafly.place_order("downtown", shopper="walt", items=[("Ginger Mints", 1)])
    await world.card("Walt K.")
    assert placed.status == "pending"


async def test_a_deal_and_an_item_that_flowhub_does_not_know_are_on_the_card_in_words(world: World) -> None:
    await world.start_bot()
    world.leafly.place_order(
        "downtown",
        shopper="luis",
        items=[("Dark Chocolate Bar", 2)],
        unlisted=[("Mystery Jar", 1500)],
        deal="Friday sweets",
        percent_off=25,
    )
    card = await world.card("Luis M.", "Add by hand:* Mystery Jar")
    assert ":label: Friday sweets (−$12.00)" in all_words(card)
    body = (await world.in_pos("Luis")).body
    assert body["orderItems"][0]["discountNote"] == "Friday sweets (−$12.00)"
    assert body["cartDiscountNote"].startswith("Dark Chocolate Bar")
    assert body["customerNote"] == "Add by hand: 1 × Mystery Jar"


@pytest.mark.parametrize("ids", ["variant", "product", "sku"])
async def test_an_item_is_matched_by_whichever_id_leafly_was_given(world: World, ids: Any) -> None:
    world.leafly.switches.variant_ids = ids
    await world.start_bot()
    world.leafly.place_order("downtown", shopper="luis", items=[("Huckleberry Gummies", 2)])
    body = (await world.in_pos("Luis")).body
    product = world.sandbox.shop.in_stock("downtown", "Huckleberry Gummies")
    assert body["orderItems"] == [{"productId": product.product_id, "quantityPurchased": 2}]


async def test_a_delivery_goes_all_the_way_to_the_door(world: World) -> None:
    await world.start_bot()
    placed = world.leafly.place_order(
        "downtown", shopper="maya", items=[("Ginger Mints", 1)], delivery=True, instructions="Gate code at the desk"
    )
    in_pos = await world.in_pos("Maya")
    assert in_pos.body["address"]["street1"] == "2210 Marion Street"
    assert in_pos.body["fees"] == [{"name": "Delivery fee", "amount": 499}]
    card = await world.card("Maya A.", "Gate code at the desk", "Delivery")
    assert "Marion" not in all_words(card)
    for step, words in (
        ("ready", "Ready"),
        ("queue", "Waiting for a driver"),
        ("dispatch", "On the road"),
        ("deliver", "Delivered"),
    ):
        getattr(world.flowhub.operator, step)(in_pos.order_id)
        await world.card("Maya A.", words)
    await _told(world, placed, ["ready", "out_for_delivery", "picked_up"])
    assert len(world.cards()) == 1


@pytest.mark.parametrize(("step", "words"), [("fail", "Delivery failed"), ("cannot_verify", "ID check failed")])
async def test_a_delivery_that_fails_is_over_and_leafly_hears_of_it(world: World, step: str, words: str) -> None:
    await world.start_bot()
    placed = world.leafly.place_order("downtown", shopper="maya", items=[("Ginger Mints", 1)], delivery=True)
    in_pos = await world.in_pos("Maya")
    world.flowhub.operator.dispatch(in_pos.order_id)
    await world.card("Maya A.", "On the road")
    getattr(world.flowhub.operator, step)(in_pos.order_id)
    closed = await world.card("Maya A.", words)
    await world.leafly.until(lambda: placed.status == "canceled", timeout=world.patience)
    assert placed.reason == ("delivery_partner" if step == "fail" else "dispensary")
    assert "Claim" not in all_words(closed)


async def test_an_order_for_later_is_not_late_before_its_time(world: World) -> None:
    def quick(book: dict[str, Any]) -> None:
        book["stores"]["downtown"]["limits"] = {"started_minutes": 0.005, "prepare_ahead_minutes": 1}

    await world.start_bot(stores=quick)
    assert world.bot is not None
    begins = world.bot.desk.now() + timedelta(hours=3)
    world.leafly.place_order(
        "downtown",
        shopper="walt",
        items=[("Ginger Mints", 1)],
        window=(begins, begins + timedelta(minutes=30)),
    )
    await world.press(world.budtender, await world.card("Walt K.", "Requested for"), "claim_order")
    await world.card("Walt K.", "Imani")
    world.leafly.place_order("downtown", shopper="luis", items=[("Ginger Mints", 1)])
    await world.press(world.budtender, await world.card("Luis M.", "Claim"), "claim_order")
    await world.card("Luis M.", "Late:*")
    assert "Late" not in all_words(await world.card("Walt K."))


async def _told(world: World, placed: Any, statuses: list[str]) -> None:
    await world.leafly.until(lambda: [told.status for told in placed.told] == statuses, timeout=world.patience)
