"""Axe finds nothing serious on any part of the page, in light and in dark."""

from playwright.async_api import expect

from tests.browser.accessible import nothing_grave
from tests.browser.pages import PHONE, Desk, Visits


async def test_the_channel_its_thread_and_a_modal(desk: Desk, visits: Visits) -> None:
    console = await visits.open(desk.page)
    await console.order("Place an order on Leafly")
    card = console.card("Maya A.")
    await console.press(card, "Claim")
    await console.say("/orders help")
    await expect(console.private("How to use").or_(console.private("lists the open ones"))).to_be_visible()
    await nothing_grave(console, "channel")
    await console.open_thread(card)
    await expect(console.thread).to_contain_text("Rosa claimed it.")
    await nothing_grave(console, "thread")
    await console.press(card, "Ask to cancel")
    await expect(console.modal.get_by_label("Why?")).to_be_focused()
    await nothing_grave(console, "modal")
    await console.submit("Ask to cancel")
    await expect(console.modal.locator(".field-error")).to_be_visible()
    await nothing_grave(console, "modal with an error")


async def test_the_panel_the_inspector_and_the_menus(desk: Desk, visits: Visits) -> None:
    console = await visits.open(desk.page)
    await console.order("Place an order on Leafly")
    await expect(console.world.get_by_text("Maya Alvarez")).to_be_visible()
    await console.world.get_by_role("switch").first.click()
    await expect(console.world.get_by_role("switch").first).to_have_attribute("aria-checked", "true")
    await nothing_grave(console, "world panel")
    await console.world.get_by_role("tab", name="Wire").click()
    await console.world.locator(".wire-line").first.click()
    await nothing_grave(console, "inspector")
    await console.sidebar.get_by_role("button", name="Switch person").click()
    await nothing_grave(console, "act as")
    await console.page.keyboard.press("Escape")
    await console.composer.fill("/")
    await expect(console.page.get_by_role("listbox", name="Suggestions")).to_be_visible()
    await nothing_grave(console, "suggestions")


async def test_the_phone(desk: Desk, visits: Visits) -> None:
    console = await visits.open(desk.page, size=PHONE)
    desk.leafly.place_order("downtown", shopper="maya", items=[("Huckleberry Gummies", 2)])
    await expect(console.card("Maya A.")).to_be_visible()
    await nothing_grave(console, "channel on a phone")
    await console.page.get_by_role("button", name="Open the channel list").click()
    await expect(console.sidebar).to_be_in_viewport(ratio=1)
    await nothing_grave(console, "drawer on a phone")
