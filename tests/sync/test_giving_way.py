"""A job that goes through all stores keeps no order waiting: others have their turn after each store."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from bot.app import Bot
from bot.desk import Desk
from bot.digests.posting import want_what_is_due
from bot.flowhub import payloads
from bot.giving_way import giving_way
from bot.store import orders
from sync.automations import look_for_occasions
from sync.mornings import list_left_overnight
from tests.named_orders import JONAH, NOON
from tests.world import World

STORES = 40
MANY = 200
LONG = 3600.0


async def turns_beside(work: Awaitable[object]) -> int:
    """How often the loop came round while this was done."""
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    counting = asyncio.create_task(count())
    await asyncio.sleep(0)
    before = turns
    try:
        await work
        return turns - before
    finally:
        counting.cancel()


async def test_each_item_is_followed_by_a_turn_and_none_is_left_out() -> None:
    seen = []

    async def go_through() -> None:
        items = [1, 2, 3]
        async for one in giving_way(items):
            seen.append(one)
            items.clear()  # what is there when it begins

    assert await turns_beside(go_through()) >= 3
    assert seen == [1, 2, 3]


async def test_small_things_are_gone_through_several_at_a_time() -> None:
    seen = []

    async def go_through() -> None:
        async for one in giving_way(range(7), at_a_time=3):
            seen.append(one)

    assert 2 <= await turns_beside(go_through()) < 7
    assert seen == list(range(7))


@pytest.mark.parametrize("job", [list_left_overnight, want_what_is_due, look_for_occasions])
async def test_a_job_over_many_stores_lets_others_have_their_turn(
    world: World, job: Callable[[Desk], Awaitable[None]]
) -> None:
    desk = (await _quiet_bot(world)).desk
    one = desk.stores["downtown"]
    # Each with an account of its own, which is never closed.
    desk.stores = {
        f"s{number}": one.model_copy(update={"key": f"s{number}", "account": f"a{number}"}) for number in range(STORES)
    }
    assert await turns_beside(job(desk)) >= STORES


async def test_a_store_with_many_orders_keeps_nobody_waiting_while_they_are_read(world: World) -> None:
    desk = (await _quiet_bot(world)).desk
    async with desk.database.write() as tx:
        for number in range(MANY):
            one = JONAH.model_copy(update={"key": f"o{number}", "source_id": f"L-{number}", "short_id": f"S-{number}"})
            await orders.add(tx, one, sealed="")
    async with desk.database.read() as tx:
        assert await turns_beside(orders.open_orders(tx, JONAH.store_key)) >= MANY // orders.READ_AT_A_TIME
        assert await turns_beside(orders.recent(tx, JONAH.store_key, since=NOON)) >= MANY // orders.READ_AT_A_TIME


async def test_a_large_inventory_keeps_nobody_waiting_while_it_is_read() -> None:
    rows = [{"productId": number, "quantity": 1} for number in range(MANY)]

    def park(why: str, record: object) -> None:
        raise AssertionError(f"{why}: {record}")

    assert await turns_beside(payloads.each(rows, payloads.product, park)) >= MANY // payloads.READ_AT_A_TIME


async def _quiet_bot(world: World) -> Bot:
    return await world.start_bot(order_poll_seconds=LONG, pos_watch_seconds=LONG)
