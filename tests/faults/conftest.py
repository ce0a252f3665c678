"""The stand-ins on a fast day."""

from collections.abc import AsyncIterator
from dataclasses import fields

import pytest

from bot.sandbox import Sandbox
from tests.faults.short_waits import FASTER, shorten


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    shorten(monkeypatch.setattr)


@pytest.fixture
async def sandbox(sandbox: Sandbox) -> AsyncIterator[Sandbox]:
    """The stand-ins; what a test does to Slack's switches and to its channels ends with it."""
    switches = sandbox.slack.switches
    before = {field.name: getattr(switches, field.name) for field in fields(switches)}
    switches.rate_scale = FASTER
    yield sandbox
    for name, value in before.items():
        setattr(switches, name, value)
    bot = sandbox.slack.workspace.bot.id
    for name in sandbox.channels.values():
        channel = sandbox.slack.channel(name)
        channel.archived = False
        channel.members = [*(member for member in channel.members if member != bot), bot]
