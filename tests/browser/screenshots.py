"""The README's pictures, taken from the real demo on a Friday afternoon: `make screenshots`.

People, orders, states and times are the same each time; only the numbers of the orders are not.
"""

import asyncio
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import time_machine
from playwright.async_api import Browser, Locator, Page, ViewportSize, async_playwright, expect

from bot import logs
from bot.demo import Demo
from bot.sandbox.sandbox import BUDTENDER, MANAGER
from bot.sandbox.stage import Stage
from bot.sandbox.story import SCENES, Story
from bot.sandbox.story.customers import morning_digest
from bot.sandbox.story.scenes import second_store_connected
from tests.browser import chromium
from tests.browser.pages import Visits

DOCS = Path(__file__).parents[2] / "docs"
AFTERNOON = datetime(2026, 3, 6, 20, 52, tzinfo=UTC)
"""A Friday, 1:52 PM in Denver."""

WIDE = ViewportSize(width=1680, height=1050)
SHRUNK = 1440 / 1680
MIDDLE = ViewportSize(width=1200, height=980)
NARROW = ViewportSize(width=780, height=900)
TALL = ViewportSize(width=640, height=1300)
PATIENCE_SECONDS = 30


async def main() -> None:
    logs.set_up("ERROR")
    DOCS.mkdir(exist_ok=True)
    path = await asyncio.to_thread(chromium.find_or_install)
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=path, args=list(chromium.FLAGS))
        with time_machine.travel(AFTERNOON, tick=True) as clock, tempfile.TemporaryDirectory() as folder:
            demo = await Demo.start(Path(folder))
            await afternoon(demo, clock)
            await take(browser, demo)
            await demo.close()
        await browser.close()


async def afternoon(demo: Demo, clock: time_machine.Traveller) -> None:
    """The story as far as Priya's cancel waits for its proof, and an order more at each store."""
    stage, sandbox = Stage(demo.sandbox, patience=PATIENCE_SECONDS), demo.sandbox
    desk, people = sandbox.channels["downtown"], sandbox.people
    demo.story = Story(sandbox, SCENES, speed=10)
    demo.begin_story()
    await stage.card("Priya N.", "Remove it in Cashier", channel=desk)
    demo.story.pause()
    demo.story.read_at(1)
    await second_store_connected(Story(sandbox, (), fast=True).day)
    clock.shift(timedelta(minutes=4))
    sandbox.leafly.place_order("riverside", shopper="walt", items=[("Arnica Balm 1:1", 1)])
    sandbox.leafly.place_order("uptown", shopper="dana", items=[("Juniper Kush - Eighth", 1), ("Cirrus Battery", 1)])
    uptown = sandbox.channels["uptown"]
    await stage.press(people[BUDTENDER], await stage.card("Dana W.", "Claim", channel=uptown), "claim_order")
    sandbox.flowhub.operator.start((await stage.in_pos("Dana")).order_id)
    await stage.card("Dana W.", "In progress", "Imani", channel=uptown)
    clock.shift(timedelta(minutes=3))
    sandbox.leafly.place_order("downtown", shopper="maya", items=[("Huckleberry Gummies", 2)])
    await stage.card("Maya A.", "Claim", channel=desk)
    await stage.card("Walt K.", "Late", channel=sandbox.channels["riverside"])


async def take(browser: Browser, demo: Demo) -> None:
    """As the manager sees it."""
    visits = Visits(browser, patience_seconds=PATIENCE_SECONDS)
    now, me = datetime.now(UTC), demo.sandbox.people[MANAGER]

    console = await visits.open(f"{demo.page}?as={me}", size=WIDE, scale=SHRUNK, now=now)
    await console.open_thread(console.card("Jonah R."))
    await expect(console.thread).to_contain_text("Leafly was told: ready.")
    await console.private("Asked to cancel").get_by_role("button", name="Dismiss message").click()
    await console.channel.locator(".scroller").evaluate("(node) => node.scrollTo(0, node.scrollHeight)")
    await expect(console.card("Maya A.")).to_be_in_viewport(ratio=1)
    await expect(console.world.get_by_role("listitem")).to_have_count(5)
    await save(console.page, "demo")

    console = await visits.open(f"{demo.page}?as={me}#/app/home", size=MIDDLE, now=now)
    await expect(console.page.get_by_role("heading", name="Riverside: 1 open order")).to_be_visible()
    await expect(console.page.locator(".block").filter(has_text="Walt K.")).to_contain_text("Late")
    # The first load of customers takes its time: it keeps to a pace that leaves Flowhub to the orders.
    await expect(console.page.get_by_text("Spent more than $100").first).to_be_visible(timeout=60_000)
    await save(console.page, "board")

    console = await visits.open(f"{demo.page}?as={me}", size=NARROW, scale=2, now=now)
    await expect(console.card("Priya N.")).to_contain_text("Cancel asked by Theo")
    await save(console.card("Priya N."), "card")

    await morning_digest(Story(demo.sandbox, (), fast=True).day)
    console = await visits.open(f"{demo.page}?as={me}", size=TALL, scale=2, now=now)
    digest = console.card("All sales", "Customer data as of")
    await expect(digest.get_by_role("img", name="Two bar charts")).to_be_visible()
    await save(digest, "digest")
    await visits.close()


async def save(what: Page | Locator, name: str) -> None:
    page = what if isinstance(what, Page) else what.page
    await page.mouse.move(0, 0)
    await what.screenshot(path=DOCS / f"{name}.png")


if __name__ == "__main__":
    asyncio.run(main())
