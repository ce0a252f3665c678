"""What people do in Slack and what they then see, over Socket Mode and over signed HTTP."""

import uuid
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.sandbox import Sandbox
from bot.sandbox.slack import Message
from bot.store import audit
from tests.world import World, all_words


@pytest.fixture(scope="module", params=["socket mode", "signed HTTP"])
async def floor(
    request: pytest.FixtureRequest, _shared_sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[World]:
    """A shop floor with seven orders. Downtown: A01 Luis, A02 Maya, A03 Priya, A04 Jonah, already sold. Uptown: A01 Walt.
    Riverside, where only managers see contact details: A01 Nora, A02 Tessa."""

    def strict(book: dict[str, Any]) -> None:
        book["stores"]["riverside"]["reveal_for_managers_only"] = True

    await _shared_sandbox.reset()
    world = World(_shared_sandbox, f"sqlite:///{tmp_path_factory.mktemp('floor')}/orders.db")
    socket = {"slack_app_token": ""} if request.param == "signed HTTP" else {}
    await world.start_bot(stores=strict, **socket)
    orders = (
        ("downtown", "luis"), ("downtown", "maya"), ("downtown", "priya"), ("downtown", "jonah"),
        ("uptown", "walt"), ("riverside", "nora"), ("riverside", "tessa"),
    )  # fmt: skip
    for store, shopper in orders:
        await world.webshop.place_order(store, shopper=shopper, items=[("Ginger Mints", 1)], note="Blue bag")
        await world.in_pos(shopper.title(), store=store)
    world.flowhub.operator.sell((await world.in_pos("Jonah")).order_id)
    for words, store in (("Nora B.", "riverside"), ("Tessa O.", "riverside"), ("Walt K.", "uptown")):
        await world.card(words, "somebody claims it", channel=_shared_sandbox.channels[store])
    for words in ("Luis M.", "Maya A.", "Priya N."):
        await world.card(words, "somebody claims it")
    await world.card("Jonah R.", "Picked up")
    await world.let_in_guest()
    yield world
    await world.close()
    _shared_sandbox.slack.events_url = None
    await _shared_sandbox.reset()


async def typed(world: World, person: str, text: str, *, channel: str = "") -> str:
    """What a person is told, and nobody else, after `/orders text`."""
    before = len(world.slack.ephemerals(person))
    answer = await world.slack.command(person, channel or world.channel, "/orders", text)
    assert answer.ok, answer.failure
    told = await world.slack.await_until(lambda: world.slack.ephemerals(person)[before:], world.patience, "an answer")
    return all_words(told[0])


async def pressed(world: World, person: str, card: Message, action_id: str) -> str:
    """What a person is told after pressing a button."""
    before = len(world.slack.ephemerals(person))
    await world.press(person, card, action_id)
    told = await world.slack.await_until(lambda: world.slack.ephemerals(person)[before:], world.patience, "an answer")
    return all_words(told[0])


def key_of(card: Message) -> str:
    return str((card.metadata or {})["event_payload"]["order_key"])


async def slipped_in(world: World, person: str, channel: str, action_id: str, key: str) -> str:
    """What a person is told after pressing a button that no card shows any more."""
    before = len(world.slack.ephemerals(person))
    payload = {
        "type": "block_actions",
        "user": {"id": person},
        "team": {"id": "T1"},
        "channel": {"id": channel},
        "container": {"type": "message", "channel_id": channel, "message_ts": "1.2"},
        "trigger_id": "1.2.3",
        "actions": [{"type": "button", "action_id": action_id, "block_id": "order_actions", "value": key}],
    }
    answer = await world.slack.delivery.send("interactive", payload)
    assert answer.ok
    told = await world.slack.await_until(lambda: world.slack.ephemerals(person)[before:], world.patience, "an answer")
    return all_words(told[0])


async def test_the_open_orders_are_listed_as_cashier_groups_them(floor: World) -> None:
    for text in ("", "list", " LIST "):
        told = await typed(floor, floor.budtender, text)
        assert "*A01* · Luis M." in told
        assert "A04" not in told
        assert told.index("*New*") < told.index("*A01*")


@pytest.mark.parametrize(
    "text", ["show A01", "show a1", "SHOW #A-01", "show a 01", "show A0001", "a01", "A 1", "show *A01*", "show `A01`"]
)
async def test_an_order_is_shown_however_its_id_is_typed(floor: World, text: str) -> None:
    told = await typed(floor, floor.budtender, text)
    assert "Luis M." in told
    assert "Blue bag" in told
    assert "Received from Web shop" in told
    assert "Marchetti" not in told


async def test_a_closed_order_is_shown_with_its_whole_history(floor: World) -> None:
    told = await typed(floor, floor.budtender, "show A04")
    assert "Picked up" in told
    assert "Put into Flowhub" in told


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("show", "Which order?"),
        ("show me", "is no order's id"),
        ("show B01", "is no order's id"),
        ("show 💥", "is no order's id"),
        ("show " + "A" * 3000, "is no order's id"),
        ("show <!channel>", "is no order's id"),
        ("show A77", "There is no order *A77* at Downtown. Open now: A01"),
        ("cancel A77", "There is no order *A77*"),
        ("cancel", "Which order?"),
        ("cancel A01 boredom", "“boredom” is no reason I know"),
        ("cancel A04", "A04 is closed already"),
        ("help", "`/orders cancel A01`"),
        ("please", "`/orders show A01`"),
    ],
)
async def test_whatever_is_typed_gets_a_helpful_private_sentence(floor: World, text: str, words: str) -> None:
    told = await typed(floor, floor.budtender, text)
    assert words in told
    assert "<!channel>" not in told
    assert len(told) < 3000


