"""What the clock starts: following, watching, forgetting, and outliving what goes wrong."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.app import Bot
from bot.desk import Desk
from bot.errors import Unavailable
from bot.rules.deliveries import Kind
from bot.rules.retention import BY_DEFAULT
from bot.sandbox.wire import Fault
from bot.store import deliveries, history, orders
from sync import timetable
from sync.housekeeping import forget
from sync.orders import OrderPoll
from sync.watching import watch_pos
from tests.stories.waiting import crossed
from tests.world import World, all_words

KEPT = BY_DEFAULT.contacts
LONG = 3600.0
"""Seconds between runs that a test does not want to happen by themselves."""


async def quiet_bot(world: World, **settings: Any) -> Bot:
    return await world.start_bot(**{"order_poll_seconds": LONG, "pos_watch_seconds": LONG, **settings})


async def sold_to(world: World, shopper: str) -> str:
    """An order that lived its whole life; the key of its card."""
    await world.webshop.place_order("downtown", shopper=shopper, items=[("Ginger Mints", 1)])
    in_pos = await world.in_pos(shopper.title())
    world.flowhub.operator.sell(in_pos.order_id)
    card = await world.card(shopper.title(), "Picked up")
    return str((card.metadata or {})["event_payload"]["order_key"])


async def test_contacts_are_erased_seven_days_after_the_close_and_not_before(any_world: World) -> None:
    world = any_world
    bot = await quiet_bot(world)
    key = await sold_to(world, "luis")
    await world.webshop.place_order("downtown", shopper="maya", items=[("Ginger Mints", 1)])
    open_card = await world.card("Maya A.")
    open_key = str((open_card.metadata or {})["event_payload"]["order_key"])
    closed_at = (await _order(bot, key)).closed_at
    assert closed_at is not None
    for later, is_kept in ((KEPT - timedelta(minutes=1), True), (KEPT + timedelta(minutes=1), False)):
        bot.desk.now = _standing_at(closed_at + later)
        await forget(bot.desk)
        async with bot.database.read() as tx:
            assert bool(await orders.sealed_part(tx, key)) is is_kept
            assert await orders.sealed_part(tx, open_key)
    answer = await world.slack.command(world.budtender, world.channel, "/orders", "show A01")
    assert answer.ok
    await world.told_privately(world.budtender, "Luis M.")


async def test_the_contact_of_an_order_that_never_closes_is_erased_too(world: World) -> None:
    bot = await quiet_bot(world)
    await world.webshop.place_order("downtown", shopper="maya", items=[("Ginger Mints", 1)])
    card = await world.card("Maya A.")
    key = str((card.metadata or {})["event_payload"]["order_key"])
    arrived_at = (await _order(bot, key)).arrived_at
    for later, is_kept in ((-timedelta(hours=1), True), (timedelta(hours=1), False)):
        bot.desk.now = _standing_at(arrived_at + BY_DEFAULT.open_contacts + later)
        await forget(bot.desk)
        async with bot.database.read() as tx:
            assert bool(await orders.sealed_part(tx, key)) is is_kept


async def test_contacts_that_were_erased_cannot_be_revealed_and_the_person_is_told(world: World) -> None:
    """An order that Flowhub opened again after a week: its card has the button, its contact is gone."""
    bot = await quiet_bot(world)
    key = await sold_to(world, "luis")
    closed_at = (await _order(bot, key)).closed_at
    assert closed_at is not None
    bot.desk.now = lambda: closed_at + BY_DEFAULT.contacts + timedelta(minutes=1)
    await forget(bot.desk)
    world.flowhub.operator.reopen((await world.in_pos("Luis")).order_id)
    opened = await world.card("Luis M.", "(re-opened)", "Reveal contact")
    await world.press(world.budtender, opened, "reveal_contact")
    if not world.slack.ephemerals(world.budtender):
        await world.submit(world.budtender, {"reason": "Delivery"})
    told = await world.told_privately(world.budtender, "not kept any more")
    assert "555" not in all_words(told)


async def test_a_poll_finds_what_no_postback_told(world: World) -> None:
    world.flowhub.switches.postback = "never"
    bot = await quiet_bot(world)
    await world.webshop.place_order("downtown", shopper="luis", items=[("Ginger Mints", 1)])
    in_pos = await world.in_pos("Luis")
    await world.card("Luis M.", "somebody claims it")
    world.flowhub.operator.ready(in_pos.order_id)
    await OrderPoll(bot.desk, every=0)()
    await world.card("Luis M.", "Ready")
    await world.said("seen in Flowhub")


async def test_a_store_whose_flowhub_is_down_costs_one_question_for_all_its_orders(world: World) -> None:
    world.flowhub.switches.postback = "never"
    bot = await quiet_bot(world)
    for shopper in ("luis", "maya", "walt", "nora", "priya"):
        await world.webshop.place_order("downtown", shopper=shopper, items=[("Ginger Mints", 1)])
        await world.in_pos(shopper.title())
    await world.until(lambda: len(world.cards()) == 5, "five cards")
    asked = len(crossed(world.flowhub.wire, "*/orderStatus/*"))
    world.flowhub.wire.add(Fault("error", path="*/orderStatus/*", times=None, status=401))
    world.flowhub.wire.add(Fault("error", path="/oauth/token", times=None, status=401))
    await OrderPoll(bot.desk, every=0)()
    assert len(crossed(world.flowhub.wire, "*/orderStatus/*")) - asked <= 3
    await world.said("Flowhub isn't answering for Downtown")


async def test_a_bad_record_of_the_till_is_parked_once_counted_and_the_others_land(world: World) -> None:
    bot = await quiet_bot(world)
    world.flowhub.switches.sale_keeps_order_id = True
    foreign = world.flowhub.operator.foreign_order("downtown", "dana", [("Yuzu Seltzer", 2)])
    world.flowhub.operator.sell(foreign.order_id)
    odd = world.flowhub.operator.foreign_order("downtown", "walt", [("Yuzu Seltzer", 2)])
    sale = world.flowhub.operator.sell(odd.order_id)
    sale.order_type = ["pickup"]  # type: ignore[assignment]
    for _ in range(3):
        await watch_pos(bot.desk, every=0)
    await world.card("Dana W.", "Picked up")
    assert len(world.cards()) == 1
    async with bot.database.read() as tx:
        assert await history.parked_counts(tx) == {"flowhub sales": 1}


async def test_what_goes_wrong_in_a_job_is_survived_and_the_next_tick_comes(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    bot = await quiet_bot(world)

    async def unavailable() -> None:
        raise Unavailable("Flowhub can't be reached.")

    async def surprising() -> None:
        raise KeyError("canary of Jonah Reed")

    for job in (unavailable, surprising):
        await timetable._surviving(bot.desk, "a job", job)
    said = capsys.readouterr()
    assert "Flowhub can't be reached" in said.out + said.err
    assert "KeyError" in said.out + said.err
    assert "canary" not in said.out + said.err


async def test_what_is_done_is_swept_after_a_fortnight_and_what_waits_stays(world: World) -> None:
    bot = await quiet_bot(world)
    world.flowhub.switches.order_ahead_enabled = False
    await world.webshop.place_order("downtown", shopper="luis", items=[("Ginger Mints", 1)])
    refused = await world.card("Luis M.", "Send again")
    key = str((refused.metadata or {})["event_payload"]["order_key"])
    now = bot.desk.now()
    bot.desk.now = lambda: now + timedelta(days=15)
    await forget(bot.desk)
    async with bot.database.read() as tx:
        place = await deliveries.find(tx, Kind.PLACE, key)
    assert place is not None
    assert place.state.value == "held"
    world.flowhub.switches.order_ahead_enabled = True
    await world.press(world.budtender, refused, "send_again")
    await world.in_pos("Luis")


def _standing_at(moment: datetime) -> Callable[[], datetime]:
    return lambda: moment


async def _order(bot: Bot, key: str) -> Any:
    desk: Desk = bot.desk
    async with desk.database.read() as tx:
        return await orders.get(tx, key)
