"""Slack says no, or nothing at all: what it asks for is honoured, nothing is lost, and other channels go on."""

import pytest

from bot import slack_door
from bot.sandbox.wire import Fault, WireEntry
from tests.faults.acts import ITEMS, SHOPPERS, channel, order, refused
from tests.faults.record import cards_by_order, history_told
from tests.faults.waiting import all_is_told, eventually
from tests.workspaces.trespass import bot_is_done as handlers_are_done
from tests.world import World, all_words, says

POST, EDIT = "/api/chat.postMessage", "/api/chat.update"
CLOSED_CARD = "card due Slack said no: channel not found."


def private_words(world: World, person: str) -> list[str]:
    return [all_words(message) for message in world.slack.messages(world.slack.direct_messages(person))]


def posts_to(world: World, store: str) -> list[WireEntry]:
    return [
        entry for entry in world.slack.wire.entries if entry.path == POST and channel(world, store) in entry.request
    ]


async def hit(world: World, fault: Fault) -> None:
    """Until a fault that strikes so often has struck."""

    async def gone() -> bool:
        return fault not in world.slack.wire.faults

    await eventually(gone, lambda: f"{fault.kind} on {fault.path}")


async def test_a_channel_that_is_written_to_too_often_waits_and_the_others_do_not(world: World) -> None:
    bot = await world.start_bot()
    fault = world.slack.wire.add(Fault("rate_limited", path=POST, seconds=2))
    order(world)
    await hit(world, fault)
    order(world, "maya", "uptown")
    await world.card("Maya A.", channel=channel(world, "uptown"))
    assert world.cards() == []
    await world.card("Jonah R.")
    refused, accepted = posts_to(world, "downtown")[:2]
    assert (refused.status, accepted.status) == (429, 200)
    assert (accepted.at - refused.at).total_seconds() >= 2
    await all_is_told(world.slack, bot.database)


async def test_edits_that_come_too_often_wait_together_and_new_cards_do_not(world: World) -> None:
    bot = await world.start_bot()
    order(world)
    in_pos = await world.in_pos("Jonah")
    await world.card("Jonah R.", "Claim")
    await all_is_told(world.slack, bot.database)
    fault = world.slack.wire.add(Fault("rate_limited", path=EDIT, seconds=2))
    world.flowhub.operator.start(in_pos.order_id)
    await hit(world, fault)
    order(world, "maya")
    await world.card("Maya A.")
    world.flowhub.operator.ready(in_pos.order_id)
    assert "Ready" not in (await world.card("Jonah R.")).text
    await world.card("Jonah R.", "Ready")
    edits = [entry for entry in world.slack.wire.entries if entry.path == EDIT]
    refused = next(entry for entry in edits if entry.status == 429)
    after = edits[edits.index(refused) + 1]
    assert (after.at - refused.at).total_seconds() >= 2
    await all_is_told(world.slack, bot.database)


async def test_after_slack_was_down_everything_is_there(world: World) -> None:
    bot = await world.start_bot()
    order(world)
    first = await world.in_pos("Jonah")
    await world.card("Jonah R.", "Claim")
    down = world.slack.wire.add(Fault("down", times=None))
    for store in ("downtown", "uptown", "riverside"):
        for shopper in SHOPPERS[1:]:
            order(world, shopper, store)
    world.flowhub.operator.start(first.order_id)
    world.flowhub.operator.ready(first.order_id)
    await world.flowhub.until(lambda: world.flowhub.created_count == 10, timeout=10)
    for in_pos in world.flowhub.orders[1:4]:
        world.flowhub.operator.sell(in_pos.order_id)
    world.slack.wire.faults.remove(down)
    await all_is_told(world.slack, bot.database)
    assert len(cards_by_order(world.slack)) == 10


async def test_a_bot_that_starts_while_slack_is_down_takes_orders_in(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slack_door, "WAIT_SECONDS", 0.1)
    down = world.slack.wire.add(Fault("down", times=None))
    bot = await world.start_bot(slack_app_token="")
    order(world)
    in_pos = await world.in_pos("Jonah")
    world.flowhub.operator.ready(in_pos.order_id)
    world.slack.wire.faults.remove(down)
    await world.press(world.budtender, await world.card("Jonah R.", "Ready"), "claim_order")
    await world.card("Release")
    await all_is_told(world.slack, bot.database)