async def test_a_reason_that_could_be_two_is_asked_for_again(floor: World) -> None:
    assert "is no reason I know" in await typed(floor, floor.budtender, "cancel A 01 not")


async def test_another_channel_is_no_order_desk_and_says_where_one_is(floor: World) -> None:
    for text in ("", "show A01", "cancel A01"):
        told = await typed(floor, floor.budtender, text, channel=floor.sandbox.general)
        assert "no order desk" in told
        assert f"<#{floor.channel}>" in told
    assert "in a store's channel" in await typed(floor, floor.budtender, "help", channel=floor.sandbox.general)


@pytest.mark.parametrize("text", ["", "show A01", "cancel A01 customer"])
async def test_guests_may_not_look_or_cancel(floor: World, text: str) -> None:
    told = await typed(floor, floor.guest, text)
    assert told.splitlines()[0].startswith(":lock: You may not")
    assert "Luis" not in told


@pytest.mark.parametrize("action_id", ["claim_order", "reveal_contact", "ask_to_cancel"])
async def test_guests_may_not_press(floor: World, action_id: str) -> None:
    assert ":lock: You may not" in await pressed(floor, floor.guest, await floor.card("Luis M."), action_id)
    assert floor.slack.open_views(floor.guest) == []


async def test_somebody_elses_claim_is_told_in_private_and_anybody_may_release_it(floor: World) -> None:
    card = await floor.card("Maya A.")
    await floor.press(floor.budtender, card, "claim_order")
    claimed = await floor.card("Maya A.", "Who has it*\nImani")
    told = await slipped_in(floor, floor.manager, floor.channel, "claim_order", key_of(card))
    assert "Imani" in told
    assert "has A02 already" in told
    await floor.press(floor.manager, claimed, "release_order")
    await floor.card("Maya A.", "Nobody yet")
    told = await slipped_in(floor, floor.budtender, floor.channel, "release_order", key_of(card))
    assert "Nobody has A02 any more" in told


@pytest.mark.parametrize(
    ("action_id", "words"),
    [
        ("claim_order", "A04 is closed already"),
        ("release_order", "Nobody has A04 any more"),
        ("ask_to_cancel", "A04 is closed already"),
        ("its_there", "A04 has been settled already"),
        ("send_again", "A04 has been settled already"),
        ("post_card_again", "A04 has its card already"),
    ],
)
async def test_a_button_of_an_old_card_says_what_has_become_of_the_order(
    floor: World, action_id: str, words: str
) -> None:
    key = key_of(await floor.card("Jonah R."))
    assert words in await slipped_in(floor, floor.budtender, floor.channel, action_id, key)
    assert floor.flowhub.created_count == 7


