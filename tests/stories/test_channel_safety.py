"""Orders are not posted where others than the store's own people can read them, until an owner signs off."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from bot.app import Bot
from bot.deliveries import Office
from bot.deliveries.safety import HELD
from bot.sandbox import Sandbox
from bot.sandbox.slack import Message
from bot.sandbox.wire import Fault
from bot.store import audit, deliveries
from sync.channels import ChannelWatch
from tests.faults.waiting import eventually
from tests.world import World, all_words, says


async def order(world: World, shopper: str, store: str = "downtown") -> None:
    await world.webshop.place_order(store, shopper=shopper, items=[("Ginger Mints", 1)])
    await world.in_pos(shopper.title(), store=store)


def told(world: World, person: str) -> list[Message]:
    return world.slack.messages(world.slack.direct_messages(person))


async def held(world: World, times: int = 1) -> None:
    """Until so many cards wait for an owner."""
    assert world.bot is not None
    database, rows = world.bot.database, deliveries.table.c

    async def are_held() -> bool:
        query = select(func.count()).where(rows.problem == HELD, rows.kind == "card")
        async with database.read() as tx:
            return (await tx.connection.execute(query)).scalar() == times

    await eventually(are_held, lambda: f"{times} cards that wait")


def later(bot: Bot, *, hours: float) -> None:
    """From now on the bot's clock is that far ahead."""
    bot.desk.now = lambda: datetime.now(UTC) + timedelta(hours=hours)


def watch_of(bot: Bot) -> ChannelWatch:
    return ChannelWatch(Office(bot.desk, bot.workspaces))


def slack_does_not_answer(world: World) -> None:
    world.slack.wire.add(Fault("rate_limited", path="/api/conversations.info", times=None, seconds=1))


@pytest.fixture
def no_scope(sandbox: Sandbox) -> Iterator[None]:
    """The app may not look at private channels."""
    sandbox.slack.switches.withheld_scopes = ("groups:read",)
    yield
    sandbox.slack.switches.withheld_scopes = ()


async def test_orders_for_a_public_channel_wait_for_an_owner_and_are_posted_once(any_world: World) -> None:
    world = any_world
    world.slack.make_private(world.channel, private=False)
    await world.start_bot()
    asked = await world.asked_to_sign_off()
    assert "everybody in the workspace can read it" in all_words(asked)
    await order(world, "jonah")
    await order(world, "maya")
    await held(world, 2)
    assert world.slack.messages(world.channel) == []
    await world.press(world.owner, asked, "sign_off_channel")
    modal = await world.modal(world.owner)
    assert "Why it matters" in str(modal["blocks"])
    await world.submit(world.owner, {"why": "We are three people, call 303-555-0100"})
    await world.told_privately(world.owner, "Signed off")
    await world.card("Jonah R.")
    await world.card("Maya A.")
    assert len(world.cards()) == 2
    assert world.bot is not None
    async with world.bot.database.read() as tx:
        (deed,) = await audit.about(tx, world.channel)
    assert (deed.who, deed.action, deed.store_key) == (world.owner, "sign_off_channel", "downtown")
    assert deed.reason == "public, We are three people, call …"
    await world.press(world.owner, asked, "sign_off_channel")
    await world.told_privately(world.owner, "Nothing has to be signed off")


async def test_only_owners_may_sign_off_and_a_manager_is_told_whom_to_ask(world: World) -> None:
    world.slack.make_private(world.channel, private=False)
    await world.start_bot()
    asked = await world.asked_to_sign_off()
    await world.until(lambda: told(world, world.manager), "the manager's notice")
    (known,) = told(world, world.manager)
    assert says(known, "Or ask", f"<@{world.owner}>", "Make it private")
    assert "sign off…" not in all_words(known)
    assert told(world, world.budtender) == []
    payload = {
        "type": "block_actions",
        "user": {"id": world.manager},
        "team": {"id": "T1"},
        "channel": {"id": world.slack.direct_messages(world.manager)},
        "container": {"type": "message", "message_ts": asked.ts},
        "trigger_id": "1.2.3",
        "actions": [{"type": "button", "action_id": "sign_off_channel", "value": "downtown"}],
    }
    assert (await world.slack.delivery.send("interactive", payload)).ok
    await world.told_privately(world.manager, "that takes an owner")


async def test_a_channel_that_is_made_private_again_gets_its_orders_without_a_signature(world: World) -> None:
    world.slack.make_private(world.channel, private=False)
    bot = await world.start_bot()
    await world.asked_to_sign_off()
    await order(world, "jonah")
    await held(world)
    world.slack.make_private(world.channel)
    later(bot, hours=25)
    await watch_of(bot)()
    await world.card("Jonah R.")


async def test_a_guest_who_joins_a_signed_off_channel_is_asked_about_anew(world: World) -> None:
    await world.start_bot()
    await order(world, "jonah")
    card = await world.card("Jonah R.")
    await world.slack.join(world.guest, world.channel)
    asked = await world.asked_to_sign_off()
    assert f"<@{world.guest}>" in all_words(asked)
    await order(world, "maya")
    await held(world)
    # What is there already keeps telling the truth.
    world.flowhub.operator.start((await world.in_pos("Jonah")).order_id)
    await world.card("Jonah R.", "In progress")
    assert [one.ts for one in world.cards()] == [card.ts]
    await world.sign_off()
    await world.card("Maya A.")
    other = world.slack.add_person("Nils Ode", role="single_channel_guest")
    await world.slack.join(other, world.channel)
    asked = await world.asked_to_sign_off(after=1)
    assert f"<@{other}>" in all_words(asked)
    assert f"<@{world.guest}>" not in all_words(asked)
    await order(world, "priya")
    await held(world)
    await world.slack.leave(other, world.channel)
    await world.card("Priya N.")


