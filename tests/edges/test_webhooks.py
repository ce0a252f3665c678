"""Webhooks to addresses an owner configured: signed so that the library verifies them, and never into a private network."""

import json
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiohttp import web
from pytest_socket import SocketConnectBlockedError
from standardwebhooks import Webhook

from bot.errors import OrderAheadError, Refused, Unavailable
from bot.rules.connecting import Draft
from bot.rules.stores import Credentials, Store
from bot.settings.book import StoreSettings
from bot.webhooks import Webhooks, is_public
from tests.edges.other_side import Answer, dripping, other_side, saying

ADDRESSES = Path(__file__).with_name("private_addresses.txt")
SECRET = "whsec_Z3JlZW4tbWVzYS1ob29rcy1vdXQtc2FuZGJveC0wMQ=="

BODY: dict[str, Any] = {"type": "order.status", "data": {"order_id": "GM-1", "status": "ready", "who": "Zoë 🌿"}}


async def send(client: httpx.AsyncClient, url: str, *, private_allowed: bool = True) -> None:
    hooks = Webhooks(client, private_allowed=private_allowed)
    await hooks.send(url, SECRET, message_id="msg_1", at=datetime.now(UTC), body=BODY)


async def test_the_shop_verifies_the_signature_with_the_standard_library_of_webhooks(client: httpx.AsyncClient) -> None:
    got: list[Any] = []

    async def verify(request: web.Request) -> web.StreamResponse:
        got.append(Webhook(SECRET).verify(await request.read(), dict(request.headers)))
        got.append(request.headers["Host"])
        return web.Response()

    async with other_side(verify) as side:
        await send(client, f"{side.url}/hooks?shop=1".replace("127.0.0.1", "localhost"))
    assert got == [BODY, side.url.removeprefix("http://").replace("127.0.0.1", "localhost")]


@pytest.mark.parametrize(
    ("answer", "error", "after"),
    [
        (saying("", status=410), Refused, None),
        (saying("", status=500), Unavailable, None),
        (saying("", status=404), Unavailable, None),
        (saying("", status=429, headers={"Retry-After": "7"}), Unavailable, 7.0),
        (saying("", status=503, headers={"Retry-After": "9" * 30}), Unavailable, 24 * 3600.0),
        (saying("", status=503, headers={"Retry-After": "²"}), Unavailable, None),
        (saying("", status=301, headers={"Location": "http://127.0.0.1:9/"}), Unavailable, None),
    ],
)
async def test_each_answer_asks_for_its_reaction(
    client: httpx.AsyncClient, answer: Answer, error: type[OrderAheadError], after: float | None
) -> None:
    async with other_side(answer) as side:
        with pytest.raises(error) as caught:
            await send(client, side.url)
        assert len(side.asked) == 1
    assert getattr(caught.value, "retry_after", None) == after
    assert isinstance(caught.value, Unavailable) or caught.value.args[0].endswith("(HTTP 410).")


@pytest.mark.parametrize("status", [200, 201, 204])
async def test_any_success_will_do_and_what_it_says_is_not_read(client: httpx.AsyncClient, status: int) -> None:
    async with other_side(saying("" if status == 204 else "[" * 100_000, status=status)) as side:
        await send(client, side.url)


async def test_an_answer_that_never_ends_is_not_waited_for(client: httpx.AsyncClient) -> None:
    async with other_side(dripping(5)) as side:
        await send(client, side.url)


async def test_redirects_are_not_followed(client: httpx.AsyncClient) -> None:
    async with (
        other_side(saying("ok")) as inner,
        other_side(saying("", status=307, headers={"Location": inner.url})) as outer,
    ):
        with pytest.raises(Unavailable, match="HTTP 307"):
            await send(client, outer.url)
        assert inner.asked == []


URLS = [line for line in ADDRESSES.read_text().splitlines() if line and not line.startswith("#")]


