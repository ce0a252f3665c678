"""What takes seconds and minutes in a store takes moments here."""

from datetime import timedelta

import pytest

from bot import calls
from bot.deliveries import courier
from bot.rules import deliveries


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
