"""Leafly is down or talks nonsense: what it told us of is read when it is back, and everything is told to it once."""

import pytest

from bot.sandbox.wire import Fault, FaultKind
from tests.faults.acts import order
from tests.faults.waiting import all_is_told
from tests.world import World

KINDS: tuple[FaultKind, ...] = ("down", "error", "rate_limited", "garbage", "html_403")


@pytest.mark.parametrize("kind", KINDS)
async def test_its_orders_wait_and_others_do_not(world: World, kind: FaultKind) -> None:
    bot = await world.start_bot()
    trouble = world.leafly.wire.add(Fault(kind, path="*/orders/*", times=None))
    order(world)
    await world.webshop.place_order("downtown", shopper="maya", items=[("Ginger Mints", 1)])
    await world.card("Maya A.", "Claim")
    world.leafly.wire.faults.remove(trouble)
    await world.card("Jonah R.", "Claim")
    placed = world.leafly.orders[0]
    await world.leafly.until(lambda: placed.acknowledged_at is not None, timeout=10)
    await all_is_told(world.slack, bot.database)
    assert world.flowhub.created_count == 2


@pytest.mark.parametrize("kind", KINDS)
async def test_what_became_of_an_order_is_told_when_it_is_back(world: World, kind: FaultKind) -> None:
    bot = await world.start_bot()
    order(world)
    in_pos = await world.in_pos("Jonah")
    placed = world.leafly.orders[0]
    await world.leafly.until(lambda: placed.acknowledged_at is not None, timeout=10)
    trouble = world.leafly.wire.add(Fault(kind, path="*/status", times=None))
    world.flowhub.operator.start(in_pos.order_id)
    await world.card("In progress")
    world.flowhub.operator.ready(in_pos.order_id)
    await world.card("Ready")
    world.leafly.wire.faults.remove(trouble)
    await world.leafly.until(lambda: placed.status == "ready", timeout=10)
    await all_is_told(world.slack, bot.database)
    told = [one.status for one in placed.told]
    assert told.count("ready") == 1
