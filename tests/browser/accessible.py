"""What axe has to say of a page."""

from typing import Literal

from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]
from playwright.async_api import Page

from tests.browser.pages import Console

GRAVE = {"serious", "critical"}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


async def nothing_grave(console: Console, where: str) -> None:
    """Fails with what is serious or critical, and where it is, in light or in dark."""
    grave = [found for scheme in SCHEMES for found in await _grave(console.page, scheme)]
    assert not grave, "\n".join([f"{where}:", *grave])


async def _grave(page: Page, scheme: Literal["light", "dark"]) -> list[str]:
    await page.emulate_media(color_scheme=scheme)
    found = (await Axe().run(page)).response
    return [
        f"{scheme}: {violation['id']} ({violation['impact']}) at {node['target']}"
        for violation in found["violations"]
        for node in violation["nodes"]
        if violation["impact"] in GRAVE
    ]
