"""Events over signed HTTP: what is subscribed and allowed is told, signed, and told again where nobody acknowledged."""

import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web

from bot.sandbox.slack.changes import Change
from bot.sandbox.wire import serve
from tests.contracts.slack_office import Office, an_office


@dataclass
class Listener:
    """A request URL that answers with `statuses` in turn, then 200, and keeps what it got."""

    office: Office
    statuses: list[int] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        self.got.append((dict(request.headers), await request.read()))
        self.office.slack.core.changes.tell(Change("other"))
        return web.Response(status=self.statuses.pop(0) if self.statuses else 200, headers=self.headers)

    def bodies(self) -> list[Any]:
        return [json.loads(body) for _, body in self.got]


@pytest.fixture
async def listener() -> AsyncIterator[Listener]:
    async with an_office() as office:
        listener = Listener(office)
        app = web.Application()
        app.router.add_post("/slack/events", listener.take)
        server = await serve(app)
        office.slack.events_url = f"{server.url}/slack/events"
        office.slack.switches.redelivery_seconds = (0.0, 0.0, 0.0)
        yield listener
        await server.close()


async def test_a_message_in_a_public_channel_is_told_with_a_valid_signature(listener: Listener) -> None:
    office = listener.office
    said = await office.slack.say(office.ana, office.kitchen, "R & B")
    headers, body = listener.got[0]
    stamp = headers["X-Slack-Request-Timestamp"]
    digest = hmac.new(b"shh", f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
    assert headers["X-Slack-Signature"] == f"v0={digest}"
    payload = listener.bodies()[0]
    assert payload["type"] == "event_callback"
    assert payload["authorizations"][0]["user_id"] == office.slack.workspace.bot.id
    assert payload["event"] == {
        "type": "message",
        "user": office.ana,
        "ts": said.ts,
        "text": "R &amp; B",
        "team": office.slack.workspace.team_id,
        "channel": office.kitchen,
        "event_ts": said.ts,
        "channel_type": "channel",
    }


async def test_a_private_channel_is_not_told_where_nobody_subscribed(listener: Listener) -> None:
    await listener.office.slack.say(listener.office.ana, listener.office.vault, "psst")
    assert listener.got == []


async def test_an_event_is_repeated_three_times_with_number_and_reason(listener: Listener) -> None:
    office = listener.office
    listener.statuses = [500, 500, 500, 500]
    await office.slack.say(office.ana, office.kitchen, "anyone?")
    await office.slack.await_until(lambda: len(listener.got) == 4)
    repeats = [(h.get("X-Slack-Retry-Num"), h.get("X-Slack-Retry-Reason")) for h, _ in listener.got]
    assert repeats == [(None, None), ("1", "http_error"), ("2", "http_error"), ("3", "http_error")]
    assert len({body["event_id"] for body in listener.bodies()}) == 1


async def test_the_app_can_ask_not_to_be_told_again(listener: Listener) -> None:
    office = listener.office
    listener.statuses, listener.headers = [500], {"X-Slack-No-Retry": "1"}
    await office.slack.say(office.ana, office.kitchen, "anyone?")
    await office.slack.say(office.ana, office.kitchen, "no one")
    assert [body["event"]["text"] for body in listener.bodies()] == ["anyone?", "no one"]


async def test_a_command_is_a_form_and_a_500_fails_it(listener: Listener) -> None:
    office = listener.office
    listener.statuses = [500]
    answer = await office.slack.command(office.ana, office.kitchen, "/snack", "a b")
    assert answer.failure == '/snack failed with the error "dispatch_failed"'
    headers, body = listener.got[0]
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert b"command=%2Fsnack&text=a+b" in body


async def test_an_uninstalled_app_is_told_nothing_it_did_not_ask_for(listener: Listener) -> None:
    await listener.office.slack.uninstall()
    assert listener.got == []
    assert (await listener.office.refusal("auth.test"))["error"] == "token_revoked"
