"""The routes that apps call: the Web API, response URLs, uploads. Parsing, tokens, scopes and pace happen here only."""

import base64
import json
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

from bot.sandbox.slack.answers import Answers
from bot.sandbox.slack.core import Core
from bot.sandbox.slack.installs import Installs
from bot.sandbox.slack.methods import METHODS, Call, Method, Refused
from bot.sandbox.slack.methods.calls import scope_missing
from bot.sandbox.slack.workspace import Json

CHANNEL_PACED = {"chat.postMessage"}


class WebApi:
    """Of all workspaces: a token, or the workspace in an address, says which one is meant."""

    def __init__(self, installs: Installs) -> None:
        self._installs = installs
        self._numbers = 0

    async def call(self, request: web.Request) -> web.Response:
        """GET or POST /api/{method}."""
        name = request.match_info["method"]
        self._numbers += 1
        arguments = await arguments_of(request)
        token = _token(request, arguments or {})
        try:
            core, problem = self._installs.found(token) if token else self._installs.cores[0], ""
        except ValueError as wrong:
            core, problem = self._installs.cores[0], str(wrong)
        core.requests[name] += 1
        method = METHODS.get(name)
        if method is None:
            return _refusal(core, name, Refused("unknown_method", req_method=name))
        if arguments is None:
            return _refusal(core, name, Refused("invalid_json"))
        call = Call(name, arguments, self._numbers, str(request.url.origin()))
        call.size = request.content_length or call.size
        try:
            self._admit(core, method, token, problem)
            wait = core.pace.seconds_to_wait(name, method.tier, call.text("channel") if name in CHANNEL_PACED else None)
            if wait:
                core.refusals[name, "ratelimited"] += 1
                return _json({"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": str(wait)})
            answer = method.answer(core, call)
        except Refused as refused:
            return _refusal(core, name, refused)
        return _json({"ok": True, **answer}, headers={"X-OAuth-Scopes": ",".join(core.scopes)})

    async def response_url(self, request: web.Request) -> web.Response:
        """POST /commands/… or /actions/…: an app's later answer, without a token."""
        core = self._installs.core_of_team(request.match_info["team"]) or self._installs.cores[0]
        response, error = core.triggers.use_response_url(request.match_info["secret"])
        if response is None:
            return _json({"ok": False, "error": error}, status=404)
        payload = await arguments_of(request)
        if isinstance((payload or {}).get("payload"), str):
            payload = json.loads((payload or {})["payload"])
        if payload is None:
            return _json({"ok": False, "error": "invalid_payload"}, status=400)
        try:
            Answers(core).to_response_url(response, payload)
        except ValueError as wrong:
            return _json({"ok": False, "error": str(wrong)}, status=400)
        return web.Response(text="ok")

    async def upload(self, request: web.Request) -> web.Response:
        """POST /upload/v1/{file}: the bytes of a file, bare or in a form."""
        file_id = request.match_info["file"]
        core = next((core for core in self._installs.cores if file_id in core.uploads), None)
        if core is None:
            return web.Response(status=404, text="no such upload")
        content = await request.read()
        if request.content_type == "multipart/form-data":
            content = next((value for value in _multipart(request, content).values() if isinstance(value, bytes)), b"")
        name, length, _ = core.uploads[file_id]
        core.uploads[file_id] = (name, length, content)
        return web.Response(text=f"OK - {len(content)}")

    async def download(self, request: web.Request) -> web.Response:
        """GET /files-pri/{team}-{file}/{name}: Slack wants a token here, but the console page has none."""
        file_id = request.match_info["file"]
        core = self._installs.core_of_team(request.match_info["team"])
        file = core.workspace.files.get(file_id) if core is not None else None
        if core is None or file is None:
            return web.Response(status=404, text="file_not_found")
        content = core.uploads[file_id][2]
        return web.Response(body=content, content_type=file["mimetype"])

    def _admit(self, core: Core, method: Method, token: str | None, problem: str) -> None:
        """Raises Refused where the token is missing, unknown, of the wrong kind, over, revoked or short of a scope."""
        if method.token == "any" and not token:
            return
        if not token:
            raise Refused("not_authed")
        if problem:
            raise Refused(problem)
        if self._installs.switches.token_revoked:
            raise Refused("token_revoked")
        is_apps = token == self._installs.app_token
        if method.token != "any" and is_apps != (method.token == "app"):
            raise Refused("not_allowed_token_type")
        if method.scopes and not set(method.scopes) & set(core.scopes):
            raise scope_missing(core, *method.scopes)


def _refusal(core: Core, name: str, refused: Refused) -> web.Response:
    core.refusals[name, refused.error] += 1
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
    given: str | None = arguments.pop("token", None)
    if scheme == "Basic":
        # How an app says which one it is: its id and secret, instead of in the body.
        try:
            name, _, secret = base64.b64decode(token, validate=True).decode().partition(":")
        except ValueError:
            return given
        arguments |= {"client_id": name, "client_secret": secret}
    return token.strip() if scheme == "Bearer" and token.strip() else given


def _json(answer: Json, *, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    return web.Response(
        body=json.dumps(answer, ensure_ascii=False).encode(),
        status=status,
        headers=headers,
        content_type="application/json",
    )
