"""The App Home: the order board, as a store manager keeps it open."""

from playwright.async_api import Locator, expect

from tests.browser.accessible import nothing_grave
from tests.browser.pages import PHONE, Console, Desk, Visits, fits

GUMMIES = [("Huckleberry Gummies", 2)]


def board(console: Console) -> Locator:
    return console.page.get_by_role("tabpanel", name="Home")


async def test_an_order_is_claimed_on_the_board_and_the_card_shows_it(desk: Desk, visits: Visits) -> None:
    desk.leafly.place_order("downtown", shopper="maya", items=GUMMIES)
    await desk.card("Maya A.", "Claim")
    console = await visits.open(desk.page)
    await console.go_to("Order Ahead")
    home = board(console)
    await expect(home.get_by_role("heading", name="Downtown: 1 open order")).to_be_visible()
    await expect(home.get_by_role("heading", name="Uptown: 0 open orders")).to_be_visible()
    line = home.locator(".block").filter(has_text="Maya A.")
    await expect(line).to_contain_text("1 item · less than a minute · nobody has it")
    await expect(home.locator(".block").filter(has_text="New").first).to_be_visible()

    await home.get_by_role("button", name="Claim").click()
    await expect(line).to_contain_text("Rosa has it")
    await expect(home.get_by_role("button", name="Release")).to_be_visible()
    await console.go_to("downtown-orders")
    await expect(console.fact(console.card("Maya A."), "Who has it")).to_contain_text("Rosa")


async def test_an_open_board_follows_what_happens(desk: Desk, visits: Visits) -> None:
    console = await visits.open(desk.page)
    await console.go_to("Order Ahead")
    home = board(console)
    await expect(home.get_by_role("heading", name="Riverside: 0 open orders")).to_be_visible()
    await console.order("Place an order on Leafly", store="Riverside")
    await expect(home.get_by_role("heading", name="Riverside: 1 open order")).to_be_visible()
    await expect(home.locator(".block").filter(has_text="Maya A.")).to_contain_text("nobody has it")


async def test_cancelling_on_the_board_asks_for_a_reason(desk: Desk, visits: Visits) -> None:
    desk.leafly.place_order("downtown", shopper="maya", items=GUMMIES)
    await desk.card("Maya A.", "Claim")
    console = await visits.open(desk.page)
    await console.go_to("Order Ahead")
    await board(console).get_by_role("button", name="Ask to cancel").click()
    await console.choose("Why?", "Something is out of stock")
    await console.submit("Ask to cancel")
    await expect(console.modal).to_contain_text("Asked to cancel")
    await console.page.keyboard.press("Escape")
    await expect(board(console)).to_contain_text("Cancel asked")


async def test_a_guest_has_no_board(desk: Desk, visits: Visits) -> None:
    console = await visits.open(f"{desk.page}?as={desk.guest}")
    await console.go_to("Order Ahead")
    await expect(board(console).get_by_role("heading", name="No order desk yet")).to_be_visible()


async def test_the_board_is_accessible_and_fits_a_phone(desk: Desk, visits: Visits) -> None:
    desk.leafly.place_order("downtown", shopper="maya", items=GUMMIES)
    await desk.card("Maya A.", "Claim")
    console = await visits.open(f"{desk.page}#/app/home", size=PHONE)
    await expect(board(console).get_by_role("button", name="Claim")).to_be_visible()
    await fits(console)
    await nothing_grave(console, "board on a phone")
