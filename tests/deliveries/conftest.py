"""A courier without budgets and without a safety net."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.deliveries import courier, lane, pace
from bot.rules import deliveries as rules
from bot.store import Database
from tests.deliveries.post_round import Round

A_LONG_TIME = 3600.0


@pytest.fixture(autouse=True)
def _no_safety_net(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sweep would hide a wake-up that was lost; budgets would only make these tests slow."""
    monkeypatch.setattr(courier, "SWEEP_SECONDS", A_LONG_TIME)
    monkeypatch.setattr(pace, "POSTS_PER_CHANNEL", (1000, 1.0))
    monkeypatch.setattr(pace, "EDITS_PER_WORKSPACE", (1000, 1.0))
    monkeypatch.setattr(rules, "FIRST_WAIT_SECONDS", 0.01)
    monkeypatch.setattr(rules, "LONGEST_WAIT_SECONDS", 0.05)
    monkeypatch.setattr(rules, "LOOK_AFTER", timedelta(seconds=0.01))
    monkeypatch.setattr(lane, "DATABASE_WAIT_SECONDS", 0.05)
    monkeypatch.setattr("bot.store.database.WAIT_SECONDS", 0.05)


@pytest.fixture
async def post_round(database: Database) -> AsyncIterator[Round]:
    made = Round(database)
    yield made
    await made.close()
