"""The inspector: every request between the bot and the stand-ins, without anything that is secret."""

import re

from playwright.async_api import Locator, expect

from bot.sandbox.sandbox import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET
from tests.browser.pages import Console, Desk, Visits

TYPED = "her brother fetches it"


async def test_every_request_can_be_looked_into_and_filtered(desk: Desk, visits: Visits) -> None:
    console = await visits.open(desk.page)
    await console.order("Place an order on Leafly")
    await expect(console.card("Maya A.", "Claim")).to_be_visible()
    await console.world.get_by_role("tab", name="Wire").click()
    lines = console.world.locator(".wire-line")
    # The page keeps the newest lines only: what is looked for here happened after the order was placed.
    await expect(lines.filter(has_text="chat.postMessage").first).to_be_visible()
    await console.world.get_by_role("button", name="leafly", exact=True).click()
    await expect(lines.filter(has_text="chat.postMessage")).to_have_count(0)
    await expect(lines.filter(has_text="/acknowledge")).to_contain_text("204")
    await console.world.get_by_role("button", name="flowhub", exact=True).click()
    await expect(lines.filter(has_text="/acknowledge")).to_have_count(0)
    created = await opened(lines.filter(has_text="/order-ahead/v0/create"))
    assert "externalId" in created


async def test_the_inspector_shows_no_secret_and_nothing_that_was_typed(desk: Desk, visits: Visits) -> None:
    console = await visits.open(desk.page)
    await everything_secret_crosses_the_wire(console)
    await console.world.get_by_role("tab", name="Wire").click()
    await expect(console.world.locator(".wire-line").filter(has_text="/hooks/orders").first).to_be_visible()
    await expect(console.world.locator(".wire-line").filter(has_text="chat.postEphemeral").first).to_be_visible()
    shown = await everything_on_the_wire(console)
    assert "•••" in shown
    assert '"reveal_contact"' in shown
    for secret in (BOT_TOKEN, APP_TOKEN, SIGNING_SECRET, TYPED, *secrets_of(desk)):
        assert secret not in shown
    assert re.search(r"ticket=(?!•••)", shown) is None
    assert re.search(r"/flowhub/postback/downtown/\w+/(?!•••)", shown) is None
    assert re.search(r"/(commands|actions)/T\w+/\d+/(?!•••)", shown) is None


async def test_a_token_in_a_form_or_an_address_is_masked(desk: Desk, visits: Visits) -> None:
    """Slack's clients may send their token in either; ours does not, somebody else's may."""
    console = await visits.open(desk.page)
    await console.page.request.post(f"{desk.page}api/auth.test?token={BOT_TOKEN}", form={"token": BOT_TOKEN})
    await console.page.request.post(f"{desk.page}api/auth.test", multipart={"token": BOT_TOKEN})
    await console.world.get_by_role("tab", name="Wire").click()
    await expect(console.world.locator(".wire-line").filter(has_text="token=•••")).to_be_visible()
    assert BOT_TOKEN not in await everything_on_the_wire(console)


async def everything_secret_crosses_the_wire(console: Console) -> None:
    await console.order("Place an order on the web shop")
    await console.order("Place an order on Leafly")
    card = console.card("Maya A.")
    await console.press(card, "Reveal contact")
    await console.choose("Why do you need them?", "Something is missing")
    await console.modal.get_by_label("Anything to add?").fill(TYPED)
    await console.submit("Show me")
    await expect(console.private("Maya Alvarez")).to_be_visible()
    await console.say("/orders")
    await expect(console.private("2 open orders")).to_be_visible()


def secrets_of(desk: Desk) -> list[str]:
    shop = desk.sandbox.shop
    tokens = [store.order_ahead_token for store in shop.stores]
    return [shop.key, shop.leafly.client_secret, shop.leafly.hmac_key, *shop.web_shop_secrets.values(), *tokens]


async def opened(line: Locator) -> str:
    """What a line of the inspector says when it is opened."""
    await line.first.click()
    await expect(line.first).to_have_attribute("aria-expanded", "true")
    return await line.first.locator("xpath=..").inner_text()


async def everything_on_the_wire(console: Console) -> str:
    """The inspector's text with each line opened that is there now; the newest stands first."""
    lines = console.world.locator(".wire-list > li")
    for number in await lines.evaluate_all("nodes => nodes.map((node) => node.dataset.n)"):
        await console.world.locator(f'li[data-n="{number}"] .wire-line').click()
    return await console.world.inner_text()
