"""What axe has to say of a page."""

from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]

from tests.browser.pages import Console

GRAVE = {"serious", "critical"}


async def nothing_grave(console: Console, where: str) -> None:
    """Fails with what is serious or critical, and where it is."""
    found = (await Axe().run(console.page)).response
    grave = [
        f"{where}: {violation['id']} ({violation['impact']}) at {node['target']}"
        for violation in found["violations"]
        for node in violation["nodes"]
        if violation["impact"] in GRAVE
    ]
    assert not grave, "\n".join(grave)
