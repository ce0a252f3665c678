"""What is kept of who moved, and for how long."""

import random
from datetime import timedelta

from bot.rules.segments.catalogue import starters
from bot.store import Database, segment_past, segments
from tests.store.segment_shop import ACCOUNT, START, Shop, person


async def test_moves_and_runs_are_forgotten_after_their_time_and_numbers_are_not_given_again(
    database: Database,
) -> None:
    shop = Shop(database)
    await shop.open(60, random.Random(4))  # noqa: S311
    everybody = sorted(shop.people)
    for days in (10, 20):
        shop.now = START + timedelta(days=days)
        chance = random.Random(days)  # noqa: S311
        for fh_id in everybody:
            await shop.change(person(chance, fh_id, shop.now))
        await shop.refresh(everybody)
    async with shop.database.write() as tx:
        last = await segments.last_move_id(tx, ACCOUNT)
        kept = [one for one in await segments.moves_after(tx, ACCOUNT, 0) if one.at == shop.now]
        ran = await segments.runs_of(tx, ACCOUNT, "own", since=shop.now)
        while await segment_past.sweep(tx, before=shop.now, most=7):
            pass
        assert kept
        assert await segments.moves_after(tx, ACCOUNT, 0) == kept
        assert await segments.runs_of(tx, ACCOUNT, "own", since=START) == ran
        assert await segment_past.sweep(tx, before=shop.now + timedelta(seconds=1), most=1_000) > 0
        assert await segments.moves_after(tx, ACCOUNT, 0) == []
        somebody = (await segments.member_ids(tx, ACCOUNT, starters()[2]))[0]
    await shop.change(shop.people[somebody]._replace(total_orders=0))
    await shop.refresh([somebody])
    async with shop.database.read() as tx:
        moved = await segments.moves_after(tx, ACCOUNT, 0)
    assert moved
    assert all(one.id > last for one in moved)
