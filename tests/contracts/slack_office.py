"""A small Slack workspace for tests: two members, a public and a private channel, a client that speaks for the app."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import SlackStandIn
from tests.contracts.foreign_bolt_app import MANIFEST


@dataclass
class Office:
    slack: SlackStandIn
    client: AsyncWebClient
    http: aiohttp.ClientSession
    ana: str
    ben: str
    kitchen: str
    vault: str

    async def refusal(self, method: str, **arguments: Any) -> dict[str, Any]:
        """Slack's answer to a call that it refuses."""
        try:
            answer = await self.client.api_call(method, json=arguments)
        except SlackApiError as refused:
            return dict(refused.response.data)
        raise AssertionError(f"{method} was accepted: {answer.data!r}")

    async def raw(self, path: str, body: Any, **headers: str) -> aiohttp.ClientResponse:
        """A POST without any client library; the answer is read."""
        response = await self.http.post(f"{self.slack.url}{path}", json=body, headers=headers)
        await response.read()
        return response


@asynccontextmanager
async def an_office(manifest: dict[str, Any] = MANIFEST) -> AsyncIterator[Office]:
    slack = SlackStandIn(manifest=manifest, bot_token="xoxb-snack", app_token="xapp-snack", signing_secret="shh")
    server = await slack.start()
    ana, ben = slack.add_person("Ana Lima", role="owner"), slack.add_person("Ben Ode")
    kitchen = slack.add_channel("kitchen", members=[ana, ben], topic="Snacks")
    vault = slack.add_channel("vault", private=True, members=[ana])
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient(token="xoxb-snack", base_url=slack.api_url, session=session, retry_handlers=[])
        yield Office(slack, client, session, ana, ben, kitchen, vault)
    await server.close()
