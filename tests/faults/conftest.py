"""What takes seconds and minutes in a store takes moments here."""

from collections.abc import AsyncIterator
from dataclasses import fields
from datetime import timedelta

import pytest

from bot import calls
from bot.deliveries import courier, pace
from bot.rules import deliveries
from bot.sandbox import Sandbox

FASTER = 20
"""How many of our seconds are one of Slack's; budgets on both sides are shortened alike."""


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliveries, "FIRST_WAIT_SECONDS", 0.05)
    monkeypatch.setattr(deliveries, "LONGEST_WAIT_SECONDS", 0.5)
    monkeypatch.setattr(deliveries, "LOOK_AFTER", timedelta(seconds=0.05))
    monkeypatch.setattr(courier, "SWEEP_SECONDS", 0.2)
    monkeypatch.setattr(courier, "LEASE", timedelta(seconds=2))
    monkeypatch.setattr(courier, "CLOSED_WAIT", timedelta(seconds=0.5))
    monkeypatch.setattr(courier, "UNAUTHORISED_WAIT", timedelta(seconds=0.5))
    monkeypatch.setattr(courier, "DATABASE_WAIT_SECONDS", 0.1)
    monkeypatch.setattr(calls, "FIRST_WAIT_SECONDS", 0.02)
    monkeypatch.setattr(calls, "LONGEST_WAIT_SECONDS", 0.2)
    monkeypatch.setattr(pace, "POSTS_PER_CHANNEL", (1, 1 / FASTER))
    monkeypatch.setattr(pace, "EDITS_PER_WORKSPACE", (48, 60 / FASTER))


@pytest.fixture
async def sandbox(sandbox: Sandbox) -> AsyncIterator[Sandbox]:
    """The stand-ins; what a test does to Slack's switches ends with it."""
    switches = sandbox.slack.switches
    before = {field.name: getattr(switches, field.name) for field in fields(switches)}
    switches.rate_scale = FASTER
    yield sandbox
    for name, value in before.items():
        setattr(switches, name, value)
