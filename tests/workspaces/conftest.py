"""Worlds of two workspaces."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.sandbox import Sandbox
from tests.conftest import leave
from tests.workspaces.two_workspaces import TwoWorkspaces


@pytest.fixture
async def two(sandbox: Sandbox, tmp_path: Path) -> AsyncIterator[TwoWorkspaces]:
    made = TwoWorkspaces(sandbox, f"sqlite:///{tmp_path}/orders.db")
    yield made
    await leave(made)
    sandbox.slack.events_url = None


@pytest.fixture
async def any_two(sandbox: Sandbox, database_url: str) -> AsyncIterator[TwoWorkspaces]:
    """The same on both databases."""
    made = TwoWorkspaces(sandbox, database_url)
    yield made
    await leave(made)
    sandbox.slack.events_url = None
