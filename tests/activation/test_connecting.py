"""/flowhub connect, from the two pairs to the first card."""

from tests.activation.desk_clerk import Clerk, fields_of, words_of
from tests.world import all_words


async def test_a_first_store_is_connected_and_its_first_order_becomes_a_card(any_clerk: Clerk) -> None:
    clerk = any_clerk
    await clerk.open()
    await clerk.types("connect")
    view = await clerk.sees("two pairs")
    assert fields_of(view) == ["client_id", "key"]
    assert await clerk.sends(view, clerk.account_values()) == {}
    view = await clerk.sees("works: 4 locations")
    leafly = clerk.sandbox.shop.store("uptown").leafly_key
    values = clerk.store_values(leafly_key=leafly, closes="21:00", mention=clerk.sandbox.crew)
    assert await clerk.sends(view, values) == {}
    await clerk.sees("Uptown is connected")
    uptown = clerk.sandbox.channels["uptown"]
    welcome = await clerk.said("Uptown is connected", channel=uptown)
    for line in ("Account key", "Order Ahead token", "items are in stock", "Postbacks", "may post", "Leafly knows"):
        assert line in all_words(welcome)
    clerk.leafly.place_order("uptown", shopper="tessa", items=[("Ginger Mints", 2)])
    await clerk.card("Tessa O.", "Claim", channel=uptown)
    assert (await clerk.in_pos("Tessa")).store.key == "uptown"


async def test_a_second_store_of_a_known_account_asks_only_what_is_new(clerk: Clerk) -> None:
    await clerk.open("downtown")
    await clerk.types("connect")
    view = await clerk.sees("The account of Downtown is known")
    assert not {"client_id", "key"} & set(fields_of(view))
    assert await clerk.sends(view, clerk.store_values()) == {}
    await clerk.sees("Uptown is connected")
    assert clerk.sandbox.shop.key not in words_of(view)


async def test_what_no_api_tells_is_asked_of_a_person_and_stays_answered(clerk: Clerk) -> None:
    await clerk.open("downtown")
    key = await clerk.connects("uptown")
    uptown = clerk.sandbox.channels["uptown"]
    card = await clerk.said("Order Ahead enabled", "No API can tell", channel=uptown)
    await clerk.press(clerk.owner, card, "order_ahead_is_on")
    await clerk.said("Order Ahead enabled", "Somebody checked it", channel=uptown)
    assert (await clerk.known(key)).enabled_at is not None
    clerk.flowhub.switches.order_ahead_enabled = False
    await clerk.press(clerk.budtender, card, "check_again")
    assert len([one for one in clerk.slack.messages(uptown) if "Order Ahead enabled" in all_words(one)]) == 1
