"""/customer forget and /customer export: what an owner does for somebody who asks."""

import json
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import select, text
from sqlmodel import SQLModel

from bot.app import Bot
from bot.rules.customer_sync import RunKind
from bot.rules.hours import OpenHours, StoreHours
from bot.sandbox.slack import Message
from bot.store import audit
from bot.store.customers import find
from sync.mornings import list_left_overnight
from tests.stories.customers import ACCOUNT, JONAH, asked, everything_slack_saw, in_flowhub, synced, words_of_view
from tests.world import World, all_words, says


async def sold_to_jonah(world: World) -> Message:
    """An order of Jonah's, from the shop to the counter; its card."""
    world.leafly.place_order(
        "downtown", shopper="jonah", items=[("Mesa Sunrise Pre-Roll", 3)], instructions="Jonah's birthday"
    )
    card = await world.card("Jonah R.", "Claim")
    order = await world.in_pos("Jonah")
    world.flowhub.operator.sell(order.order_id)
    await world.card("Jonah R.", "Picked up")
    return card


async def forget(world: World, text: str = JONAH) -> str:
    """What the owner reads in the modal when it is done, or why not."""
    await world.slack.command(world.owner, world.channel, "/customer", f"forget {text}")
    await world.modal(world.owner)
    await world.submit(world.owner, {"sure": "Forget"})

    def answered() -> str:
        words = words_of_view(world.slack.open_views(world.owner))
        return words if "Type forget" not in words and "Erasing" not in words else ""

    await world.until(answered, "an answer in the modal")
    return answered()


def told(world: World, person: str) -> list[Message]:
    return world.slack.messages(world.slack.direct_messages(person))


@pytest.mark.parametrize("verb", ["forget", "export"])
async def test_only_an_owner_of_all_stores_may(loaded: World, verb: str) -> None:
    await loaded.start_bot()
    answer = await asked(loaded, loaded.manager, f"{verb} {JONAH}")
    assert says(answer, f"You may not {verb} customers at Downtown", "that takes an owner")
    assert not loaded.slack.open_views(loaded.manager)


async def test_a_forgotten_customer_is_gone_from_here_and_from_the_cards(loaded: World) -> None:
    bot = await loaded.start_bot()
    card = await sold_to_jonah(loaded)
    await synced(loaded)
    jonah = in_flowhub(loaded, "Jonah Reed")
    assert "They are forgotten" in await forget(loaded)
    await loaded.until(
        lambda: not says(loaded.slack.message(card.channel, card.ts), "Jonah"), "the card without the name"
    )
    await loaded.until(lambda: any(says(one, "Receipt") for one in told(loaded, loaded.owner)), "the receipt")
    receipt = all_words(told(loaded, loaded.owner)[-1])
    assert "1 card in Slack rewritten" in receipt
    assert "1 order without name, note and contact" in receipt
    assert "Jonah" not in receipt
    assert says(await asked(loaded, loaded.owner, JONAH), "Nobody here has that")
    raw = await everything_at_rest(bot)
    assert jonah.customer_id not in raw
    assert "birthday" not in raw
    async with bot.database.read() as tx:
        (entry,) = [one for one in await audit.newest(tx, "", most=9) if one.action == "forget_customer"]
    assert entry.reason.removeprefix("receipt ") in receipt


async def test_nor_do_digests_and_morning_lists_name_them(loaded: World) -> None:
    """A digest names those who are about to lapse where an owner wants it so."""
    bot = await loaded.start_bot()
    store, jonah = bot.desk.stores["downtown"], in_flowhub(loaded, "Jonah Reed")
    real, theirs = bot.desk.now, {"id": jonah.customer_id, "home": store.import_id}
    async with bot.database.write() as tx:
        last = (real() - timedelta(days=55)).replace(tzinfo=None)
        change = "UPDATE profiles SET home_store_id = :home, last_order_at = :at, total_spent_cents = 99999999"
        await tx.connection.execute(text(f"{change} WHERE fh_id = :id"), theirs | {"at": str(last)})
    await loaded.slack.command(loaded.owner, loaded.channel, "/digest", "settings")
    await loaded.fill(loaded.owner, {"names": ["names"], "at": "08:00"})
    await loaded.close_modal(loaded.owner)
    await loaded.slack.command(loaded.owner, loaded.channel, "/digest", "now")
    made = await loaded.said("will lapse within a week", "Jonah R.")
    loaded.leafly.place_order("downtown", shopper="jonah", items=[("Mesa Sunrise Pre-Roll", 3)])
    await loaded.card("Jonah R.", "Claim")
    order = await loaded.in_pos("Jonah")
    loaded.flowhub.operator.ready(order.order_id)
    await loaded.card("Jonah R.", "Ready")
    closes, opens = real() + timedelta(hours=1), real() + timedelta(hours=10)
    every_day = (OpenHours(opens=opens.time(), closes=closes.time()),) * 7
    hours = StoreHours(zone="UTC", days=every_day)
    bot.desk.stores = {**bot.desk.stores, "downtown": store.model_copy(update={"hours": hours})}
    bot.desk.now = lambda: opens + timedelta(minutes=5)
    await list_left_overnight(bot.desk)
    listed = await loaded.said("ready since before closing", "Jonah R.")
    bot.desk.now = real
    loaded.flowhub.operator.sell(order.order_id)
    await loaded.card("Jonah R.", "Picked up")
    assert "They are forgotten" in await forget(loaded)
    there = [loaded.slack.message(one.channel, one.ts) for one in (made, listed)]
    await loaded.until(lambda: not any(says(one, "Jonah") for one in there), "messages without the name")
    assert says(loaded.slack.message(listed.channel, listed.ts), "1 order ready since before closing")
    await loaded.until(lambda: any(says(one, "Receipt") for one in told(loaded, loaded.owner)), "the receipt")
    assert says(told(loaded, loaded.owner)[-1], "1 card in Slack rewritten", "2 digests and lists rewritten")


