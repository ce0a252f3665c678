"""A client, and Flowhub's edge between it and the stand-in."""

from collections.abc import AsyncIterator

import httpx
import pytest

from bot.flowhub import Flowhubs
from bot.rules.stores import Credentials
from bot.sandbox import Sandbox


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(timeout=5) as made:
        yield made


@pytest.fixture
def flowhubs(sandbox: Sandbox, client: httpx.AsyncClient) -> Flowhubs:
    return Flowhubs(client, url=sandbox.urls["flowhub"], auth_url=sandbox.urls["flowhub_auth"], requests_per_second=15)


@pytest.fixture
def credentials(sandbox: Sandbox) -> Credentials:
    """Downtown's."""
    store = sandbox.shop.store("downtown")
    return Credentials(
        flowhub_client_id=sandbox.shop.client_id,
        flowhub_key=sandbox.shop.key,
        order_ahead_client_id=store.order_ahead_client_id,
        order_ahead_token=store.order_ahead_token,
    )
