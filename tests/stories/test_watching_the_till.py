"""Orders that another system put into the point of sale, and what our own finally cost."""

import pytest

from bot.sandbox.wire import Fault
from tests.stories.waiting import until_crossed
from tests.world import World, all_words


@pytest.mark.parametrize("status_words", ["pending", "own"])
async def test_another_systems_order_gets_a_card_while_it_is_open_where_flowhub_shows_it(
    world: World, status_words: str
) -> None:
    world.flowhub.switches.open_orders_visible = True
    world.flowhub.switches.open_order_status = status_words  # type: ignore[assignment]
    await world.start_bot()
    foreign = world.flowhub.operator.foreign_order("downtown", "dana", [("Yuzu Seltzer", 2)])
    card = await world.card("Dana W.", "New")
    assert "put into the point of sale by another system" in all_words(card)
    assert "Reveal contact" not in all_words(card)
    assert "Ask to cancel" not in all_words(card)
    world.flowhub.operator.sell(foreign.order_id)
    closed = await world.card("Dana W.", "Picked up")
    assert closed.ts == card.ts
    assert "as ordered" not in all_words(closed)
    assert "*Total*" in all_words(closed)


async def test_another_systems_order_appears_once_it_is_sold_where_flowhub_hides_open_ones(world: World) -> None:
    await world.start_bot()
    foreign = world.flowhub.operator.foreign_order("downtown", "dana", [("Yuzu Seltzer", 2)])
    world.flowhub.operator.sell(foreign.order_id)
    await world.card("Dana W.", "Picked up")
    assert len(world.cards()) == 1


async def test_another_systems_order_that_is_cancelled_is_shown_as_cancelled(world: World) -> None:
    world.flowhub.switches.open_orders_visible = True
    await world.start_bot()
    foreign = world.flowhub.operator.foreign_order("downtown", "dana", [("Yuzu Seltzer", 2)])
    await world.card("Dana W.", "New")
    world.flowhub.operator.delete(foreign.order_id)
    await world.card("Dana W.", "Cancelled")


@pytest.mark.parametrize(
    ("keeps_id", "open_orders_visible", "sale_type"),
    [
        (True, True, "as_ordered"),
        (False, True, "as_ordered"),
        (False, False, "as_ordered"),
        (True, False, "in-store"),
        (False, True, "in-store"),
    ],
)
async def test_the_sale_of_our_own_order_makes_its_total_final_and_no_second_card(
    world: World, keeps_id: bool, open_orders_visible: bool, sale_type: str
) -> None:
    switches = world.flowhub.switches
    switches.sale_keeps_order_id, switches.open_orders_visible = keeps_id, open_orders_visible
    switches.order_ahead_sale_type = sale_type  # type: ignore[assignment]
    await world.start_bot()
    await world.webshop.place_order("downtown", shopper="jonah", items=[("Mesa Sunrise Pre-Roll", 3)])
    in_pos = await world.in_pos("Jonah")
    assert "as ordered" in all_words(await world.card("Jonah R.", "*Total*"))
    world.flowhub.operator.ready(in_pos.order_id)
    sale = world.flowhub.operator.sell(in_pos.order_id)
    assert sale.sale_id
    closed = await world.card("Jonah R.", "Picked up")
    if keeps_id or sale_type == "as_ordered":
        closed = await world.card("Jonah R.", "at the register")
        assert "as ordered" not in all_words(closed)
    await _watched_again(world)
    assert len(world.cards()) == 1


async def test_walk_in_sales_and_refunds_never_appear(world: World) -> None:
    await world.start_bot()
    world.flowhub.operator.walk_in_sale("downtown", [("Yuzu Seltzer", 2)], shopper="luis")
    world.flowhub.operator.walk_in_sale("downtown", [("Yuzu Seltzer", 1)])
    foreign = world.flowhub.operator.foreign_order("downtown", "dana", [("Yuzu Seltzer", 2)])
    sale = world.flowhub.operator.sell(foreign.order_id)
    await world.card("Dana W.", "Picked up")
    world.flowhub.operator.refund(sale.sale_id)
    await _watched_again(world)
    assert len(world.cards()) == 1


async def test_what_was_sold_before_the_store_came_to_the_desk_is_no_news(world: World) -> None:
    foreign = world.flowhub.operator.foreign_order("downtown", "dana", [("Yuzu Seltzer", 2)])
    world.flowhub.operator.sell(foreign.order_id)
    await world.start_bot()
    await _watched_again(world)
    assert world.cards() == []


async def test_an_order_that_waits_for_flowhub_is_not_taken_for_a_namesakes_order(world: World) -> None:
    """Else it would never be sent: the card would say it is in Flowhub, and it is somebody else's."""
    world.flowhub.switches.open_orders_visible = True
    world.flowhub.wire.add(Fault("rate_limited", path="/order-ahead/v0/create", times=None))
    await world.start_bot()
    await world.webshop.place_order("downtown", shopper="jonah", items=[("Yuzu Seltzer", 1)])
    await world.card("Jonah R.", "Not in Flowhub yet")
    world.flowhub.operator.foreign_order("downtown", "jonah", [("Dark Chocolate Bar", 1)])
    await _watched_again(world)
    world.flowhub.wire.clear()
    await world.flowhub.until(lambda: any(not order.foreign for order in world.flowhub.orders), timeout=10)


async def _watched_again(world: World) -> None:
    """Until each store's point of sale has been read twice more."""
    await until_crossed(world.flowhub.wire, "*/findByLocationId/*", 2 * len(world.sandbox.shop.stores))
