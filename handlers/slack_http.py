"""Slack over signed HTTP: everything comes to /slack/events, and Bolt does the rest."""

from fastapi import APIRouter, Request, Response
from slack_bolt.adapter.fastapi.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp

from handlers.requests import Turned, read_body


def routes(app: AsyncApp) -> APIRouter:
    router = APIRouter()
    handler = AsyncSlackRequestHandler(app)

    @router.post("/slack/events", include_in_schema=False)
    async def slack_event(request: Request) -> Response:
        # Bolt answers a timestamp that is no number with 500 and a traceback (slack.md 2.3).
        if not request.headers.get("x-slack-request-timestamp", "").isdigit():
            raise Turned(401)
        request._body = await read_body(request)
        return await handler.handle(request)

    return router
