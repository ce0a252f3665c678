"""Writing to the bot and reading what it did: commands, modals, threads, edits."""

import re

import yaml
from playwright.async_api import expect

from bot.sandbox.sandbox import MANIFEST
from tests.browser.pages import Desk, Visits


async def test_a_slash_offers_the_commands_of_the_manifest(desk: Desk, visits: Visits) -> None:
    console = await visits.open(desk.page)
    await console.composer.press_sequentially("/")
    offered = console.page.get_by_role("listbox", name="Suggestions").get_by_role("option")
    features = yaml.safe_load(MANIFEST.read_text())["features"]
    for command in features["slash_commands"]:
        option = offered.filter(has_text=command["command"])
        await expect(option).to_contain_text(command["usage_hint"])
        await expect(option).to_contain_text(command["description"])
    await console.composer.press_sequentially("zz")
    await expect(offered).to_have_count(0)
    await console.composer.fill("/ord")
    await expect(offered.first).to_contain_text("/orders")
    await console.composer.press("Tab")
    await expect(console.composer).to_have_value("/orders ")
    await console.composer.press_sequentially("help")
    await console.composer.press("Enter")
    await expect(console.private("lists the open ones: New, In progress, Ready")).to_be_visible()
    await expect(console.composer).to_have_value("")


async def test_a_command_that_nobody_knows_is_refused_and_stays_in_the_box(desk: Desk, visits: Visits) -> None:
    console = await visits.open(desk.page)
    await console.say("/odrers")
    await expect(console.page.get_by_role("alert")).to_contain_text("/odrers is not a valid command.")
    await expect(console.composer).to_have_value("/odrers")


async def test_a_modal_without_a_reason_says_so_under_the_field(desk: Desk, visits: Visits) -> None:
    console = await visits.open(desk.page)
    await console.order("Place an order on Leafly")
    card = console.card("Maya A.")
    await console.press(card, "Ask to cancel")
    await console.submit("Ask to cancel")
    why = console.modal.get_by_label("Why?")
    await expect(why).to_have_accessible_description(re.compile("required|choose", re.IGNORECASE))
    await expect(why).to_have_attribute("aria-invalid", "true")
    await expect(why).to_be_focused()
    await expect(card).not_to_contain_text("Cancel asked")

    await console.choose("Why?", "It was ordered twice")
    await expect(why).to_have_accessible_description("")
    await console.submit("Ask to cancel")
    await expect(console.modal).to_have_count(0)
    await expect(card).to_contain_text("It was ordered twice")


async def test_a_modal_that_is_left_changes_nothing(desk: Desk, visits: Visits) -> None:
    console = await visits.open(desk.page)
    await console.order("Place an order on Leafly")
    card = console.card("Maya A.")
    await console.press(card, "Ask to cancel")
    await expect(console.modal.get_by_label("Why?")).to_be_focused()
    await console.page.keyboard.press("Escape")
    await expect(console.modal).to_have_count(0)
    await expect(card.get_by_role("button", name="Ask to cancel")).to_be_focused()
    assert desk.slack.open_views(desk.owner) == []


async def test_the_thread_holds_the_history_and_takes_replies(desk: Desk, visits: Visits) -> None:
    console = await visits.open(desk.page)
    await console.order("Place an order on the web shop")
    card = console.card("Maya A.")
    await console.press(card, "Claim")
    await console.cashier("Start", "Maya Alvarez")
    await console.open_thread(card)
    for line in ("Received from Web shop.", "Rosa claimed it.", "New → In progress"):
        await expect(console.thread).to_contain_text(line)
    replies = card.locator(".reply-count")
    before = int((await replies.inner_text()).split()[0])
    await console.page.get_by_label("Reply…").fill("Her <usual> & a lighter")
    await console.page.keyboard.press("Enter")
    await expect(console.thread.get_by_role("article").last).to_contain_text("Her <usual> & a lighter")
    await expect(replies).to_have_text(f"{before + 1} replies")
    await console.page.keyboard.press("Escape")
    await expect(console.thread).to_be_hidden()


async def test_a_card_is_marked_as_edited_when_its_text_changed_and_not_before(desk: Desk, visits: Visits) -> None:
    """As in Slack: blocks alone may change without a mark."""
    console = await visits.open(desk.page)
    await console.order("Place an order on Leafly")
    card = console.card("Maya A.")
    await console.press(card, "Claim")
    await expect(console.fact(card, "Who has it")).to_contain_text("Rosa")
    await expect(card.get_by_text("(edited)")).to_have_count(0)
    await console.cashier("Start", "Maya Alvarez")
    await expect(card).to_contain_text("In progress")
    await expect(card.get_by_text("(edited)")).to_be_visible()


async def test_a_card_that_edits_itself_under_the_finger_takes_the_click(desk: Desk, visits: Visits) -> None:
    console = await visits.open(desk.page)
    await console.order("Place an order on Leafly")
    card = console.card("Maya A.")
    in_pos = await desk.in_pos("Maya")
    await card.get_by_role("button", name="Claim").hover()
    await console.page.mouse.down()
    desk.flowhub.operator.start(in_pos.order_id)
    await desk.card("Maya A.", "In progress")
    # Events come in order: when the page knows of this order, it knows of the edit before.
    desk.leafly.place_order("uptown", shopper="walt", items=[("Dark Chocolate Bar", 1)])
    await expect(console.unread("uptown-orders")).to_have_text("1")
    await expect(card).not_to_contain_text("In progress")
    await console.page.mouse.up()
    await expect(card).to_contain_text("In progress")
    await expect(console.fact(card, "Who has it")).to_contain_text("Rosa")
