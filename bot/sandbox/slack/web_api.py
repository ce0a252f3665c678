"""The routes that apps call: the Web API, response URLs, uploads. Parsing, tokens, scopes and pace happen here only."""

import json
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

from bot.sandbox.slack.answers import Answers
from bot.sandbox.slack.core import Core
from bot.sandbox.slack.methods import METHODS, Call, Method, Refused
from bot.sandbox.slack.methods.calls import scope_missing
from bot.sandbox.slack.workspace import Json

CHANNEL_PACED = {"chat.postMessage"}


class WebApi:
    def __init__(self, core: Core) -> None:
        self._core = core
        self._answers = Answers(core)
        self._numbers = 0

    async def call(self, request: web.Request) -> web.Response:
        """GET or POST /api/{method}."""
        name = request.match_info["method"]
        self._numbers += 1
        self._core.requests[name] += 1
        method = METHODS.get(name)
        if method is None:
            return self._refusal(name, Refused("unknown_method", req_method=name))
        arguments = await arguments_of(request)
        if arguments is None:
            return self._refusal(name, Refused("invalid_json"))
        token = _token(request, arguments)
        call = Call(name, arguments, self._numbers, str(request.url.origin()))
        call.size = request.content_length or call.size
        try:
            self._admit(method, token)
            wait = self._core.pace.seconds_to_wait(
                name, method.tier, call.text("channel") if name in CHANNEL_PACED else None
            )
            if wait:
                self._core.refusals[name, "ratelimited"] += 1
                return _json({"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": str(wait)})
            answer = method.answer(self._core, call)
        except Refused as refused:
            return self._refusal(name, refused)
        return _json({"ok": True, **answer}, headers={"X-OAuth-Scopes": ",".join(self._core.scopes)})

    async def response_url(self, request: web.Request) -> web.Response:
        """POST /commands/… or /actions/…: an app's later answer, without a token."""
        response, error = self._core.triggers.use_response_url(request.match_info["secret"])
        if response is None:
            return _json({"ok": False, "error": error}, status=404)
        payload = await arguments_of(request)
        if isinstance((payload or {}).get("payload"), str):
            payload = json.loads((payload or {})["payload"])
        if payload is None:
            return _json({"ok": False, "error": "invalid_payload"}, status=400)
        try:
            self._answers.to_response_url(response, payload)
        except ValueError as wrong:
            return _json({"ok": False, "error": str(wrong)}, status=400)
        return web.Response(text="ok")

    async def upload(self, request: web.Request) -> web.Response:
        """POST /upload/v1/{file}: the bytes of a file, bare or in a form."""
        file_id = request.match_info["file"]
        if file_id not in self._core.uploads:
            return web.Response(status=404, text="no such upload")
        content = await request.read()
        if request.content_type == "multipart/form-data":
            content = next((value for value in _multipart(request, content).values() if isinstance(value, bytes)), b"")
        name, length, _ = self._core.uploads[file_id]
        self._core.uploads[file_id] = (name, length, content)
        return web.Response(text=f"OK - {len(content)}")

    async def download(self, request: web.Request) -> web.Response:
        """GET /files-pri/{team}-{file}/{name}: Slack wants a token here, but the console page has none."""
        file_id = request.match_info["file"]
        file = self._core.workspace.files.get(file_id)
        if file is None:
            return web.Response(status=404, text="file_not_found")
        content = self._core.uploads[file_id][2]
        return web.Response(body=content, content_type=file["mimetype"])

    def _admit(self, method: Method, token: str | None) -> None:
        """Raises Refused where the token is missing, unknown, of the wrong kind, revoked or short of a scope."""
        if method.token == "any" and token is None:
            return
        if token is None:
            raise Refused("not_authed")
        if token not in {self._core.bot_token, self._core.app_token}:
            raise Refused("invalid_auth")
        if self._core.switches.token_revoked:
            raise Refused("token_revoked")
        wanted = self._core.app_token if method.token == "app" else self._core.bot_token
        if method.token != "any" and token != wanted:
            raise Refused("not_allowed_token_type")
        if method.scopes and not set(method.scopes) & set(self._core.scopes):
            raise scope_missing(self._core, *method.scopes)

    def _refusal(self, name: str, refused: Refused) -> web.Response:
        self._core.refusals[name, refused.error] += 1
        return _json({"ok": False, "error": refused.error, **refused.more})


async def arguments_of(request: web.Request) -> Json | None:
    """The arguments of a request, in whatever of Slack's encodings they come; None where they are not readable."""
    query: Json = dict(request.query)
    body = await request.read()
    if not body:
        return query
    if request.content_type == "application/json" or body.startswith(b"{"):
        try:
            parsed = json.loads(body)
        except ValueError:
            return None
        return query | parsed if isinstance(parsed, dict) else None
    if request.content_type == "multipart/form-data":
        return query | _multipart(request, body)
    try:
        return query | dict(parse_qsl(body.decode(), keep_blank_values=True))
    except UnicodeDecodeError:
        return None


def _multipart(request: web.Request, body: bytes) -> Json:
    """A multipart form, read from the body that the wire has already taken: texts as str, files as bytes."""
    head = f"Content-Type: {request.headers['Content-Type']}\r\n\r\n".encode()
    fields: Json = {}
    for part in BytesParser(policy=HTTP).parsebytes(head + body).iter_parts():
        content: Any = part.get_payload(decode=True)
        name = part.get_param("name", header="content-disposition")
        is_file = part.get_filename() is not None
        fields[str(name)] = content if is_file else content.decode()
    return fields


def _token(request: web.Request, arguments: Json) -> str | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    given = arguments.pop("token", None)
    return token.strip() if scheme == "Bearer" and token.strip() else given


def _json(answer: Json, *, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    return web.Response(
        body=json.dumps(answer, ensure_ascii=False).encode(),
        status=status,
        headers=headers,
        content_type="application/json",
    )
