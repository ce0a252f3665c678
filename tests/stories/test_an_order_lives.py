"""An order's whole life, as people in the channel see it."""

from tests.world import World, all_words


async def test_a_leafly_order_lives_from_new_to_picked_up(any_world: World) -> None:
    world = any_world
    await world.start_bot()
    placed = world.leafly.place_order("downtown", shopper="jonah", items=[("Mesa Sunrise Pre-Roll", 3)])
    card = await world.card("Jonah R.")
    in_pos = await world.in_pos("Jonah")
    await world.press(world.budtender, await world.card("Claim"), "claim_order")
    await world.card("Who has it*\nImani")
    world.flowhub.operator.start(in_pos.order_id)
    await world.card("In progress")
    world.flowhub.operator.ready(in_pos.order_id)
    await world.card("Ready")
    world.flowhub.operator.sell(in_pos.order_id)
    closed = await world.card("Picked up")
    assert closed.ts == card.ts
    assert len(world.cards()) == 1
    await world.leafly.until(lambda: placed.status == "picked_up")
    assert "Reed" not in all_words(closed)
