"""Pausing, resuming, removing: what stops, what stays, and that nothing is doubled when it goes on."""

from pathlib import Path

import httpx

from bot.rules.stores import StoreState
from bot.sandbox.wire import Fault
from tests.activation.desk_clerk import Clerk, fields_of, words_of
from tests.stories.waiting import crossed
from tests.world import all_words


async def paused(clerk: Clerk, store: str = "downtown") -> None:
    channel = clerk.sandbox.channels[store]
    await clerk.types("disconnect", channel=channel)
    view = await clerk.sees("What should happen")
    assert await clerk.sends(view, {"what": "pause"}) == {}
    await clerk.said("is paused", channel=channel)


async def test_a_paused_store_asks_nothing_and_its_cards_say_so_and_resuming_doubles_nothing(any_clerk: Clerk) -> None:
    clerk = any_clerk
    await clerk.open("downtown")
    clerk.leafly.place_order("downtown", shopper="jonah", items=[("Mesa Sunrise Pre-Roll", 3)])
    await clerk.card("Jonah R.", "Claim")
    in_pos = await clerk.in_pos("Jonah")
    await clerk.types("disconnect", channel=clerk.channel)
    view = await clerk.sees("1 order still open", "Jonah R.")
    assert await clerk.sends(view, {"what": "pause"}) == {}
    card = await clerk.card("This store is paused")
    assert "Claim" not in all_words(card)
    await clerk.said("is paused", "Resume")

    clerk.flowhub.wire.entries.clear()
    clerk.flowhub.operator.start(in_pos.order_id)
    assert clerk.bot is not None
    async with httpx.AsyncClient(base_url=clerk.bot.address) as web:
        sent = await web.post("/orders", params={"store": "downtown"}, content=b"{}")
    assert sent.status_code == 401  # whoever can't sign is not told how the store is
    answer = await clerk.slack.command(clerk.owner, clerk.channel, "/orders", "")
    assert answer.ok
    await clerk.told("is paused: nothing is done")
    assert crossed(clerk.flowhub.wire, "/order-ahead/*") == []

    await clerk.types("resume", channel=clerk.channel)
    await clerk.card("Jonah R.", "In progress", "Claim")
    await clerk.said("works again")
    assert len(clerk.cards()) == 1
    assert clerk.flowhub.created_count == 1


async def test_what_was_to_be_done_when_the_store_was_paused_is_done_when_it_is_resumed(clerk: Clerk) -> None:
    await clerk.open("downtown")
    clerk.flowhub.wire.add(Fault("rate_limited", path="/order-ahead/*", times=None))
    clerk.leafly.place_order("downtown", shopper="jonah", items=[("Mesa Sunrise Pre-Roll", 3)])
    await clerk.card("Jonah R.")
    await paused(clerk)
    clerk.flowhub.wire.clear()
    await clerk.card("Jonah R.", "This store is paused")
    assert clerk.flowhub.created_count == 0
    card = await clerk.said("is paused", "Resume")
    await clerk.press(clerk.owner, card, "resume_store")
    await clerk.in_pos("Jonah")
    await clerk.card("Jonah R.", "Claim")
    assert (len(clerk.cards()), clerk.flowhub.created_count) == (1, 1)


async def test_a_pause_outlives_a_restart_and_the_settings_file(clerk: Clerk) -> None:
    await clerk.open("downtown")
    await paused(clerk)
    bot = await clerk.open("downtown")
    assert (set(bot.desk.stores), set(bot.desk.resting)) == (set(), {"downtown"})
    await clerk.types("resume", channel=clerk.channel)
    await clerk.said("works again")
    assert set(bot.desk.stores) == {"downtown"}


async def test_a_removed_store_leaves_no_credentials_in_the_database(clerk: Clerk, tmp_path: Path) -> None:
    await clerk.open("downtown")
    key = await clerk.connects("uptown")
    uptown = clerk.sandbox.channels["uptown"]
    await clerk.types("disconnect", channel=uptown)
    view = await clerk.sees("What should happen")
    assert fields_of(view) == ["what", "name"]
    wrong = await clerk.sends(view, {"what": "remove", "name": "Downtown"})
    assert "Type Uptown to remove it" in wrong["name"]
    assert await clerk.sends(view, {"what": "remove", "name": "uptown"}) == {}
    await clerk.sees("is removed")
    await clerk.said("Uptown is disconnected", channel=uptown)
    known = await clerk.known(key)
    assert (known.state, known.credentials) == (StoreState.REMOVED, None)
    assert clerk.bot is not None
    assert key not in clerk.bot.desk.stores
    token = clerk.sandbox.shop.store("uptown").order_ahead_token
    assert not any(token in str(known) for known in clerk.bot.desk.flowhubs._order_aheads)


async def test_a_store_that_is_connected_again_goes_on_with_its_cards(any_clerk: Clerk) -> None:
    clerk = any_clerk
    await clerk.open("downtown")
    uptown, leafly = clerk.sandbox.channels["uptown"], clerk.sandbox.shop.store("uptown").leafly_key
    key = await clerk.connects("uptown", leafly_key=leafly)
    clerk.leafly.place_order("uptown", shopper="tessa", items=[("Ginger Mints", 2)])
    await clerk.card("Tessa O.", "Claim", channel=uptown)
    in_pos = await clerk.in_pos("Tessa")
    await clerk.types("disconnect", channel=uptown)
    await clerk.sends(await clerk.sees("Tessa O."), {"what": "remove", "name": "Uptown"})
    await clerk.card("Tessa O.", "This store was disconnected", channel=uptown)
    clerk.flowhub.operator.start(in_pos.order_id)
    assert await clerk.connects("uptown", leafly_key=leafly) == key
    await clerk.card("Tessa O.", "In progress", channel=uptown)
    assert len(clerk.cards(uptown)) == 1
    assert clerk.flowhub.created_count == 1


async def test_a_store_of_the_settings_file_can_be_paused_but_not_removed(clerk: Clerk) -> None:
    await clerk.open("downtown")
    await clerk.types("disconnect", channel=clerk.channel)
    view = await clerk.sees("What should happen")
    await clerk.sends(view, {"what": "remove", "name": "Downtown"})
    assert "settings file" in words_of(await clerk.sees("settings file"))


async def test_staff_may_not_disconnect(clerk: Clerk) -> None:
    await clerk.open("downtown")
    await clerk.types("disconnect", person=clerk.budtender, channel=clerk.channel)
    await clerk.told("You may not pause or remove stores", person=clerk.budtender)