async def everything_at_rest(bot: Bot) -> str:
    """All rows of all tables."""
    async with bot.database.read() as tx:
        rows = [list(await tx.connection.execute(select(table))) for table in SQLModel.metadata.sorted_tables]
    return repr(rows)


@pytest.mark.parametrize("kind", [RunKind.HOURLY, RunKind.NIGHTLY])
async def test_no_sync_brings_them_back(loaded: World, kind: RunKind) -> None:
    bot = await loaded.start_bot()
    await forget(loaded)
    jonah = in_flowhub(loaded, "Jonah Reed")
    jonah.points += 5
    jonah.updated_at = bot.desk.now()
    loaded.flowhub.operator.walk_in_sale("downtown", [("Ginger Mints", 1)], shopper="jonah")
    report = await synced(loaded, kind=kind)
    assert report.customers.withheld == 1
    assert says(await asked(loaded, loaded.owner, JONAH), "Nobody here has that")
    async with bot.database.read() as tx:
        query = text("SELECT count(*) FROM sales WHERE customer_id = :id")
        assert (await tx.connection.execute(query, {"id": jonah.customer_id})).scalar() == 0


async def test_nor_do_they_come_back_under_another_id(loaded: World) -> None:
    bot = await loaded.start_bot()
    await forget(loaded)
    jonah = in_flowhub(loaded, "Jonah Reed")
    del loaded.flowhub.pos.customers[jonah.customer_id]
    jonah.customer_id, jonah.updated_at, jonah.email = "made-anew-1", bot.desk.now(), ""
    loaded.flowhub.pos.customers["made-anew-1"] = jonah
    assert (await synced(loaded)).customers.withheld == 1
    async with bot.database.read() as tx:
        assert not await find(tx, ACCOUNT, fh_id="made-anew-1")


async def test_somebody_with_the_same_phone_stays(loaded: World) -> None:
    bot = await loaded.start_bot()
    maya, jonah = in_flowhub(loaded, "Maya Alvarez"), in_flowhub(loaded, "Jonah Reed")
    maya.phone, maya.updated_at = jonah.phone, bot.desk.now()
    await synced(loaded)
    await forget(loaded, jonah.customer_id)
    maya.points, maya.updated_at = maya.points + 1, bot.desk.now()
    report = await synced(loaded, kind=RunKind.NIGHTLY)
    assert report.customers.withheld == 1
    assert says(await asked(loaded, loaded.owner, JONAH), "Maya A.")


async def test_an_open_order_goes_first(loaded: World) -> None:
    await loaded.start_bot()
    loaded.leafly.place_order("downtown", shopper="jonah", items=[("Mesa Sunrise Pre-Roll", 3)])
    card = await loaded.card("Jonah R.", "Claim")
    assert f"still open: {card.text.split()[0]}" in await forget(loaded)
    assert says(await asked(loaded, loaded.owner, JONAH), "Jonah R.")


async def test_a_card_that_slack_does_not_let_us_change_is_reported(loaded: World) -> None:
    await loaded.start_bot()
    card = await sold_to_jonah(loaded)
    loaded.slack.switches.edit_window_closed = True
    try:
        await forget(loaded)
        await loaded.until(lambda: any(says(one, "Receipt") for one in told(loaded, loaded.owner)), "the receipt")
    finally:
        loaded.slack.switches.edit_window_closed = False
    receipt = all_words(told(loaded, loaded.owner)[-1])
    assert "1 card could not be rewritten" in receipt
    assert "edit window closed" in receipt
    assert card.text.split()[0] in receipt


async def test_an_export_is_whole_and_goes_to_one_person(loaded: World) -> None:
    bot = await loaded.start_bot()
    await sold_to_jonah(loaded)
    await synced(loaded)
    await asked(loaded, loaded.manager, JONAH)
    await loaded.slack.command(loaded.owner, loaded.channel, "/customer", f"export {JONAH}")
    await loaded.modal(loaded.owner)
    await loaded.submit(loaded.owner, {"reason": "They asked for it"})

    def files() -> list[Message]:
        return [one for one in loaded.slack.all_messages() if one.files]

    await loaded.until(files, "a file")
    (message,) = files()
    assert message.channel == loaded.slack.direct_messages(loaded.owner)
    (file,) = message.files
    async with httpx.AsyncClient() as client:
        found = (await client.get(file["url_private"])).json()
    jonah = in_flowhub(loaded, "Jonah Reed")
    profile = found["profile"]
    assert (profile["mobile"], profile["email"], profile["last_name"]) == ("+13035550102", jonah.email, "Reed")
    assert profile["fh_total_orders"] == len([sale for sale in found["sales"] if sale["status"] == "sold"])
    (order,) = found["orders"]
    assert order["contact"]["phone"] == "+13035550102"
    assert {"fh_med_id", "birth_date", "fh_cust_type"} == set(found["not_in_this_file"]["fields"])
    assert not {"fh_med_id", "birth_date", "fh_cust_type"} & set(profile)
    assert jonah.birth_date.isoformat() not in json.dumps(found)
    assert "look_up_customer" in [entry["what"] for entry in found["who_looked"]]
    assert jonah.email not in everything_slack_saw(loaded).replace(json.dumps(found), "")
    async with bot.database.read() as tx:
        (entry,) = [one for one in await audit.newest(tx, "", most=9) if one.action == "export_customer"]
    assert (entry.who, entry.reason) == (loaded.owner, "They asked for it")