@pytest.mark.parametrize("action_id", ["claim_order", "release_order", "reveal_contact", "ask_to_cancel", "its_there"])
async def test_a_button_for_another_stores_order_does_nothing(floor: World, action_id: str) -> None:
    uptown = floor.sandbox.channels["uptown"]
    card = await floor.card("Walt K.", channel=uptown)
    for key in (key_of(card), uuid.uuid4().hex, "", "'; DROP TABLE orders; --"):
        told = await slipped_in(floor, floor.budtender, floor.channel, action_id, key)
        assert "no longer on the desk" in told
    assert "Nobody yet" in all_words(await floor.card("Walt K.", channel=uptown))


async def test_contact_details_are_shown_to_one_person_with_a_reason_that_is_kept(floor: World) -> None:
    card = await floor.card("Priya N.")
    others = [floor.manager, floor.owner, floor.guest]
    before = {person: len(floor.slack.ephemerals(person)) for person in others}
    await floor.press(floor.budtender, card, "reveal_contact")
    await floor.submit(floor.budtender, {"reason": "Something is missing", "more": "the mints"})
    told = all_words(await floor.told_privately(floor.budtender, "+13035550103"))
    assert "Priya Natarajan" in told
    assert "priya.natarajan@example.com" in told
    assert "1994" not in told
    assert {person: len(floor.slack.ephemerals(person)) for person in others} == before
    line = await floor.said("looked at the contact details", "Something is missing")
    assert "Natarajan" not in all_words(line)
    assert "5550103" not in str([all_words(one) for one in floor.slack.messages(floor.channel)])
    assert floor.bot is not None
    async with floor.bot.database.read() as tx:
        (deed,) = [one for one in await audit.about(tx, key_of(card)) if one.action == "reveal_contact"]
    assert (deed.who, deed.reason) == (floor.budtender, "Something is missing: the mints")


async def test_where_only_managers_see_contact_details_others_are_told_so(floor: World) -> None:
    riverside = floor.sandbox.channels["riverside"]
    card = await floor.card("Nora B.", channel=riverside)
    assert "You may not see contact details" in await pressed(floor, floor.budtender, card, "reveal_contact")
    for person in (floor.manager, floor.owner):
        await floor.press(person, card, "reveal_contact")
        await floor.submit(person, {"reason": "Delivery"})
        told = all_words(await floor.told_privately(person, "+13035550108"))
        assert "CO-MED" not in told
        assert "1970" not in told


@pytest.mark.parametrize("callback_id", ["cancel_order", "reveal_contact"])
@pytest.mark.parametrize("chosen", [None, "made up"])
async def test_a_modal_without_a_choice_is_sent_back_with_the_field_named(
    floor: World, callback_id: str, chosen: str | None
) -> None:
    """Slack's own client asks first; this is what happens when another one does not."""
    option = {"selected_option": {"value": chosen} if chosen else None}
    payload = {
        "type": "view_submission",
        "user": {"id": floor.budtender},
        "team": {"id": "T1"},
        "trigger_id": "1.2.3",
        "view": {
            "id": "V1",
            "type": "modal",
            "callback_id": callback_id,
            "private_metadata": f"{key_of(await floor.card('Luis M.'))} {floor.channel}",
            "state": {"values": {"reason": {"choice": option}}},
        },
    }
    answer = await floor.slack.delivery.send("interactive", payload)
    assert answer.payload == {"response_action": "errors", "errors": {"reason": "Please choose a reason."}}
    assert "Cancel asked" not in all_words(await floor.card("Luis M."))


async def test_a_cancel_without_a_reason_asks_for_one_and_with_one_is_asked_once(floor: World) -> None:
    riverside = floor.sandbox.channels["riverside"]
    answer = await floor.slack.command(floor.budtender, riverside, "/orders", "cancel a2")
    assert answer.ok
    view = await floor.modal(floor.budtender)
    assert view["title"]["text"] == "Cancel A02?"
    sent = await floor.slack.submit(floor.budtender, str(view["id"]), {})
    assert not sent.ok
    assert set(sent.errors or {}) == {"reason"}
    await floor.submit(floor.budtender, {"reason": "out_of_stock"})
    await floor.told_privately(floor.budtender, "Asked to cancel *A02*")
    await floor.card("Tessa O.", "Cancel asked by Imani", channel=riverside)
    again = await typed(floor, floor.manager, "cancel A 02 customer", channel=riverside)
    assert "asked to cancel A02 already" in again
