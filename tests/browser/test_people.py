"""Several people at the desk: who may do what, who sees what, and what is new for whom."""

from playwright.async_api import expect

from tests.browser.pages import Desk, Visits


async def test_each_person_acts_in_their_own_name_and_a_guest_is_refused_privately(desk: Desk, visits: Visits) -> None:
    console = await visits.open(desk.page)
    await console.order("Place an order on Leafly")
    card = console.card("Maya A.")
    holder = console.fact(card, "Who has it")
    acting = console.sidebar.locator(".act-role")
    for name, work in (("Rosa Delgado", "owner"), ("Theo Brandt", "manager"), ("Imani Cole", "budtender")):
        await console.act_as(name)
        await expect(acting).to_have_text(f"acting as {work}")
        await console.press(card, "Claim")
        await expect(holder).to_contain_text(name.split()[0])
        await console.press(card, "Release")
        await expect(holder).to_contain_text("Nobody yet")
    await desk.let_in_guest()
    await console.act_as("Sam Whitehorse")
    await expect(acting).to_have_text("acting as guest")
    await console.press(card, "Claim")
    await expect(console.private("You may not claim orders at Downtown")).to_be_visible()
    await expect(holder).to_contain_text("Nobody yet")


async def test_what_one_person_is_told_privately_nobody_else_sees(desk: Desk, visits: Visits) -> None:
    rosa, theo = await visits.open(desk.page), await visits.open(f"{desk.page}?as={desk.manager}")
    await expect(theo.sidebar.locator(".act-name")).to_have_text("Theo Brandt")
    await rosa.say("/orders")
    answer = rosa.private("No open orders at Downtown")
    await expect(answer.locator(".only-you")).to_have_text("Only visible to you")
    await rosa.say("Did you see that?")
    await expect(theo.card("Did you see that?", "Rosa Delgado")).to_be_visible()
    await expect(theo.card("No open orders")).to_have_count(0)

    await answer.get_by_role("button", name="Dismiss message").click()
    await expect(answer).to_have_count(0)


async def test_a_channel_that_is_not_looked_at_counts_what_is_new(desk: Desk, visits: Visits) -> None:
    console = await visits.open(desk.page)
    await expect(console.unread("uptown-orders")).to_have_count(0)
    for count, source in enumerate(("Place an order on Leafly", "Place an order on the web shop"), start=1):
        await console.order(source, store="Uptown")
        await expect(console.unread("uptown-orders")).to_have_text(str(count))
    await console.go_to("uptown-orders")
    await expect(console.unread("uptown-orders")).to_have_count(0)
    await expect(console.channel.get_by_role("separator", name="New messages")).to_have_count(0)
    await expect(console.card("Maya A.")).to_be_visible()
    await expect(console.card("Jonah R.")).to_be_visible()

    await console.go_to("downtown-orders")
    await console.order("Place an order on Leafly", store="Uptown")
    await expect(console.unread("uptown-orders")).to_have_text("1")
    await console.go_to("uptown-orders")
    await expect(console.channel.get_by_role("separator", name="New messages")).to_be_visible()


async def test_two_people_press_the_same_button_and_both_are_told_the_truth(desk: Desk, visits: Visits) -> None:
    rosa, theo = await visits.open(desk.page), await visits.open(f"{desk.page}?as={desk.manager}")
    await rosa.order("Place an order on Leafly")
    card = theo.card("Maya A.")
    await expect(card).to_be_visible()
    await rosa.press(rosa.card("Maya A."), "Claim")
    await expect(theo.fact(card, "Who has it")).to_contain_text("Rosa")
    await theo.press(card, "Release")
    await expect(rosa.fact(rosa.card("Maya A."), "Who has it")).to_contain_text("Nobody yet")
