"""Connecting a store by hand, in the page, as a manager would do it."""

from playwright.async_api import expect

from bot.demo import Demo
from tests.browser.pages import Visits


async def test_a_manager_connects_the_second_store_and_reads_its_checklist(demo: Demo, visits: Visits) -> None:
    store = demo.sandbox.shop.store("uptown")
    console = await visits.open(f"{demo.page}?as={demo.sandbox.people['Theo Brandt']}")
    await console.go_to("uptown-orders")
    await console.say("/flowhub connect")
    await expect(console.modal).to_contain_text("is known; its key is not asked for again")
    await console.choose("Location", "Uptown")
    await console.modal.get_by_label("Order Ahead Client ID").fill(store.order_ahead_token)
    await console.modal.get_by_label("Order Ahead Token").fill(store.order_ahead_client_id)
    await console.modal.get_by_label("Closes at").fill("21:00")
    await console.choose("Who is called when an order stays late?", "Floor crew")
    await console.submit("Connect")
    await expect(console.modal.get_by_text("the wrong way round")).to_have_count(2)

    await console.modal.get_by_label("Order Ahead Client ID").fill(store.order_ahead_client_id)
    await console.modal.get_by_label("Order Ahead Token").fill(store.order_ahead_token)
    await console.modal.get_by_label("Leafly key").fill(store.leafly_key)
    await console.submit("Connect")
    await expect(console.modal).to_contain_text("Uptown is connected")
    await console.modal.get_by_role("button", name="Done").click()
    card = console.card("Uptown is connected", "Leafly knows the store's key")
    await console.press(card, "It's on")
    await expect(card).to_contain_text("Somebody checked it in Flowhub")

    await console.order("Place an order on Leafly", store="Uptown")
    await expect(console.card("Maya A.")).to_contain_text("2 × Huckleberry Gummies")
    await console.say("/flowhub status")
    await expect(console.private("1 open order")).to_contain_text("from Slack")
