"""The first two minutes of somebody who typed `make demo`: the story beside, and everything else done by hand."""

from playwright.async_api import expect

from bot.demo import Demo
from tests.browser.pages import Console, Visits


async def test_a_newcomer_takes_an_order_from_the_shopper_to_the_proved_cancel(demo: Demo, visits: Visits) -> None:
    console = await visits.open(demo.page)
    await console.order("Place an order on Leafly")
    card = console.card("Maya A.")
    await expect(card).to_contain_text("2 × Huckleberry Gummies")
    await expect(card).to_contain_text("Nobody yet")
    await expect(card).not_to_contain_text("Alvarez")

    await console.press(card, "Claim")
    await expect(card.get_by_role("button", name="Release")).to_be_visible()
    await expect(console.fact(card, "Who has it")).to_contain_text("Rosa")

    await reveals_the_contact(console)
    await asks_to_cancel(console)

    await console.cashier("Delete", "Maya Alvarez")
    await expect(card).to_contain_text("Cancelled")
    await expect(card).to_contain_text("Proved by Flowhub")
    await expect(card.get_by_role("group", name="Actions")).to_have_count(0)
    await expect(console.world.get_by_text("Maya Alvarez")).to_have_count(0)

    await console.open_thread(card)
    for line in ("Received from Leafly.", "Rosa claimed it.", "Rosa asked to cancel it", "shows it as cancelled"):
        await expect(console.thread).to_contain_text(line)


async def reveals_the_contact(console: Console) -> None:
    await console.press(console.card("Maya A.", "Release"), "Reveal contact")
    await console.choose("Why do you need them?", "Something is missing")
    await console.submit("Show me")
    await expect(console.private("Maya Alvarez")).to_contain_text("+13035550101")
    await expect(console.modal).to_have_count(0)


async def asks_to_cancel(console: Console) -> None:
    card = console.card("Maya A.", "Release")
    await console.press(card, "Ask to cancel")
    await console.choose("Why?", "Something is out of stock")
    await console.submit("Ask to cancel")
    await expect(card).to_contain_text("Cancel asked by Rosa")
    await expect(card).to_contain_text("Remove it in Cashier")
    await expect(card).not_to_contain_text("Cancelled")
