"""The control routes: switches by name, faults by method, connections and channels by verb."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from bot.sandbox.slack import add_slack_control_routes
from bot.sandbox.wire import Server, serve
from tests.contracts.slack_office import Office, an_office


@pytest.fixture
async def office() -> AsyncIterator[Office]:
    async with an_office() as office:
        yield office


@pytest.fixture
async def control(office: Office) -> AsyncIterator[Server]:
    app = web.Application()
    add_slack_control_routes(app, office.slack)
    server = await serve(app)
    yield server
    await server.close()


async def said(office: Office, control: Server, path: str, body: Any) -> Any:
    async with office.http.post(f"{control.url}/control/slack/{path}", json=body) as response:
        return await response.json()


async def test_switches_are_set_by_name(office: Office, control: Server) -> None:
    answer = await said(office, control, "switches", {"rate_limits": False, "rate_scale": 10})
    assert answer["switches"]["rate_limits"] is False
    assert office.slack.switches.rate_scale == 10.0
    assert await said(office, control, "switches", {"gravity": 0}) == {
        "ok": False,
        "error": "there is no switch gravity",
    }
    wrong = await said(office, control, "switches", {"rate_scale": 2, "rate_limits": "no"})
    assert wrong["error"] == "rate_limits takes a bool"
    assert office.slack.switches.rate_scale == 10.0


async def test_a_fault_is_added_for_a_method_and_cleared(office: Office, control: Server) -> None:
    answer = await said(office, control, "faults", {"kind": "cut_after_accept", "method": "chat.postMessage"})
    assert answer["faults"][0]["path"] == "/api/chat.postMessage"
    async with office.http.delete(f"{control.url}/control/slack/faults") as response:
        assert (await response.json())["faults"] == []


async def test_channels_are_archived_by_verb(office: Office, control: Server) -> None:
    await said(office, control, "channels", {"channel": office.kitchen, "verb": "archive"})
    assert (await office.refusal("chat.postMessage", channel=office.kitchen, text="x"))["error"] == "is_archived"
    assert not (await said(office, control, "channels", {"channel": office.kitchen, "verb": "paint"}))["ok"]


async def test_connections_are_refreshed_by_verb(office: Office, control: Server) -> None:
    opened = await office.client.apps_connections_open(app_token="xapp-snack")
    socket = await office.http.ws_connect(opened["url"])
    await socket.receive_json()
    assert (await said(office, control, "connections", {"verb": "refresh"}))["connections"] == 0
    assert (await socket.receive_json())["reason"] == "refresh_requested"
