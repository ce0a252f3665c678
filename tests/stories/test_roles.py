"""Owners give roles, and from then on everybody's acts obey them; guests are refused everywhere; every act is kept."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest

from bot.sandbox import Sandbox
from bot.sandbox.slack import Message
from bot.store import audit
from tests.world import World, all_words

MANAGERS_ONLY = {"stores": lambda book: [one.update(reveal_for_managers_only=True) for one in book["stores"].values()]}


async def typed(world: World, person: str, command: str, text: str = "", *, channel: str = "") -> str:
    """What a person is told after a command."""
    before = len(world.slack.ephemerals(person))
    answer = await world.slack.command(person, channel or world.channel, command, text)
    assert answer.ok, answer.failure
    told = await world.slack.await_until(lambda: world.slack.ephemerals(person)[before:], world.patience, "an answer")
    return all_words(told[0])


async def pressed(world: World, person: str, card: Message, action_id: str) -> str:
    before = len(world.slack.ephemerals(person))
    await world.press(person, card, action_id)
    told = await world.slack.await_until(lambda: world.slack.ephemerals(person)[before:], world.patience, "an answer")
    return all_words(told[0])


async def roles_modal(world: World, person: str) -> dict[str, Any]:
    answer = await world.slack.command(person, world.channel, "/flowhub", "roles")
    assert answer.ok, answer.failure

    def shown() -> dict[str, Any] | None:
        return next((view for view in world.slack.open_views(person) if view["callback_id"] == "give_role"), None)

    return await world.slack.await_until(shown, world.patience, "the roles")


async def given(world: World, giver: str, role: str, *, store: str = "everywhere", **who: str) -> str:
    """What the modal says after a role was given to `person=` or `group=`."""
    view = await roles_modal(world, giver)
    answer = await world.slack.submit(giver, str(view["id"]), {"store": store, "role": role, **who})
    if answer.errors:
        return " ".join(answer.errors.values())
    assert answer.ok, answer.failure
    (shown,) = [one for one in world.slack.open_views(giver) if one["id"] == view["id"]]
    words = "\n".join(block["text"]["text"] for block in shown["blocks"] if block["type"] == "section")
    await world.slack.close_view(giver, str(view["id"]))
    return words


async def a_card(world: World, shopper: str = "jonah") -> Message:
    await world.webshop.place_order("downtown", shopper=shopper, items=[("Ginger Mints", 1)])
    await world.in_pos(shopper.title())
    return await world.card("somebody claims it")


@pytest.fixture
def crew(sandbox: Sandbox) -> Iterator[list[str]]:
    """Who is in the user group."""
    members: list[str] = sandbox.slack.workspace.user_groups[sandbox.crew]["users"]
    before = [*members]
    yield members
    members[:] = before


async def test_a_role_is_given_for_one_store_and_taken_away_again(any_world: World) -> None:
    world = any_world
    await world.start_bot(**MANAGERS_ONLY)
    card = await a_card(world)
    refused = await pressed(world, world.budtender, card, "reveal_contact")
    assert "that takes a manager" in refused
    assert f"Ask <@{world.manager}> or an owner of this workspace." in refused
    told = await given(world, world.owner, "MANAGER", store="downtown", person=world.budtender)
    assert f"<@{world.budtender}> is *manager* at Downtown from now on" in told
    await world.press(world.budtender, card, "reveal_contact")
    await world.submit(world.budtender, {"reason": "Delivery"})
    await world.told_privately(world.budtender, "Contact details")
    told = await given(world, world.owner, "take_away", store="downtown", person=world.budtender)
    assert "no more that was given here" in told
    assert "that takes a manager" in await pressed(world, world.budtender, card, "reveal_contact")
    told = await given(world, world.owner, "take_away", store="downtown", person=world.budtender)
    assert "They were given no role there" in told


async def test_a_group_lifts_those_who_are_in_it(world: World, crew: list[str]) -> None:
    crew[:] = [world.budtender]
    await world.start_bot(**MANAGERS_ONLY)
    card = await a_card(world)
    await given(world, world.owner, "MANAGER", group=world.sandbox.crew)
    await world.press(world.budtender, card, "reveal_contact")
    await world.submit(world.budtender, {"reason": "Delivery"})
    await world.told_privately(world.budtender, "Contact details")
    other = world.slack.add_person("Nina Park")
    await world.slack.join(other, world.channel)
    refused = await pressed(world, other, card, "reveal_contact")
    assert f"<!subteam^{world.sandbox.crew}>" in refused


async def test_no_access_takes_everything_and_the_board_too(world: World) -> None:
    await world.start_bot()
    card = await a_card(world)
    await given(world, world.owner, "GUEST", person=world.budtender)
    assert "You may not claim orders at Downtown" in await pressed(world, world.budtender, card, "claim_order")
    assert "You may not look at orders" in await typed(world, world.budtender, "/orders")
    await world.slack.open_home(world.budtender)
    home = await world.slack.await_until(lambda: world.slack.home(world.budtender), world.patience, "a board")
    assert "No order desk yet" in str(home)


async def test_a_role_lowers_slacks_own_owner_and_nobody_lowers_themselves(world: World) -> None:
    await world.start_bot()
    assert "You can't lower your own role" in await given(world, world.owner, "STAFF", person=world.owner)
    await given(world, world.owner, "OWNER", person=world.manager)
    await given(world, world.manager, "STAFF", person=world.owner)
    refused = await typed(world, world.owner, "/flowhub", "audit")
    assert "that takes an owner" in refused
    assert f"<@{world.manager}>" in refused
    assert "gave a role" in await typed(world, world.manager, "/flowhub", "audit")


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, "Choose a person or a user group"),
        ({"person": "budtender", "group": "crew"}, "Choose either a person or a user group"),
        ({"person": "guest"}, "Guests, bots and people of other workspaces"),
        ({"group": "crew", "role": "GUEST"}, "A user group can only be given something"),
    ],
)
async def test_what_can_not_be_given_is_said_under_its_field(world: World, values: dict[str, str], words: str) -> None:
    await world.start_bot()
    named = {"budtender": world.budtender, "guest": world.guest, "crew": world.sandbox.crew}
    chosen = {field: named.get(value, value) for field, value in values.items()}
    assert words in await given(world, world.owner, chosen.pop("role", "LEAD"), **chosen)


async def test_an_owner_of_one_store_gives_roles_there_and_nowhere_else(world: World) -> None:
    await world.start_bot()
    await given(world, world.owner, "OWNER", store="uptown", person=world.budtender)
    view = await roles_modal(world, world.budtender)
    (menu,) = [block["element"] for block in view["blocks"] if block.get("block_id") == "store"]
    assert [option["value"] for option in menu["options"]] == ["uptown"]
    assert "that takes an owner" in await typed(world, world.budtender, "/flowhub", "audit")


@pytest.mark.parametrize("who", ["budtender", "manager"])
@pytest.mark.parametrize("verb", ["roles", "audit"])
async def test_only_owners_see_roles_and_the_audit_log(world: World, who: str, verb: str) -> None:
    await world.start_bot()
    told = ""
    if verb == "audit":
        told = await typed(world, getattr(world, who), "/flowhub", verb)
    else:
        await world.slack.command(getattr(world, who), world.channel, "/flowhub", verb)
        await world.until(lambda: world.slack.open_views(getattr(world, who)) or _said(world, who), "an answer")
        told = _said(world, who)
    assert "that takes an owner. Ask an owner of this workspace" in told


def _said(world: World, who: str) -> str:
    return "\n".join(map(all_words, world.slack.ephemerals(getattr(world, who))))


async def test_every_act_of_a_person_is_one_row(world: World) -> None:
    await world.start_bot()
    card = await a_card(world)
    key = str((card.metadata or {})["event_payload"]["order_key"])
    await world.press(world.budtender, card, "claim_order")
    card = await world.card("Who has it*\nImani")
    await typed(world, world.manager, "/orders", "show A01")
    await world.press(world.manager, card, "release_order")
    await world.card("Nobody yet")
    await world.press(world.budtender, card, "reveal_contact")
    await world.submit(world.budtender, {"reason": "Delivery", "more": "call +1 303 555 0101, j@example.com"})
    await world.told_privately(world.budtender, "Contact details")
    await typed(world, world.manager, "/orders", "cancel A01 customer")
    assert world.bot is not None
    async with world.bot.database.read() as tx:
        deeds = await audit.about(tx, key)
        verdict = await audit.verify(tx)
    assert [(deed.who, deed.action) for deed in deeds] == [
        (world.budtender, "claim_order"),
        (world.manager, "find_order"),
        (world.manager, "release_order"),
        (world.budtender, "reveal_contact"),
        (world.manager, "ask_to_cancel"),
    ]
    assert {deed.store_key for deed in deeds} == {"downtown"}
    assert deeds[3].reason == "Delivery: call …, …"
    assert (verdict.entries, verdict.broken) == (5, "")
    told = await typed(world, world.owner, "/flowhub", "audit")
    assert told.index("asked to cancel an order") < told.index("claimed an order")


ASKS = ("", "list", "show A01", "cancel A01 customer")
FLOWHUB = (
    "",
    "help",
    "nonsense",
    "connect",
    "disconnect",
    "resume",
    "rotate",
    "webshop",
    "status",
    "doctor",
    "roles",
    "audit",
)
CARD = ("claim_order", "reveal_contact", "ask_to_cancel")


async def test_guests_and_strangers_are_refused_everywhere(world: World) -> None:
    await world.start_bot()
    card = await a_card(world)
    stranger = world.slack.add_person("Otto Vale", role="owner", team="T0OTHERCO")
    await world.slack.join(stranger, world.channel)
    await world.asked_to_sign_off()
    await world.sign_off()
    await world.told_privately(world.owner, "Signed off")
    await world.let_in_guest()
    for outsider in (world.guest, stranger):
        for text in ASKS:
            assert "guests and people of other workspaces can't" in await typed(world, outsider, "/orders", text)
        for action_id in CARD:
            assert "guests and people of other workspaces can't" in await pressed(world, outsider, card, action_id)
        assert world.slack.open_views(outsider) == []
        await world.slack.open_home(outsider)
        home = await world.slack.await_until(partial(world.slack.home, outsider), world.patience, "a board")
        assert "No order desk yet" in str(home)
        assert "Jonah" not in str(home)
        for text in FLOWHUB:
            told = await refused_somehow(world, outsider, "/flowhub", text)
            assert "guests and people of other workspaces can't" in told, text
        elsewhere = await typed(world, outsider, "/orders", "help", channel=world.channel)
        assert "Order desks are in" not in elsewhere
        for shortcut in ("find_order", "order_history"):
            assert "You may not look at orders" in await refused_shortcut(world, outsider, card, shortcut)


async def refused_shortcut(world: World, person: str, card: Message, shortcut: str) -> str:
    for view in world.slack.open_views(person):
        await world.slack.close_view(person, str(view["id"]))
    if shortcut == "find_order":
        assert (await world.slack.global_shortcut(person, shortcut)).ok
    else:
        assert (await world.slack.message_shortcut(person, world.channel, card.ts, shortcut)).ok
    return str(await world.modal(person))


async def refused_somehow(world: World, person: str, command: str, text: str) -> str:
    """What somebody is told, in a message or in a modal."""
    before, views = len(world.slack.ephemerals(person)), len(world.slack.open_views(person))
    answer = await world.slack.command(person, world.channel, command, text)
    assert answer.ok, answer.failure

    def told() -> str:
        words = "\n".join(map(all_words, world.slack.ephemerals(person)[before:]))
        return words + "".join(str(view["blocks"]) for view in world.slack.open_views(person)[views:])

    await world.until(lambda: "You may not" in told(), f"a refusal of {text}")
    return told()
