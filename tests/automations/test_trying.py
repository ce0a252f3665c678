"""What an automation would have done lately: counted and shown, and nothing else."""

from dataclasses import replace

from bot.automations.setting_up import lately, switch
from bot.automations.trying import try_out
from bot.rules.automations import WELCOME, WIN_BACK, Automation, Happened, Measure, Trigger
from bot.rules.permissions import Person
from bot.store import automations
from bot.store.segments import Moved
from tests.automations.conftest import FIRINGS, NOTED, WANTED, Shop
from tests.automations.test_once import moves
from tests.customers.shop_floor import ACCOUNT


async def tried(shop: Shop, automation: Automation) -> tuple[int, tuple[str, ...]]:
    desk = shop.floor.desk
    found = await try_out(desk, automation, desk.store("downtown"), list(desk.stores.values()))
    return found.count, found.texts


async def test_a_try_counts_and_shows_and_leaves_nothing_behind(shop: Shop) -> None:
    await shop.buys("maya")
    maya, profile = shop.named("Maya"), await shop.profile("Maya")
    nth = Trigger(Happened.REACHED, measure=Measure.ORDERS, threshold=profile.total_orders)
    count, texts = await tried(shop, replace(WELCOME, trigger=nth))
    assert count >= 1
    assert "Maya has ordered for the first time." in texts or count > len(texts)
    count, _ = await tried(shop, replace(WELCOME, trigger=replace(nth, threshold=10_000)))
    assert count == 0
    now = shop.floor.desk.now()
    await moves(shop, *[Moved("lapsed_60", maya.customer_id, now, True, "") for _ in range(3)])
    count, texts = await tried(shop, WIN_BACK)
    assert (count, len(texts)) == (1, 1), "three times on one day are one occasion"
    assert await tried(shop, replace(WIN_BACK, trigger=Trigger(Happened.LEFT, "lapsed_60"))) == (0, ())
    birthdays, _ = await tried(shop, replace(WELCOME, trigger=Trigger(Happened.BIRTHDAY_WEEK)))
    assert birthdays >= 0
    for query in (FIRINGS, WANTED, NOTED):
        assert await shop.rows(query) == []


async def test_switching_is_noted_and_what_it_did_is_counted(shop: Shop) -> None:
    desk, rosa = shop.floor.desk, Person("U0ROSA", "Rosa", is_owner=True)
    store = desk.store("downtown")
    async with desk.database.read() as tx:
        kept = await automations.get(tx, "", ACCOUNT, "win_back")
    assert kept is not None
    await switch(desk, kept, rosa, store, is_on=True)
    await moves(shop, Moved("lapsed_60", shop.named("Maya").customer_id, desk.now(), True, ""))
    await shop.look()
    async with desk.database.read() as tx:
        kept = await automations.get(tx, "", ACCOUNT, "win_back")
        assert kept is not None
        did = await lately(tx, desk, kept, store)
    assert (did.today, did.week, did.week_dry) == (1, 1, 0)
    await switch(desk, kept, rosa, store, is_on=False)
    assert [row[0] for row in await shop.rows(NOTED)] == [
        "switch_automation_on",
        "automation_fired",
        "switch_automation_off",
    ]
