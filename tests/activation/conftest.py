"""A bot whose settings know only Downtown, or no store at all: the others are connected by hand."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.sandbox import Sandbox
from tests.activation.desk_clerk import Clerk


@pytest.fixture
async def clerk(sandbox: Sandbox, tmp_path: Path) -> AsyncIterator[Clerk]:
    """Somebody who connects stores. `clerk.open(*stores)` starts the bot with these in its settings."""
    made = Clerk(sandbox, f"sqlite:///{tmp_path}/orders.db")
    yield made
    await made.close()


@pytest.fixture
async def any_clerk(sandbox: Sandbox, database_url: str) -> AsyncIterator[Clerk]:
    """The same on both databases."""
    made = Clerk(sandbox, database_url)
    yield made
    await made.close()
