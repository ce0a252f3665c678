"""How the page looks: light, dark, and on a phone."""

from playwright.async_api import Page, expect

from tests.browser.pages import PHONE, Desk, Visits, fits

LIGHTNESS = """([least, most]) => {
  const parts = getComputedStyle(document.querySelector("#main")).backgroundColor.match(/\\d+/g).slice(0, 3);
  const lightness = parts.reduce((sum, part) => sum + Number(part), 0) / 3;
  return least <= lightness && lightness <= most;
}"""


async def is_light(page: Page) -> None:
    """Until the ground behind the messages is nearly white."""
    await page.wait_for_function(LIGHTNESS, arg=[220, 255])


async def is_dark(page: Page) -> None:
    await page.wait_for_function(LIGHTNESS, arg=[0, 50])


async def test_the_theme_follows_the_system_until_somebody_chooses(desk: Desk, visits: Visits) -> None:
    light, dark = await visits.open(desk.page), await visits.open(desk.page, dark=True)
    await is_light(light.page)
    await is_dark(dark.page)
    await dark.page.get_by_role("button", name="Light theme").click()
    await is_light(dark.page)
    await dark.page.reload()
    await expect(dark.composer).to_be_visible()
    await is_light(dark.page)
    await expect(dark.page.get_by_role("button", name="Dark theme")).to_be_visible()


async def test_a_card_is_readable_on_a_phone(desk: Desk, visits: Visits) -> None:
    console = await visits.open(desk.page, size=PHONE)
    await console.page.get_by_role("button", name="Outside Slack").click()
    await console.order("Place an order on Leafly")
    await console.world.get_by_role("button", name="Close this panel").click()
    card = console.card("Maya A.")
    await expect(card.get_by_role("button", name="Ask to cancel")).to_be_in_viewport(ratio=1)
    await expect(card.get_by_text("2 × Huckleberry Gummies")).to_be_in_viewport(ratio=1)
    await fits(console)

    await console.press(card, "Claim")
    await console.open_thread(card)
    await expect(console.thread).to_contain_text("Rosa claimed it.")
    await fits(console)
    await console.thread.get_by_role("button", name="Close the thread").click()

    await console.press(card, "Ask to cancel")
    await expect(console.modal.get_by_role("button", name="Ask to cancel")).to_be_in_viewport(ratio=1)
    await fits(console)


async def test_on_a_phone_the_channels_are_in_a_drawer(desk: Desk, visits: Visits) -> None:
    console = await visits.open(desk.page, size=PHONE)
    await expect(console.sidebar).not_to_be_in_viewport()
    menu = console.page.get_by_role("button", name="Open the channel list")
    await menu.click()
    await expect(console.sidebar.get_by_role("link", name="uptown-orders")).to_be_in_viewport(ratio=1)
    await console.page.keyboard.press("Escape")
    await expect(console.sidebar).not_to_be_in_viewport()
    await menu.click()
    await console.go_to("uptown-orders")
    await expect(console.sidebar).not_to_be_in_viewport()
    await fits(console)
