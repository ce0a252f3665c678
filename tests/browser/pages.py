"""The console page as a person uses it: by what stands on it, and by what a screen reader calls things."""

import re
from datetime import datetime

from playwright.async_api import Browser, ConsoleMessage, Locator, Page, Request, ViewportSize, WebError, expect

from tests.world import World

DESKTOP = ViewportSize(width=1440, height=900)
PHONE = ViewportSize(width=390, height=844)
HERE = ("http://127.0.0.1:", "data:", "blob:")


class Desk(World):
    """The stand-ins and a real bot, without a story: what happens is what the test does."""

    @property
    def page(self) -> str:
        return f"{self.sandbox.urls['slack']}/"


class Visits:
    """Pages of one test, each as a person of its own: nothing is shared between two of them but the world.

    `troubles` are sentences about what went wrong: errors on a console, and requests to other hosts.
    """

    def __init__(self, browser: Browser, *, patience_seconds: float) -> None:
        self._browser = browser
        self._patience_seconds = patience_seconds
        self.troubles: list[str] = []

    async def open(
        self,
        url: str,
        *,
        size: ViewportSize = DESKTOP,
        dark: bool = False,
        scale: float = 1,
        now: datetime | None = None,
    ) -> "Console":
        context = await self._browser.new_context(
            viewport=size,
            color_scheme="dark" if dark else "light",
            device_scale_factor=scale,
            reduced_motion="reduce",
            locale="en-US",
            timezone_id="America/Denver",
        )
        context.set_default_timeout(self._patience_seconds * 1000)
        context.on("console", self._heard)
        context.on("weberror", self._failed)
        context.on("request", self._asked)
        if now is not None:
            await context.clock.set_system_time(now)
        page = await context.new_page()
        await page.goto(url)
        console = Console(page)
        await expect(console.composer.or_(page.locator("#app-panel"))).to_be_visible()
        return console

    async def close(self) -> None:
        for context in list(self._browser.contexts):
            await context.close()

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.troubles.append(f"console {message.type}: {message.text} ({message.location.get('url', '')})")

    def _failed(self, error: WebError) -> None:
        self.troubles.append(f"page error: {error.error}")

    def _asked(self, request: Request) -> None:
        if not request.url.startswith(HERE):
            self.troubles.append(f"a request to another host: {request.url}")


class Console:
    """One page. What it returns are places on the page, which wait by themselves when something is done with them."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.channel = page.locator("#stage")
        self.thread = page.get_by_role("complementary", name="Thread")
        self.world = page.get_by_role("complementary", name="Outside Slack")
        self.sidebar = page.get_by_role("navigation", name="Workspace")
        self.story = page.get_by_role("group", name="Story of the demo")
        self.modal = page.get_by_role("dialog")
        self.composer = page.locator("#composer")

    def card(self, *words: str, among: Locator | None = None) -> Locator:
        """The message in the channel that says all of `words`."""
        found = (among or self.channel).get_by_role("article")
        for word in words:
            found = found.filter(has_text=word)
        return found

    def fact(self, card: Locator, name: str) -> Locator:
        """One of the card's small columns, its name included."""
        return card.locator(".field").filter(has_text=name)

    def private(self, words: str) -> Locator:
        """A message that only this person sees."""
        return self.card("Only visible to you", words)

    async def press(self, card: Locator, button: str) -> None:
        await card.get_by_role("button", name=button, exact=True).click()

    async def go_to(self, place: str) -> None:
        """A channel by its name, or the app."""
        await self.sidebar.get_by_role("link", name=place).click()
        await expect(self.page.get_by_role("heading", level=1, name=place)).to_be_visible()

    def unread(self, channel: str) -> Locator:
        return self.sidebar.get_by_role("link", name=channel).locator(".badge")

    async def act_as(self, name: str) -> None:
        await self.sidebar.get_by_role("button", name="Switch person").click()
        await self.page.get_by_role("menuitemradio", name=name).click()
        await expect(self.sidebar.locator(".act-name")).to_have_text(name)
        await expect(self.composer).to_be_visible()

    async def say(self, text: str) -> None:
        await self.composer.fill(text)
        await self.composer.press("Enter")

    async def open_thread(self, card: Locator) -> None:
        await card.get_by_role("button", name=re.compile(r"\d+ repl(y|ies)")).click()
        await expect(self.thread).to_be_visible()

    async def order(self, source: str, *, store: str = "Downtown") -> None:
        """Be the shopper: `source` is the button's name."""
        await self.world.get_by_label("Store").select_option(store)
        await self.world.get_by_role("button", name=source).click()

    async def cashier(self, step: str, shopper: str) -> None:
        """Be the cashier, as soon as the order is in the point of sale."""
        await self.world.get_by_role("button", name=f"{step} the order of {shopper}").click()

    async def choose(self, field: str, choice: str) -> None:
        await self.modal.get_by_label(field).select_option(choice)

    async def submit(self, button: str) -> None:
        await self.modal.get_by_role("button", name=button, exact=True).click()


async def fits(console: Console) -> None:
    """No sideways scrolling, neither of the page nor of what scrolls in it."""
    wide: list[str] = await console.page.evaluate(
        """() => [document.documentElement, ...document.querySelectorAll('.scroller, .modal-body, .world-body')]
            .filter((node) => node.scrollWidth > node.clientWidth)
            .map((node) => `${node.className || node.tagName}: ${node.scrollWidth} in ${node.clientWidth}`)"""
    )
    assert not wide, "\n".join(wide)
