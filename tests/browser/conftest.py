"""A real Chromium, and pages in it that must stay quiet: no error, and no request to any other host."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright, expect

from bot.demo import Demo
from bot.sandbox import Sandbox
from tests.browser import chromium
from tests.browser.pages import Desk, Visits

PATIENCE_SECONDS = 30


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    try:
        path = await asyncio.to_thread(chromium.find_or_install)
    except chromium.NoChromium as problem:
        pytest.fail(str(problem), pytrace=False)
    expect.set_options(timeout=PATIENCE_SECONDS * 1000)
    async with async_playwright() as driver:
        started = await driver.chromium.launch(executable_path=path, args=list(chromium.FLAGS))
        yield started
        await started.close()


@pytest.fixture
async def visits(browser: Browser) -> AsyncIterator[Visits]:
    """Opens pages. After the test nothing may have gone wrong on any of them."""
    made = Visits(browser, patience_seconds=PATIENCE_SECONDS)
    yield made
    await made.close()
    assert made.troubles == []


@pytest.fixture
async def desk(sandbox: Sandbox, tmp_path: Path) -> AsyncIterator[Desk]:
    made = Desk(sandbox, f"sqlite:///{tmp_path}/orders.db")
    await made.start_bot()
    yield made
    await made.close()


@pytest.fixture
async def demo() -> AsyncIterator[Demo]:
    """What `make demo` starts, its story not begun."""
    with tempfile.TemporaryDirectory(prefix="orderahead-demo-") as folder:
        started = await Demo.start(Path(folder))
        yield started
        await started.close()
