"""A client, and Flowhub's edge between it and the stand-in."""

from collections.abc import AsyncIterator

import httpx
import pytest

from bot.flowhub import Flowhubs
from bot.outgoing import http_client
from bot.rules.stores import Credentials
from bot.sandbox import Sandbox


@pytest.fixture(params=("lean", "through a proxy"))
async def client(request: pytest.FixtureRequest) -> AsyncIterator[httpx.AsyncClient]:
    """The bot's own client, and the plain one that it takes where a proxy is set."""
    made = http_client(timeout=5) if request.param == "lean" else httpx.AsyncClient(timeout=5)
    async with made:
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
