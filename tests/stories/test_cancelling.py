"""Asking to cancel: a request with a proof loop. Nothing is shown as cancelled before Flowhub says so."""

from typing import Any

from bot.rules.cancelling import LEAFLY_CODES, Reason
from bot.sandbox.wire import Fault
from tests.world import World, all_words


async def ask(world: World, card: Any, reason: str = "out_of_stock") -> None:
    await world.press(world.budtender, card, "ask_to_cancel")
    await world.submit(world.budtender, {"reason": reason})


async def test_a_cancel_is_asked_told_to_leafly_at_once_and_proved_by_flowhub(world: World) -> None:
    await world.start_bot()
    placed = world.leafly.place_order("downtown", shopper="maya", items=[("Ginger Mints", 1)])
    in_pos = await world.in_pos("Maya")
    await ask(world, await world.card("Maya A.", "Claim"))
    asked = await world.card("Maya A.", "Cancel asked by", "Remove it in Cashier")
    assert "Cancelled" not in all_words(asked)
    await world.leafly.until(lambda: placed.status == "canceled", timeout=world.patience)
    assert placed.reason == "dispensary"
    world.flowhub.operator.delete(in_pos.order_id)
    proved = await world.card("Maya A.", "Cancelled", "Proved by Flowhub")
    assert "Claim" not in all_words(proved)
    await world.said("Flowhub shows it as cancelled")


async def test_each_reason_reaches_leafly_as_its_code(world: World) -> None:
    await world.start_bot()
    stores = ("downtown", "uptown", "riverside")
    placed = {
        reason: world.leafly.place_order(stores[number % 3], shopper="maya", items=[("Ginger Mints", 1)])
        for number, reason in enumerate(Reason)
    }
    for reason, order in placed.items():
        channel = world.sandbox.channels[order.store.key]
        card = await world.card(f"#{order.order_id[:8]}", channel=channel)
        await world.flowhub.until(lambda: world.flowhub.created_count == len(Reason), timeout=world.patience)
        short_id = card.text.partition(" ")[0]
        answer = await world.slack.command(world.budtender, channel, "/orders", f"cancel {short_id} {reason.value}")
        assert answer.ok
    await world.leafly.until(lambda: all(order.status == "canceled" for order in placed.values()), timeout=10)
    assert {reason: order.reason for reason, order in placed.items()} == LEAFLY_CODES


async def test_an_order_that_was_sold_after_the_request_is_shown_as_too_late(world: World) -> None:
    await world.start_bot()
    sent = await world.webshop.place_order("downtown", shopper="priya", items=[("Ginger Mints", 1)])
    in_pos = await world.in_pos("Priya")
    await ask(world, await world.card("Priya N.", "Claim"), "customer")
    await world.card("Priya N.", "Cancel asked by")
    world.flowhub.operator.sell(in_pos.order_id)
    closed = await world.card("Priya N.", "Picked up", "Too late to cancel")
    assert "Cancelled" not in all_words(closed)
    await world.webshop.until(lambda: len(world.webshop.told_of(sent.order_id)) == 3, timeout=world.patience)
    cancels = [hook.body["data"]["cancel"] for hook in world.webshop.told_of(sent.order_id)]
    assert cancels[0] is None
    assert (cancels[1]["reason"], cancels[1]["proved"]) == ("customer", False)
    assert cancels[2]["too_late"]


async def test_a_cancel_nags_again_and_again_until_it_is_proved(world: World) -> None:
    def quick(book: dict[str, Any]) -> None:
        book["stores"]["downtown"]["nag_minutes"] = 0.002

    await world.start_bot(stores=quick)
    await world.webshop.place_order("downtown", shopper="walt", items=[("Ginger Mints", 1)])
    await world.in_pos("Walt")
    await ask(world, await world.card("Walt K.", "Claim"))
    await world.until(lambda: len(_nags(world)) >= 2, "two reminders")
    world.flowhub.operator.delete((await world.in_pos("Walt")).order_id)
    await world.card("Walt K.", "Cancelled")
    before = len(_nags(world))
    await world.webshop.place_order("downtown", shopper="luis", items=[("Ginger Mints", 1)])
    await world.card("Luis M.", "Claim")
    assert len(_nags(world)) == before


def _nags(world: World) -> list[str]:
    words = [all_words(one) for one in world.slack.all_messages() if one.channel == world.channel]
    return [text for text in words if "is still in Flowhub" in text]


async def test_a_shopper_who_cancels_on_leafly_asks_the_store_to_remove_it(world: World) -> None:
    await world.start_bot()
    placed = world.leafly.place_order("downtown", shopper="maya", items=[("Ginger Mints", 1)])
    in_pos = await world.in_pos("Maya")
    await world.card("Maya A.", "Claim")
    world.leafly.shopper_cancels(placed.order_id)
    await world.card("Maya A.", "Cancel asked by the customer", "Remove it in Cashier")
    world.flowhub.operator.delete(in_pos.order_id)
    await world.card("Maya A.", "Cancelled", "Proved")
    assert placed.told == []


async def test_an_order_that_leafly_gave_up_is_not_said_to_be_the_customers_wish(world: World) -> None:
    await world.start_bot()
    placed = world.leafly.place_order("downtown", shopper="maya", items=[("Ginger Mints", 1)])
    await world.in_pos("Maya")
    await world.card("Maya A.", "Claim")
    world.leafly.market.cancel(placed, "not_picked_up")
    await world.card("Maya A.", "Cancel asked by Leafly", "Nobody picked it up")


async def test_a_cancel_asked_before_the_order_left_for_flowhub_keeps_it_from_being_sent(world: World) -> None:
    held = world.flowhub.wire.add(Fault("rate_limited", path="/order-ahead/v0/create", times=None))
    await world.start_bot()
    placed = world.leafly.place_order("downtown", shopper="maya", items=[("Ginger Mints", 1)])
    await ask(world, await world.card("Maya A.", "Not in Flowhub yet"))
    closed = await world.card("Maya A.", "Cancelled", "never put into Flowhub")
    assert "Send again" not in all_words(closed)
    world.flowhub.wire.faults.remove(held)
    await world.leafly.until(lambda: placed.status == "canceled", timeout=world.patience)
    assert world.flowhub.created_count == 0


async def test_a_cancel_of_an_order_that_flowhub_refused_needs_no_proof(world: World) -> None:
    world.flowhub.switches.order_ahead_enabled = False
    await world.start_bot()
    await world.webshop.place_order("downtown", shopper="luis", items=[("Ginger Mints", 1)])
    refused = await world.card("Luis M.", "Order Ahead is not enabled")
    await ask(world, refused)
    await world.card("Luis M.", "Cancelled")
    assert world.flowhub.created_count == 0
