"""The App Home board and the shortcuts, as people see them."""

from typing import Any

from bot.sandbox.slack.workspace import Json
from tests.world import World, all_words, says


def words_of(view: Any) -> str:
    """Every text of a view, one per line."""
    texts = []
    for block in view["blocks"]:
        for part in (block, *block.get("fields", ()), *block.get("elements", ())):
            text = part.get("text")
            texts.append(text["text"] if isinstance(text, dict) else str(text or ""))
    return "\n".join(texts)


async def board(world: World, person: str, *words: str) -> Json:
    """The person's board, as soon as it says all of `words`."""

    def shows() -> Json | None:
        view = world.slack.home(person)
        return view if view and all(word in words_of(view) for word in words) else None

    return await world.slack.await_until(shows, world.patience, f"a board that says {words}")


async def test_the_board_shows_every_store_and_claims_from_there(world: World) -> None:
    await world.start_bot()
    world.leafly.place_order("downtown", shopper="jonah", items=[("Mesa Sunrise Pre-Roll", 3)])
    await world.card("Jonah R.", "Claim")
    await world.slack.open_home(world.budtender)
    view = await board(
        world, world.budtender, "Downtown: 1 open order", "Uptown: 0 open orders", "Jonah R.", "1 arrived"
    )
    answer = await world.slack.press_in_view(world.budtender, view["id"], "claim_order")
    assert answer.ok
    await world.card("Jonah R.", "Imani")
    await board(world, world.budtender, "Imani", "has it")


async def test_a_board_that_was_opened_keeps_itself_up_to_date(world: World) -> None:
    await world.start_bot()
    await world.slack.open_home(world.manager)
    await board(world, world.manager, "Nothing to do")
    world.leafly.place_order("uptown", shopper="walt", items=[("Dark Chocolate Bar", 1)])
    await board(world, world.manager, "Uptown: 1 open order", "Walt K.")


async def test_asking_to_cancel_on_the_board_answers_in_a_modal(world: World) -> None:
    await world.start_bot()
    world.leafly.place_order("downtown", shopper="jonah", items=[("Mesa Sunrise Pre-Roll", 3)])
    await world.card("Jonah R.", "Claim")
    await world.in_pos("Jonah")
    await world.slack.open_home(world.manager)
    view = await board(world, world.manager, "Jonah R.")
    await world.slack.press_in_view(world.manager, view["id"], "ask_to_cancel")
    await world.submit(world.manager, {"reason": "customer"})
    await world.card("Jonah R.", "Remove it in Cashier")
    modal = await world.modal(world.manager)
    assert "Asked to cancel" in words_of(modal)


async def test_a_guest_has_no_board(world: World) -> None:
    await world.start_bot()
    await world.slack.open_home(world.guest)
    await board(world, world.guest, "No order desk yet")


async def test_an_order_is_found_from_anywhere(world: World) -> None:
    await world.start_bot()
    world.leafly.place_order("downtown", shopper="jonah", items=[("Mesa Sunrise Pre-Roll", 3)])
    card = await world.card("Jonah R.", "Claim")
    short_id = card.text.split()[0]
    await world.slack.global_shortcut(world.owner, "find_order")
    view = await world.modal(world.owner)
    refused = await world.slack.submit(world.owner, view["id"], {"short_id": "what?", "store": "downtown"})
    assert refused.errors is not None
    assert "is no order's id" in refused.errors["short_id"]
    await world.slack.submit(world.owner, view["id"], {"short_id": short_id.lower(), "store": "downtown"})

    def found() -> bool:
        views = world.slack.open_views(world.owner)
        return bool(views) and "Jonah R." in words_of(views[-1])

    await world.until(found, "the order in the modal")


async def test_a_cards_history_is_a_shortcut_away(world: World) -> None:
    await world.start_bot()
    world.leafly.place_order("downtown", shopper="jonah", items=[("Mesa Sunrise Pre-Roll", 3)])
    card = await world.card("Jonah R.", "Claim")
    await world.slack.message_shortcut(world.owner, card.channel, card.ts, "order_history")
    view = await world.modal(world.owner)
    assert "Received from" in words_of(view)
    assert says(card, "Jonah R.")
    assert all_words(card)


async def test_the_board_says_when_customers_were_synced_and_how_the_segments_are(any_world: World) -> None:
    world = any_world
    await world.start_bot(sync_every=3600)
    await world.slack.open_home(world.manager)
    await board(world, world.manager, "Customers synced", "No order in the past 60 days", "Spent more than $100")
