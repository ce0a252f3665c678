"""The stand-ins and a client that all lives of a machine share."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx

from bot.outgoing import http_client
from bot.sandbox import Sandbox


@dataclass
class Shop:
    """The stand-ins and a client, for all lives: they take longer to start than a life lasts."""

    loop: asyncio.AbstractEventLoop
    sandbox: Sandbox
    http: httpx.AsyncClient


@contextmanager
def open_shop() -> Iterator[Shop]:
    loop = asyncio.new_event_loop()

    async def make() -> Shop:
        return Shop(loop, await Sandbox.start(), http_client(timeout=10))

    async def close(shop: Shop) -> None:
        await shop.http.aclose()
        await shop.sandbox.close()

    shop = loop.run_until_complete(make())
    yield shop
    loop.run_until_complete(close(shop))
    loop.run_until_complete(loop.shutdown_asyncgens())
    loop.close()