@contextmanager
def connects() -> Iterator[list[Any]]:
    """The addresses that anything in this process connects to meanwhile."""
    seen: list[Any] = []
    watching = True

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if watching and event == "socket.connect":
            seen.append(arguments[1])

    sys.addaudithook(hook)
    try:
        yield seen
    finally:
        watching = False


async def test_no_address_inside_a_private_network_is_ever_connected_to(client: httpx.AsyncClient) -> None:
    assert len(URLS) >= 60
    ends: dict[str, str] = {}
    with connects() as seen:
        for url in URLS:
            try:
                await send(client, url, private_allowed=False)
            except (Refused, Unavailable) as problem:
                ends[url] = problem.sentence
    assert seen == []
    assert set(ends) == set(URLS)
    assert not any("secret" in sentence for sentence in ends.values())


async def test_the_observation_would_have_seen_a_connection(client: httpx.AsyncClient) -> None:
    async with other_side(saying("ok")) as side:
        with connects() as seen:
            await send(client, side.url)
    assert seen == [("127.0.0.1", int(side.url.rpartition(":")[2]))]


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "8.8.8.8", "2606:4700:4700::1111", "::ffff:1.1.1.1", "64:ff9b::8.8.8.8"]
)
def test_public_addresses_may_be_called(address: str) -> None:
    assert is_public(address)


async def test_what_was_told_says_nothing_of_the_shopper(client: httpx.AsyncClient) -> None:
    bodies: list[Any] = []

    async def keep(request: web.Request) -> web.StreamResponse:
        bodies.append(json.loads(await request.read()))
        return web.Response()

    async with other_side(keep) as side:
        await send(client, side.url)
    assert bodies == [BODY]


class Resolver:
    """The system's look-up of names, with one name whose owner answers differently each time."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.asked = 0
        self._real = socket.getaddrinfo

    def __call__(self, host: Any, port: Any, *rest: Any, **named: Any) -> Any:
        if host != REBINDING:
            return self._real(host, port, *rest, **named)
        self.asked += 1
        address = self.answers[min(self.asked, len(self.answers)) - 1]
        return [(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (address, port))]


REBINDING = "shop.rebinding.example"


@pytest.mark.filterwarnings("ignore:A test tried to use socket.socket.connect:UserWarning")
async def test_a_name_that_turns_private_after_it_was_judged_leads_nowhere(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection goes to the address that was judged, which these tests may not open; nobody asks for it again."""
    resolver = Resolver("93.184.216.34", "127.0.0.1")
    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    async with other_side(saying("ok")) as side:
        port = side.url.rpartition(":")[2]
        with connects() as seen, pytest.raises((SocketConnectBlockedError, ExceptionGroup)):
            await send(client, f"http://{REBINDING}:{port}/hooks", private_allowed=False)
        assert side.asked == []
    assert seen == []
    assert resolver.asked == 1


@pytest.mark.parametrize("answers", [("127.0.0.1",), ("10.0.0.1", "93.184.216.34")])
async def test_a_name_that_is_private_when_it_is_judged_is_refused(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, answers: tuple[str, ...]
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", Resolver(*answers))
    with connects() as seen, pytest.raises(Refused, match="private network"):
        await send(client, f"http://{REBINDING}:9/hooks", private_allowed=False)
    assert seen == []


def test_no_other_address_can_be_configured_by_an_owner() -> None:
    """What an owner or a manager can make the bot call goes through `Webhooks`, which looks where it leads. A new one must
    too, and must be tried with the addresses of private_addresses.txt."""
    in_the_book = {name for name in StoreSettings.model_fields if "url" in name}
    in_a_modal = {name for name in (*Draft.model_fields, *Credentials.model_fields) if "url" in name}
    assert in_the_book == {"storefront_webhook_url"}
    assert in_a_modal == set()
    assert {name for name in Store.model_fields if "url" in name} == {"webhook_url"}
