"""Socket Mode as a client sees it: hello, envelopes to any connection, acknowledgements, refresh, too many, none."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from tests.contracts.slack_office import Office, an_office


@pytest.fixture
async def office() -> AsyncIterator[Office]:
    async with an_office() as office:
        yield office


async def connected(office: Office) -> aiohttp.ClientWebSocketResponse:
    opened = await office.client.apps_connections_open(app_token="xapp-snack")
    socket = await office.http.ws_connect(opened["url"])
    greeting = await socket.receive_json()
    assert greeting["type"] in {"hello", "disconnect"}
    return socket


async def acknowledge(socket: aiohttp.ClientWebSocketResponse, payload: dict[str, Any] | None = None) -> dict[str, Any]:
    envelope: dict[str, Any] = await socket.receive_json()
    answer = {"envelope_id": envelope["envelope_id"], **({"payload": payload} if payload else {})}
    await socket.send_str(json.dumps(answer))
    return envelope


async def test_a_command_is_an_envelope_whose_acknowledgement_may_carry_the_reply(office: Office) -> None:
    socket = await connected(office)
    asked = asyncio.create_task(office.slack.command(office.ana, office.vault, "/snack", "<menu> @ben.ode"))
    envelope = await acknowledge(socket, {"text": "Pretzel"})
    assert (await asked).text == "Pretzel"
    assert envelope["type"] == "slash_commands"
    assert envelope["accepts_response_payload"] is True
    payload = envelope["payload"]
    assert payload.pop("trigger_id")
    assert payload.pop("response_url").startswith(f"{office.slack.url}/commands/{office.slack.workspace.team_id}/")
    assert payload == {
        "token": "verification",
        "team_id": office.slack.workspace.team_id,
        "team_domain": "green-mesa",
        "channel_id": office.vault,
        "channel_name": "privategroup",
        "user_id": office.ana,
        "user_name": "ana.lima",
        "command": "/snack",
        "text": f"&lt;menu&gt; <@{office.ben}|ben.ode>",
        "api_app_id": office.slack.workspace.app_id,
        "is_enterprise_install": "false",
    }


async def test_any_connection_may_get_a_payload(office: Office) -> None:
    sockets = [await connected(office), await connected(office)]
    got = []
    for _ in range(2):
        asked = asyncio.create_task(office.slack.command(office.ana, office.kitchen, "/snack", "menu"))
        listening = {asyncio.create_task(acknowledge(socket)): number for number, socket in enumerate(sockets)}
        done, waiting = await asyncio.wait(listening, return_when=asyncio.FIRST_COMPLETED)
        got.append(listening[done.pop()])
        waiting.pop().cancel()
        assert (await asked).ok
    assert sorted(got) == [0, 1]


async def test_a_ticket_opens_one_connection(office: Office) -> None:
    opened = await office.client.apps_connections_open(app_token="xapp-snack")
    await office.http.ws_connect(opened["url"])
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await office.http.ws_connect(opened["url"])


async def test_the_eleventh_connection_is_one_too_many(office: Office) -> None:
    kept = [await connected(office) for _ in range(10)]
    opened = await office.client.apps_connections_open(app_token="xapp-snack")
    eleventh = await office.http.ws_connect(opened["url"])
    assert (await eleventh.receive_json())["reason"] == "too_many_websockets"
    assert office.slack.sockets.count() == len(kept) == 10


async def test_a_refresh_asks_for_another_connection(office: Office) -> None:
    old = await connected(office)
    refreshing = asyncio.create_task(office.slack.refresh_connections())
    assert (await old.receive_json())["reason"] == "refresh_requested"
    new = await connected(office)
    await refreshing
    asked = asyncio.create_task(office.slack.command(office.ana, office.kitchen, "/snack", "menu"))
    await acknowledge(new)
    assert (await asked).ok


async def test_without_a_connection_a_command_fails_at_once(office: Office) -> None:
    answer = await office.slack.command(office.ana, office.kitchen, "/snack", "menu")
    assert answer.failure == '/snack failed with the error "dispatch_failed"'


async def test_a_connection_that_dies_with_a_command_fails_it(office: Office) -> None:
    socket = await connected(office)
    asked = asyncio.create_task(office.slack.command(office.ana, office.kitchen, "/snack", "menu"))
    await socket.receive_json()
    await office.slack.sockets.cut()
    assert (await asked).failure == '/snack failed with the error "dispatch_failed"'
    await socket.receive()


async def test_the_app_may_ping(office: Office) -> None:
    opened = await office.client.apps_connections_open(app_token="xapp-snack")
    socket = await office.http.ws_connect(opened["url"], autoping=False)
    await socket.receive_json()
    await socket.ping(b"sdk-ping-pong:1.5")
    pong = await socket.receive()
    assert (pong.type, pong.data) == (aiohttp.WSMsgType.PONG, b"sdk-ping-pong:1.5")
