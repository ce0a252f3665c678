"""/flowhub webshop: a store that was connected from Slack takes the orders of its own web shop, and tells it of them."""

from bot.sandbox.webshop import WebOrder
from tests.activation.desk_clerk import Clerk, words_of


async def ordered(clerk: Clerk, shopper: str) -> WebOrder:
    return await clerk.webshop.place_order("uptown", shopper=shopper, items=[("Ginger Mints", 1)])


async def test_its_orders_come_signed_and_it_hears_of_them_until_there_is_a_new_secret(any_clerk: Clerk) -> None:
    clerk, shop = any_clerk, any_clerk.webshop
    bot = await clerk.open("downtown")
    key = shop.known_as["uptown"] = await clerk.connects("uptown")
    assert (await ordered(clerk, "maya")).status == 401
    await clerk.types("webshop")
    view = await clerk.asked("url")
    assert f"{bot.desk.public_url}/orders?store={key}" in words_of(view)
    errors = await clerk.sends(view, {"url": "ftp://shop.example", "secret": "whsec_short"})
    assert errors.keys() == {"url", "secret"}
    assert (await ordered(clerk, "maya")).status == 401

    hooks = f"{clerk.sandbox.urls['webshop']}/hooks/orders"
    assert await clerk.sends(await clerk.asked("url"), {"url": hooks, "secret": shop.hooks_secret}) == {}
    shown = words_of(await clerk.sees("is set up"))
    assert shop.hooks_secret not in shown
    shop.orders_secrets["uptown"] = shop.hooks_secret
    taken = await ordered(clerk, "maya")
    assert taken.status == 200
    await clerk.card("Maya A.", channel=clerk.sandbox.channels["uptown"])
    await shop.until(lambda: bool(shop.told_of(taken.order_id)), timeout=clerk.patience)

    await clerk.types("webshop")
    view = await clerk.asked("anew")
    assert shop.hooks_secret not in str(view)
    assert await clerk.sends(view, {"anew": ["anew"], "url": hooks}) == {}
    made = words_of(await clerk.sees("never again")).partition("```")[2].partition("```")[0]
    assert (await ordered(clerk, "luis")).status == 401
    shop.orders_secrets["uptown"] = made
    assert (await ordered(clerk, "luis")).status == 200


async def test_a_store_of_the_settings_file_is_changed_there_and_staff_may_not(clerk: Clerk) -> None:
    await clerk.open("downtown")
    channel = clerk.sandbox.channels["downtown"]
    await clerk.types("webshop", channel=channel)
    assert "put storefront_secret and storefront_webhook_url there" in await clerk.told("settings file")
    await clerk.types("webshop", person=clerk.budtender, channel=channel)
    assert "takes a manager" in await clerk.told("set up a web shop", person=clerk.budtender)
