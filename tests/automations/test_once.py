"""An automation fires once for each customer and occasion, whatever happens in between; and only for what is news."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import text

from bot.rules.automations import (
    WELCOME,
    WIN_BACK,
    Action,
    Automation,
    Happened,
    Measure,
    Trigger,
)
from bot.store import automations, segments
from bot.store.segments import Moved
from sync.automations import look_for_occasions
from tests.automations.conftest import FIRINGS, NOTED, WANTED, Shop
from tests.customers.shop_floor import ACCOUNT, desk_of


async def nth_order(shop: Shop, name: str, measure: Measure = Measure.ORDERS) -> Automation:
    """Fires at this customer's next order."""
    profile = await shop.profile(name)
    now = profile.total_orders if measure is Measure.ORDERS else profile.total_spent_cents
    return replace(WELCOME, trigger=Trigger(Happened.REACHED, measure=measure, threshold=now + 1))


async def test_a_first_load_fires_nothing(new_shop: Shop) -> None:
    await new_shop.switch_on(WELCOME)
    await new_shop.floor.run()
    await new_shop.look()
    assert await new_shop.rows("SELECT * FROM crossings") == []
    assert await new_shop.rows(FIRINGS) == []


async def test_an_order_that_reaches_the_number_fires_once(shop: Shop) -> None:
    await shop.switch_on(await nth_order(shop, "Maya"))
    await shop.buys("maya")
    assert len(await shop.rows("SELECT * FROM crossings")) == 1, "nothing is lost when the process dies here"
    await shop.look()
    assert await shop.rows("SELECT * FROM crossings") == []
    assert await shop.rows(FIRINGS) == [(shop.named("Maya").customer_id, False, "channel_post")]
    assert await shop.rows(WANTED) == [("automation_post",)]
    assert await shop.rows(NOTED) == [("automation_fired", "welcome", "1 customer")]
    await shop.buys("maya")
    await shop.look()
    assert len(await shop.rows(FIRINGS)) == 1


async def test_what_was_spent_and_points_are_numbers_too(shop: Shop) -> None:
    await shop.switch_on(await nth_order(shop, "Maya", Measure.SPENT))
    maya, points = shop.named("Maya"), shop.named("Maya").points + 40
    collected = Trigger(Happened.REACHED, measure=Measure.POINTS, threshold=points)
    await shop.switch_on(replace(WELCOME, key="points", name="Points", trigger=collected))
    maya.points, maya.updated_at = points, shop.floor.desk.now()
    await shop.buys("maya")
    await shop.look()
    assert await shop.rows("SELECT what FROM audit ORDER BY what") == [("points",), ("welcome",)]


async def test_an_old_sale_that_is_learnt_of_late_is_no_news(shop: Shop) -> None:
    maya = shop.named("Maya")
    trigger = await nth_order(shop, "Maya")
    await shop.buys("maya")
    async with shop.floor.desk.database.write() as tx:
        await tx.connection.execute(text("UPDATE profiles SET total_orders = total_orders - 1"))
    await shop.switch_on(trigger)
    async with shop.floor.desk.database.write() as tx:
        await tx.connection.execute(
            text(f"INSERT INTO stale_profiles VALUES ('{ACCOUNT}', '{maya.customer_id}')")  # noqa: S608
        )
    await shop.floor.run()
    assert len(await shop.rows("SELECT * FROM crossings")) == 1
    await shop.look()
    assert await shop.rows(FIRINGS) == []


async def test_two_replicas_fire_once(shop: Shop) -> None:
    await shop.switch_on(await nth_order(shop, "Maya"))
    await shop.buys("maya")
    floor = shop.floor
    other = desk_of(floor.desk.database, floor._http, url="http://nowhere.test", auth_url="http://nowhere.test")
    await other.load_stores()
    await asyncio.gather(*[look_for_occasions(desk) for desk in (floor.desk, other, floor.desk, other)])
    assert len(await shop.rows(FIRINGS)) == 1
    assert len(await shop.rows(WANTED)) == 1


