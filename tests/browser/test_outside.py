"""The panel beside Slack: playing the shopper, the cashier and the weather."""

from playwright.async_api import expect

from tests.browser.pages import Console, Desk, Visits


async def test_a_shopper_orders_at_each_source_and_the_card_says_where(desk: Desk, visits: Visits) -> None:
    desk.flowhub.switches.open_orders_visible = True
    console = await visits.open(desk.page)
    await console.go_to("riverside-orders")
    for button, source, name, shown in (
        ("Place an order on Leafly", "Leafly #", "Maya Alvarez", "Maya A."),
        ("Place an order on the web shop", "Web shop #", "Jonah Reed", "Jonah R."),
        ("Place an order straight in the POS", "Point of sale #", "Priya Natarajan", "Priya N."),
    ):
        await console.order(button, store="Riverside")
        await expect(console.fact(console.card(shown), "From")).to_contain_text(source)
        await expect(console.world.get_by_role("listitem").filter(has_text=name)).to_contain_text("Riverside")
    await expect(console.card("Maya A.")).to_contain_text("2 × Huckleberry Gummies")


async def test_the_cashier_takes_an_order_through_the_columns(desk: Desk, visits: Visits) -> None:
    console = await visits.open(desk.page)
    await console.order("Place an order on Leafly")
    card = console.card("Maya A.")
    for step, column, state in (("Start", "In progress", "In progress"), ("Ready", "Ready", "Ready")):
        await console.cashier(step, "Maya Alvarez")
        await expect(console.world.locator(".pos-column", has_text=column).get_by_text("Maya Alvarez")).to_be_visible()
        await expect(card).to_contain_text(state)
    await console.cashier("Sell", "Maya Alvarez")
    await expect(card).to_contain_text("Picked up")
    await expect(console.world.get_by_role("listitem")).to_have_count(0)


async def test_a_menu_stays_open_while_orders_grow_older(desk: Desk, visits: Visits) -> None:
    console = await visits.open(desk.page)
    await console.order("Place an order on Leafly")
    order = console.world.get_by_role("listitem").filter(has_text="Maya Alvarez")
    menu = await console.world.get_by_label("Store").element_handle()
    before = await order.inner_text()
    await expect(order).not_to_have_text(before, use_inner_text=True)
    assert menu is not None
    assert await menu.evaluate("(node) => node.isConnected")


async def test_a_lost_postback_costs_seconds_and_no_more(desk: Desk, visits: Visits) -> None:
    console = await visits.open(desk.page)
    await turn(console, "Postbacks get lost", on=True)
    await console.order("Place an order on Leafly")
    await console.cashier("Start", "Maya Alvarez")
    await expect(console.card("Maya A.", "In progress")).to_be_visible()
    assert desk.flowhub.postbacks.sent == []


async def test_an_order_waits_for_flowhub_and_gets_there(desk: Desk, visits: Visits) -> None:
    console = await visits.open(desk.page)
    await turn(console, "Flowhub is down", on=True)
    await console.order("Place an order on Leafly")
    card = console.card("Maya A.")
    await expect(card).to_contain_text("Sending to Flowhub")
    await expect(console.world.get_by_role("listitem")).to_have_count(0)
    await turn(console, "Flowhub is down", on=False)
    await expect(console.world.get_by_role("listitem")).to_contain_text("Maya Alvarez")
    await expect(card).to_contain_text("New")
    await expect(card).not_to_contain_text("Sending to Flowhub")


async def test_a_rate_limited_slack_gets_the_card_when_the_weather_clears(desk: Desk, visits: Visits) -> None:
    console = await visits.open(desk.page)
    await turn(console, "Slack is rate limiting", on=True)
    await console.order("Place an order on Leafly")
    await expect(console.world.get_by_text("Maya Alvarez")).to_be_visible()
    await expect(console.card("Maya A.")).to_have_count(0)
    await turn(console, "Slack is rate limiting", on=False)
    await expect(console.card("Maya A.")).to_have_count(1)


async def test_what_cannot_be_done_is_said_in_a_sentence(desk: Desk, visits: Visits) -> None:
    """The web shop hears from a bot that is gone."""
    console = await visits.open(desk.page)
    await desk.stop_bot()
    await console.order("Place an order on the web shop")
    await expect(console.page.get_by_role("alert")).to_contain_text("The bot did not take the order")
    # A browser writes every refused request to its console; this one is the only one.
    assert [trouble for trouble in visits.troubles if "status of 422" not in trouble] == []
    visits.troubles.clear()


async def test_without_a_story_the_page_says_what_it_is(desk: Desk, visits: Visits) -> None:
    console = await visits.open(desk.page)
    await expect(console.page.get_by_text("A stand-in for Slack, with the real bot behind it")).to_be_visible()
    await expect(console.world.get_by_role("switch")).to_have_count(3)
    await expect(console.world.get_by_label("Speed of the story")).to_have_count(0)
    await expect(console.story).to_have_count(0)
    await console.world.get_by_role("button", name="Close this panel").click()
    await expect(console.world).to_be_hidden()
    await expect(console.page.get_by_role("button", name="Outside Slack")).to_be_focused()


async def turn(console: Console, weather: str, *, on: bool) -> None:
    switch = console.world.get_by_role("switch").filter(has_text=weather)
    await switch.click()
    await expect(switch).to_have_attribute("aria-checked", str(on).lower())
