"""Slack over signed HTTP: everything comes to /slack/events, and Bolt does the rest."""

import json
from urllib.parse import parse_qs

from fastapi import APIRouter, Request, Response
from slack_bolt.adapter.fastapi.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.signature import SignatureVerifier

from handlers.requests import Turned, is_number, read_body, wrong_field

OBJECTS = {"event", "user", "channel", "container", "view", "team"}
"""What Slack sends as an object wherever it sends it; Bolt stumbles over anything else."""


def routes(app: AsyncApp, signing_secret: str) -> APIRouter:
    router = APIRouter()
    handler = AsyncSlackRequestHandler(app)
    verifier = SignatureVerifier(signing_secret)

    @router.post("/slack/events", include_in_schema=False)
    async def slack_event(request: Request) -> Response:
        body = await read_body(request)
        _check_signature(verifier, request, body)
        _check_form(request, body)
        request._body = body
        try:
            return await handler.handle(request)
        except (AttributeError, KeyError, TypeError, ValueError):
            raise wrong_field((), "is no request of Slack's") from None

    return router


def _check_signature(verifier: SignatureVerifier, request: Request, body: bytes) -> None:
    """Before Bolt sees the request: Bolt reads the body first, answers a timestamp that is no number with 500, and says
    in its 401 what is wrong (slack.md 2.3)."""
    timestamp = request.headers.get("x-slack-request-timestamp", "")
    signature = request.headers.get("x-slack-signature", "")
    if not is_number(timestamp) or not signature.isascii():
        raise Turned(401)
    try:
        good = verifier.is_valid(body, timestamp, signature)
    except UnicodeDecodeError:
        good = False
    if not good:
        raise Turned(401)


def _check_form(request: Request, body: bytes) -> None:
    """Bolt raises for a body that it can't read, and does not say where."""
    field, text = "", body.decode()
    if not text.startswith("{") and request.headers.get("content-type") != "application/json":
        payloads = parse_qs(text).get("payload")
        if payloads is None:
            return
        field, text = "payload", payloads[0]
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise wrong_field((field,) if field else (), "is no JSON object")
    for name in OBJECTS & said.keys():
        if not isinstance(said[name], dict | None):
            raise wrong_field((field, name) if field else (name,), "is no JSON object")