async def test_whoever_comes_to_a_segment_is_met_once_a_day_from_the_switch_on(shop: Shop) -> None:
    maya, now = shop.named("Maya").customer_id, shop.floor.desk.now()
    await moves(shop, Moved("lapsed_60", maya, now - timedelta(minutes=5), True, "before"))
    await shop.switch_on(WIN_BACK)
    later = shop.floor.desk.now() + timedelta(seconds=1)
    await moves(shop, Moved("lapsed_60", maya, later, True, "last order 60 days ago"))
    await moves(shop, Moved("new_30", maya, later, True, ""), Moved("lapsed_60", maya, later, False, ""))
    await moves(shop, Moved("lapsed_60", "", later, True, "somebody who was forgotten"))
    await shop.look()
    await shop.look()
    assert await shop.rows(FIRINGS) == [(maya, False, "channel_post")]
    async with shop.floor.desk.database.read() as tx:
        last = await automations.position(tx, ACCOUNT, "moves")
    assert last == str((await shop.rows("SELECT max(id) FROM movements"))[0][0])


async def moves(shop: Shop, *moved: Moved) -> None:
    async with shop.floor.desk.database.write() as tx:
        for one in moved:
            await segments.add_moves(tx, ACCOUNT, one.at, {(one.segment_key, one.entered, one.why): [one.fh_id]})


async def test_a_days_cap_holds_and_a_dry_run_only_notes(shop: Shop) -> None:
    ids = [one.customer_id for one in list(shop.floor.customers.values())[:5]]
    await shop.switch_on(WIN_BACK, daily_cap=2)
    rehearsed = replace(WIN_BACK, key="rehearsed", name="Rehearsed", dry_run=True, daily_cap=3)
    await shop.switch_on(rehearsed)
    now = shop.floor.desk.now() + timedelta(seconds=1)
    await moves(shop, *[Moved("lapsed_60", one, now, True, "") for one in ids])
    await shop.look()
    assert await shop.rows("SELECT is_dry, count(*) FROM firings GROUP BY is_dry ORDER BY is_dry") == [
        (False, 2),
        (True, 3),
    ]
    assert len(await shop.rows(WANTED)) == 2
    assert await shop.rows("SELECT count(*) FROM firings WHERE is_dry = true AND sealed <> ''") == [(0,)]
    assert sorted(await shop.rows(NOTED)) == [
        ("automation_fired", "win_back", "2 customers"),
        ("automation_rehearsed", "rehearsed", "3 customers"),
    ]


async def test_birthdays_are_looked_at_once_a_day_from_the_morning_on(shop: Shop) -> None:
    maya = shop.named("Maya")
    assert maya.birth_date is not None
    weekly = Automation(
        "birthday", "Birthday", Trigger(Happened.BIRTHDAY_WEEK), Action.CHANNEL_POST, "{{ profile.first_name }}"
    )
    await shop.switch_on(weekly, daily_cap=1000)
    zone = ZoneInfo(shop.floor.desk.store("downtown").hours.zone)
    year = shop.floor.desk.now().year + 1
    morning = datetime(year, maya.birth_date.month, maya.birth_date.day, 9, 30, tzinfo=zone)
    shop.floor.desk.now = lambda: morning - timedelta(hours=1)
    await shop.look()
    assert await shop.rows(FIRINGS) == [], "nobody is told before nine"
    shop.floor.desk.now = lambda: morning
    await shop.look()
    fired = await shop.rows(FIRINGS)
    assert maya.customer_id in [row[0] for row in fired]
    assert maya.birth_date.isoformat()[5:] not in str(await shop.rows("SELECT occasion FROM firings"))
    shop.floor.desk.now = lambda: morning + timedelta(days=1)
    await shop.look()
    again = await shop.rows(FIRINGS)
    assert [row[0] for row in again].count(maya.customer_id) == 1
