"""The desk without a mouse."""

from playwright.async_api import expect

from tests.browser.pages import Console, Desk, Visits


async def tab_to(console: Console, name: str, *, most: int = 80) -> None:
    """Press Tab until what has the focus is called `name`."""
    for _ in range(most):
        await console.page.keyboard.press("Tab")
        focused = console.page.locator(":focus")
        if await focused.count() and (await focused.inner_text()).strip() == name:
            return
    raise AssertionError(f"{most} times Tab did not lead to “{name}”")


async def test_an_order_is_claimed_with_the_keyboard_alone(desk: Desk, visits: Visits) -> None:
    console = await visits.open(desk.page)
    await tab_to(console, "Leafly")
    await console.page.keyboard.press("Enter")
    card = console.card("Maya A.")
    await expect(card).to_be_visible()
    await console.page.evaluate("document.activeElement.blur()")
    await tab_to(console, "Claim")
    await console.page.keyboard.press("Enter")
    await expect(console.fact(card, "Who has it")).to_contain_text("Rosa")
    # The button changed its name under the finger; the focus is still on it.
    await expect(card.get_by_role("button", name="Release")).to_be_focused()
    await console.page.keyboard.press("Space")
    await expect(console.fact(card, "Who has it")).to_contain_text("Nobody yet")
    await expect(card.get_by_role("button", name="Claim")).to_be_focused()


async def test_a_reason_is_given_with_the_keyboard_alone(desk: Desk, visits: Visits) -> None:
    console = await visits.open(desk.page)
    await console.order("Place an order on Leafly")
    card = console.card("Maya A.")
    await expect(
        card.get_by_role("button", name="Release").or_(card.get_by_role("button", name="Claim"))
    ).to_be_visible()
    await tab_to(console, "Ask to cancel")
    await console.page.keyboard.press("Enter")
    await expect(console.modal.get_by_label("Why?")).to_be_focused()
    await console.page.keyboard.press("ArrowDown")
    await tab_to(console, "Ask to cancel", most=5)
    await console.page.keyboard.press("Enter")
    await expect(console.modal).to_have_count(0)
    await expect(card).to_contain_text("Cancel asked by Rosa")


async def test_another_person_is_chosen_with_the_arrow_keys(desk: Desk, visits: Visits) -> None:
    console = await visits.open(desk.page)
    switch = console.sidebar.get_by_role("button", name="Switch person")
    await switch.focus()
    await console.page.keyboard.press("Enter")
    await expect(console.page.get_by_role("menuitemradio", name="Rosa Delgado")).to_be_focused()
    await console.page.keyboard.press("ArrowDown")
    await console.page.keyboard.press("Enter")
    await expect(console.sidebar.locator(".act-name")).to_have_text("Theo Brandt")
