"""One running bot for a module of tests that only knock at its doors."""

from collections.abc import AsyncIterator

import httpx
import pytest

from bot.app import Bot
from bot.sandbox import Sandbox
from tests.handlers.doors import Door, doors
from tests.world import World


@pytest.fixture(scope="module")
async def house(_shared_sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """A bot that Slack reaches over signed HTTP, so that all four doors are there. A module's tests share it."""
    await _shared_sandbox.reset()
    world = World(_shared_sandbox, f"sqlite:///{tmp_path_factory.mktemp('house')}/orders.db")
    await world.start_bot(slack_app_token="", order_poll_seconds=3600, pos_watch_seconds=3600)
    yield world
    await world.close()
    _shared_sandbox.slack.events_url = None
    await _shared_sandbox.reset()


@pytest.fixture(scope="module")
def bot(house: World) -> Bot:
    assert house.bot is not None
    return house.bot


@pytest.fixture(scope="module")
async def web(bot: Bot) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the bot's own address."""
    async with httpx.AsyncClient(base_url=bot.address, timeout=10) as client:
        yield client


@pytest.fixture(scope="module")
def four(bot: Bot, _shared_sandbox: Sandbox) -> dict[str, Door]:
    return doors(bot, _shared_sandbox)