async def test_our_own_people_come_and_go_without_a_question(world: World) -> None:
    await world.start_bot()
    new = world.slack.add_person("Nina Park")
    await world.slack.join(new, world.channel)
    await world.slack.leave(new, world.channel)
    await order(world, "jonah")
    await world.card("Jonah R.")
    assert told(world, world.owner) == []


async def test_a_channel_that_gets_shared_holds_its_orders_until_the_sharing_ends(world: World) -> None:
    await world.start_bot()
    await order(world, "jonah")
    await world.card("Jonah R.")
    await world.slack.share(world.channel, "T0OTHERCO")
    asked = await world.asked_to_sign_off()
    assert "1 other workspace by Slack Connect" in all_words(asked)
    await order(world, "maya")
    await held(world)
    await world.slack.unshare(world.channel, "T0OTHERCO")
    await world.card("Maya A.")


async def test_somebody_of_another_workspace_counts_as_a_guest_and_may_do_nothing(world: World) -> None:
    await world.start_bot()
    await order(world, "jonah")
    card = await world.card("Jonah R.")
    stranger = world.slack.add_person("Otto Vale", role="admin", team="T0OTHERCO")
    await world.slack.join(stranger, world.channel)
    asked = await world.asked_to_sign_off()
    assert f"<@{stranger}>" in all_words(asked)
    await world.press(stranger, card, "claim_order")
    await world.told_privately(stranger, "guests and people of other workspaces can't")


async def test_an_invitation_to_share_is_found_by_the_daily_look(world: World) -> None:
    bot = await world.start_bot()
    await order(world, "jonah")
    await world.card("Jonah R.")
    watch = watch_of(bot)
    await watch()
    world.slack.invite_workspace(world.channel, "T0OTHERCO")
    await watch()
    assert told(world, world.owner) == []
    later(bot, hours=25)
    await watch()
    await world.asked_to_sign_off()
    await watch()
    assert len(told(world, world.owner)) == 1
    later(bot, hours=50)
    await watch()
    await world.asked_to_sign_off(after=1)


async def test_what_happened_while_the_bot_was_stopped_is_found_at_start(world: World) -> None:
    await world.start_bot()
    await order(world, "jonah")
    await world.card("Jonah R.")
    await world.stop_bot()
    world.sandbox.slack.channel(world.channel).members.append(world.guest)
    await world.start_bot()
    await world.asked_to_sign_off()


async def test_a_modal_that_was_opened_before_another_guest_came_signs_nothing_off(world: World) -> None:
    await world.start_bot()
    await world.slack.join(world.guest, world.channel)
    asked = await world.asked_to_sign_off()
    await world.press(world.owner, asked, "sign_off_channel")
    await world.modal(world.owner)
    other = world.slack.add_person("Nils Ode", role="guest")
    await world.slack.join(other, world.channel)
    await world.asked_to_sign_off(after=1)
    await world.submit(world.owner, {})
    await world.told_privately(world.owner, "has changed in the meantime")
    await order(world, "jonah")
    await held(world)


@pytest.mark.parametrize("trouble", ["no answer", "no scope"])
async def test_a_store_that_was_fine_goes_on_when_slack_can_not_be_asked(
    world: World, trouble: str, request: pytest.FixtureRequest
) -> None:
    bot = await world.start_bot()
    await order(world, "jonah")
    await world.card("Jonah R.")
    if trouble == "no scope":
        request.getfixturevalue("no_scope")
    else:
        slack_does_not_answer(world)
    later(bot, hours=25)
    await watch_of(bot)()
    await order(world, "maya")
    await world.card("Maya A.")


async def test_a_channel_that_nobody_could_look_at_waits_until_slack_answers(world: World) -> None:
    slack_does_not_answer(world)
    await world.start_bot()
    await order(world, "jonah")
    assert world.slack.messages(world.channel) == []
    world.slack.wire.reset()
    await world.card("Jonah R.")


@pytest.mark.usefixtures("no_scope")
async def test_where_the_app_may_not_look_an_owner_is_asked_about_that(world: World) -> None:
    await world.start_bot()
    asked = await world.asked_to_sign_off()
    assert "a scope is missing" in all_words(asked)
    await order(world, "jonah")
    await held(world)
    await world.sign_off()
    await world.card("Jonah R.")


async def test_what_an_event_says_counts_until_slack_can_be_asked(world: World) -> None:
    await world.start_bot()
    await order(world, "jonah")
    await world.card("Jonah R.")
    slack_does_not_answer(world)
    await world.slack.share(world.channel, "T0OTHERCO")
    asked = await world.asked_to_sign_off()
    assert "1 other workspace by Slack Connect" in all_words(asked)
    await order(world, "maya")
    await held(world)
    world.slack.wire.reset()
    await world.slack.unshare(world.channel, "T0OTHERCO")
    await world.card("Maya A.")


async def test_a_look_that_took_long_does_not_cover_up_what_was_seen_meanwhile(any_world: World) -> None:
    world, wire = any_world, any_world.slack.wire
    # Slack has told the first look whom the channel is shared with, and takes its time to tell who is in it.
    wire.add(Fault("delay", path="/api/conversations.members", seconds=6))
    await world.start_bot()

    async def waits() -> bool:
        return not wire.faults

    async def has_answered() -> bool:
        return any(entry.fault for entry in wire.entries)

    await eventually(waits, lambda: "a look that waits for Slack")
    await world.slack.share(world.channel, "T0OTHERCO")
    await world.asked_to_sign_off()
    assert not await has_answered(), "the story needs the first look to end last"
    await eventually(has_answered, lambda: "the slow answer")
    await order(world, "maya")
    await held(world)
