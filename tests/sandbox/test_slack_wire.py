"""What goes wrong on the way: lost answers, Slack's own trouble, and what is written down about each request."""

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest

from bot.sandbox.wire import Fault
from tests.contracts.foreign_bolt_app import FORM
from tests.contracts.slack_office import Office, an_office


@pytest.fixture
async def office() -> AsyncIterator[Office]:
    async with an_office() as office:
        yield office


async def test_a_lost_answer_leaves_a_message_that_the_caller_does_not_know_of(office: Office) -> None:
    office.slack.lose_next_answer("chat.postMessage")
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await office.client.chat_postMessage(
            channel=office.kitchen, text="card", metadata={"event_type": "order", "event_payload": {"key": "A01"}}
        )
    found = await office.client.conversations_history(channel=office.kitchen, include_all_metadata=True)
    assert [m["metadata"]["event_payload"]["key"] for m in found["messages"]] == ["A01"]
    assert len(office.slack.cards()) == 1
    await office.client.chat_postMessage(channel=office.kitchen, text="the next one arrives")


async def test_only_the_named_method_loses_its_answer(office: Office) -> None:
    office.slack.lose_next_answer("chat.update")
    assert (await office.client.chat_postMessage(channel=office.kitchen, text="card"))["ok"]


async def test_a_cut_before_leaves_nothing(office: Office) -> None:
    office.slack.wire.add(Fault("cut_before", path="/api/chat.postMessage"))
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await office.client.chat_postMessage(channel=office.kitchen, text="card")
    assert office.slack.messages(office.kitchen) == []


async def test_a_429_by_fault_speaks_slacks_words(office: Office) -> None:
    office.slack.wire.add(Fault("rate_limited", path="/api/chat.*", seconds=30))
    answer = await office.raw("/api/chat.postMessage", {}, Authorization="Bearer xoxb-snack")
    assert (answer.status, answer.headers["Retry-After"]) == (429, "30")
    assert await answer.json() == {"ok": False, "error": "ratelimited"}


async def test_requests_are_written_down_without_their_secrets(office: Office) -> None:
    await office.client.chat_postMessage(channel=office.kitchen, text="card")
    entry = office.slack.wire.entries[-1]
    assert (entry.to, entry.path, entry.status) == ("slack", "/api/chat.postMessage", 200)
    assert "xoxb-snack" not in entry.request + entry.response


async def test_a_reset_forgets_messages_and_faults_but_not_people(office: Office) -> None:
    office.slack.lose_next_answer("chat.postMessage")
    await office.slack.say(office.ana, office.kitchen, "hello")
    office.slack.reset()
    assert office.slack.messages(office.kitchen) == []
    assert (await office.client.chat_postMessage(channel=office.kitchen, text="card"))["ok"]
    assert (await office.client.users_info(user=office.ana))["user"]["real_name"] == "Ana Lima"


async def test_what_is_typed_into_a_modal_is_not_written_down(office: Office) -> None:
    opened = await office.http.post(
        f"{office.slack.api_url}apps.connections.open", headers={"Authorization": "Bearer xapp-snack"}
    )
    socket = await office.http.ws_connect((await opened.json())["url"])
    await socket.receive_json()
    view = FORM | {"blocks": [FORM["blocks"][1]]}
    shown = await office.client.views_open(trigger_id=office.slack.core.triggers.new(office.ana), view=view)
    submitting = asyncio.create_task(office.slack.submit(office.ana, shown["view"]["id"], {"count": "hush-hush"}))
    envelope = await socket.receive_json()
    await socket.send_json({"envelope_id": envelope["envelope_id"]})
    assert (await submitting).closed
    entry = office.slack.wire.entries[-1]
    assert (entry.to, entry.method, entry.path) == ("app", "SOCKET", "/interactive")
    assert "snack_form" in entry.request
    assert "hush-hush" not in entry.request