async def test_a_press_while_slack_answers_nothing_is_taken_and_shown_afterwards(world: World) -> None:
    """Slack hands on what people press and type and answers no call: who is known already is believed. A command is answered
    at the address that came with it."""
    bot = await world.start_bot()
    order(world)
    card = await world.card("Jonah R.", "Claim")
    assert (await world.slack.command(world.budtender, world.channel, "/orders")).ok
    await world.until(lambda: len(world.slack.ephemerals(world.budtender)) == 1, "the list of orders")
    await all_is_told(world.slack, bot.database)
    down = world.slack.wire.add(Fault("down", path="/api/*", times=None))
    await world.press(world.budtender, card, "claim_order")
    assert (await world.slack.command(world.budtender, world.channel, "/orders")).ok
    await handlers_are_done()

    async def somebody_asked() -> bool:
        return any(entry.fault == "down" for entry in world.slack.wire.entries)

    await eventually(somebody_asked, lambda: "a call that Slack does not answer")
    world.slack.wire.faults.remove(down)
    claimed = await world.card("Jonah R.", "Release")
    await all_is_told(world.slack, bot.database)
    assert len([line for line in history_told(world.slack, claimed) if "claimed" in line.lower()]) == 1
    assert [says(one, "1 open order at Downtown") for one in world.slack.ephemerals(world.budtender)] == [True, True]


async def test_leafly_and_the_web_shop_are_told_while_slack_is_down(world: World) -> None:
    bot = await world.start_bot()
    order(world)
    await world.webshop.place_order("downtown", shopper="maya", items=ITEMS)
    both = [await world.in_pos("Jonah"), await world.in_pos("Maya")]
    await all_is_told(world.slack, bot.database)
    down = world.slack.wire.add(Fault("down", times=None))
    for in_pos in both:
        world.flowhub.operator.ready(in_pos.order_id)
    placed = world.leafly.orders[0]
    await world.leafly.until(lambda: placed.status == "ready", timeout=10)
    await world.webshop.until(lambda: any(one.body["data"]["status"] == "ready" for one in world.webshop.told))
    assert down in world.slack.wire.faults
    world.slack.wire.faults.remove(down)
    await all_is_told(world.slack, bot.database)
    assert [one.status for one in placed.told].count("ready") == 1


class TestARevokedToken:
    async def test_cards_wait_until_the_token_works_again(self, world: World) -> None:
        bot = await world.start_bot()
        order(world)
        in_pos = await world.in_pos("Jonah")
        await world.card("Jonah R.", "Claim")
        world.slack.switches.token_revoked = True
        world.flowhub.operator.ready(in_pos.order_id)
        order(world, "maya", "uptown")
        await world.in_pos("Maya")
        await refused(world, "chat.postMessage", "token_revoked")
        asked = world.slack.requests.total()
        world.slack.switches.token_revoked = False
        await world.card("Jonah R.", "Ready")
        await all_is_told(world.slack, bot.database)
        assert asked < 20

    async def test_a_card_in_doubt_is_still_looked_for_first(self, world: World) -> None:
        bot = await world.start_bot()

        def revoke(entry: WireEntry) -> None:
            if entry.fault == "cut_after_accept":
                world.slack.switches.token_revoked = True

        world.slack.wire.listeners.append(revoke)
        try:
            world.slack.lose_next_answer("chat.postMessage")
            order(world)
            await refused(world, "conversations.history", "token_revoked")
        finally:
            world.slack.wire.listeners.remove(revoke)
        world.slack.switches.token_revoked = False
        await all_is_told(world.slack, bot.database)
        assert len(world.cards()) == 1


async def test_an_edit_that_slack_refuses_is_tried_again_at_the_next_change(world: World) -> None:
    bot = await world.start_bot()
    order(world)
    in_pos = await world.in_pos("Jonah")
    card = await world.card("Jonah R.", "Claim")
    await all_is_told(world.slack, bot.database)
    world.slack.switches.edit_window_closed = True
    world.flowhub.operator.start(in_pos.order_id)
    await refused(world, "chat.update", "edit_window_closed")
    await world.until(lambda: "In progress" in "".join(history_told(world.slack, card)), "a line in the thread")
    world.slack.switches.edit_window_closed = False
    world.flowhub.operator.ready(in_pos.order_id)
    await world.card("Jonah R.", "Ready")
    await all_is_told(world.slack, bot.database)
