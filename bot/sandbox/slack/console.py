"""The console page's own API under /console/api, its event stream, and the page itself, for one person at a time."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from aiohttp import web

from bot.sandbox.slack import console_shapes as shapes
from bot.sandbox.slack import finding
from bot.sandbox.slack.changes import Change
from bot.sandbox.slack.core import Core
from bot.sandbox.slack.outcomes import NotPossible
from bot.sandbox.slack.state import FIELDS
from bot.sandbox.slack.verbs import Verbs
from bot.sandbox.slack.workspace import Json

PAGE = Path(__file__).parent.parent / "console"
HEARTBEAT_SECONDS = 15.0
CHOSEN_KEYS = {key for key, _ in FIELDS.values()} | {"selected_option"}

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Console:
    def __init__(self, core: Core, verbs: Verbs) -> None:
        self._core, self._verbs = core, verbs
        self._streams: dict[asyncio.Queue[Json | None], str] = {}
        core.changes.watchers.append(self._tell)

    def add_routes(self, app: web.Application) -> None:
        def route(method: str, path: str, answer: Answer) -> None:
            app.router.add_route(method, f"/console/api{path}", _in_sentences(answer))

        route("GET", "/state", self._state)
        route("GET", "/channels/{channel}/messages", self._messages)
        route("GET", "/channels/{channel}/threads/{ts}", self._thread)
        route("POST", "/channels/{channel}/read", self._read)
        route("POST", "/say", self._say)
        route("POST", "/press", self._press)
        route("POST", "/options", self._options)
        route("POST", "/shortcut", self._shortcut)
        route("GET", "/views", self._views)
        route("POST", "/views/{view}/submit", self._submit)
        route("POST", "/views/{view}/close", self._close_view)
        route("GET", "/home", self._home)
        route("POST", "/home/open", self._open_home)
        route("GET", "/events", self._events)
        app.router.add_get("/", self._page)
        app.router.add_get("/static/{name:.+}", self._static)

    def close(self) -> None:
        """End every event stream now."""
        for queue in self._streams:
            queue.put_nowait(None)

    # Reading

    async def _state(self, request: web.Request) -> web.Response:
        return _json(shapes.state(self._core, self._me(request.query)))

    async def _messages(self, request: web.Request) -> web.Response:
        me = self._me(request.query)
        channel = finding.place(self._core, me, request.match_info["channel"])
        found = shapes.in_channel(self._core, channel.id, me)
        return _json({"messages": [shapes.message(self._core, each) for each in found]})

    async def _thread(self, request: web.Request) -> web.Response:
        me = self._me(request.query)
        channel = finding.place(self._core, me, request.match_info["channel"])
        parent = self._core.workspace.by_ts.get((channel.id, request.match_info["ts"]))
        if parent is None:
            raise NotPossible("there is no such thread")
        found = shapes.in_thread(self._core, parent, me)
        return _json({"messages": [shapes.message(self._core, each) for each in found]})

    async def _views(self, request: web.Request) -> web.Response:
        stack = self._core.views.stacks[self._me(request.query)]
        return _json({"views": [self._core.views.to_json(view) for view in stack]})

    async def _home(self, request: web.Request) -> web.Response:
        home = self._core.views.homes.get(self._me(request.query))
        return _json({"view": self._core.views.to_json(home) if home else None})

    # Doing

    async def _read(self, request: web.Request) -> web.Response:
        body = await _body(request)
        me, channel = self._me(body), request.match_info["channel"]
        if self._core.workspace.unread.pop((me, channel), 0):
            self._core.changes.tell(Change("unread", channel, user=me))
        return _json({"ok": True})

    async def _say(self, request: web.Request) -> web.Response:
        body = await _body(request)
        me, text, thread_ts = self._me(body), str(body["text"]), body.get("thread_ts")
        if not text.startswith("/"):
            await self._verbs.say(me, body["channel"], text, thread_ts)
            return _json({"ok": True})
        name, _, rest = text.partition(" ")
        if thread_ts:
            raise NotPossible(f"{name} is not supported in threads. Sorry!")
        answer = await self._verbs.command(me, body["channel"], name, rest.strip())
        return _json({"ok": answer.ok, "error": answer.failure})

    async def _press(self, request: web.Request) -> web.Response:
        body = await _body(request)
        me, action_id, block_id = self._me(body), body["action_id"], body.get("block_id") or None
        chosen = {key: body[key] for key in CHOSEN_KEYS if key in body}
        given: Any = {"type": "", **chosen} if set(chosen) - {"value"} else body.get("value")
        if body.get("view_id"):
            self._verbs.keep(me, body["view_id"], body.get("values") or {})
            answer = await self._verbs.press_in_view(me, body["view_id"], action_id, given, block_id)
        else:
            answer = await self._verbs.act(me, body["channel"], body["ts"], action_id, given, block_id)
        return _json({"ok": answer.ok, "error": answer.failure})

    async def _options(self, request: web.Request) -> web.Response:
        body = await _body(request)
        found = await self._verbs.suggest(
            self._me(body),
            body["action_id"],
            body.get("query", ""),
            view_id=body.get("view_id"),
            channel=body.get("channel", ""),
            ts=body.get("ts", ""),
        )
        return _json({"ok": True, "options": found})

    async def _shortcut(self, request: web.Request) -> web.Response:
        body = await _body(request)
        me, callback_id = self._me(body), body["callback_id"]
        if body.get("ts"):
            answer = await self._verbs.message_shortcut(me, body["channel"], body["ts"], callback_id)
        else:
            answer = await self._verbs.global_shortcut(me, callback_id)
        return _json({"ok": answer.ok, "error": answer.failure})

    async def _submit(self, request: web.Request) -> web.Response:
        body = await _body(request)
        answer = await self._verbs.submit(self._me(body), request.match_info["view"], body.get("values") or {})
        return _json({"ok": answer.ok, "errors": answer.errors, "error": answer.failure})

    async def _close_view(self, request: web.Request) -> web.Response:
        body = await _body(request)
        await self._verbs.close_view(self._me(body), request.match_info["view"])
        return _json({"ok": True})

    async def _open_home(self, request: web.Request) -> web.Response:
        body = await _body(request)
        return _json({"ok": True, "view": await self._verbs.open_home(self._me(body))})

    # The event stream

    async def _events(self, request: web.Request) -> web.StreamResponse:
        """Server-sent events for one person, until the page or the server goes away."""
        me = self._me(request.query)
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        await response.prepare(request)
        queue: asyncio.Queue[Json | None] = asyncio.Queue()
        self._streams[queue] = me
        try:
            await response.write(b": here\n\n")
            while True:
                try:
                    async with asyncio.timeout(HEARTBEAT_SECONDS):
                        event = await queue.get()
                except TimeoutError:
                    await response.write(b": still here\n\n")
                    continue
                if event is None:
                    break
                await response.write(f"data: {json.dumps(event)}\n\n".encode())
        except ConnectionError:
            pass
        finally:
            del self._streams[queue]
        return response

    def _tell(self, change: Change) -> None:
        if not self._streams or change.kind == "other":
            return
        for queue, me in self._streams.items():
            if self._is_for(change, me):
                for event in self._events_of(change, me):
                    queue.put_nowait(event)

    def _is_for(self, change: Change, me: str) -> bool:
        if change.user is not None:
            return change.user == me
        channel = self._core.workspace.channels[change.channel or ""]
        return me in channel.members if channel.is_im else self._core.workspace.can_see(me, channel)

    def _events_of(self, change: Change, me: str) -> list[Json]:
        event: Json = {"type": change.kind}
        if change.view is not None:
            event["view"] = change.view
        if change.channel is not None:
            event["channel"] = change.channel
        if change.kind == "unread":
            event["unread"] = self._core.workspace.unread[me, change.channel or ""]
        if change.message is None:
            return [event]
        message = change.message
        event["message"] = shapes.message(self._core, message)
        events = [event]
        if message.is_reply and message.ephemeral_to is None:
            parent = self._core.workspace.by_ts[message.channel, message.thread_ts or ""]
            shown = shapes.message(self._core, parent)
            events.append({"type": "message_changed", "channel": message.channel, "message": shown})
        elif change.kind == "message" and message.user != me:
            count = self._core.workspace.unread[me, message.channel]
            events.append({"type": "unread", "channel": message.channel, "unread": count})
        return events

    # The page

    async def _page(self, _: web.Request) -> web.StreamResponse:
        page = PAGE / "index.html"
        if not page.is_file():
            return web.Response(text="The console page is not installed.", status=404)
        return web.FileResponse(page, headers={"Cache-Control": "no-cache"})

    async def _static(self, request: web.Request) -> web.StreamResponse:
        path = (PAGE / request.match_info["name"]).resolve()
        if not path.is_relative_to(PAGE.resolve()) or not path.is_file():
            return web.Response(status=404)
        return web.FileResponse(path, headers={"Cache-Control": "no-cache"})

    def _me(self, given: Any) -> str:
        """Whom the page acts as; the first person where it does not say."""
        people = self._core.workspace.people
        me = given.get("as") or next((person.id for person in people.values() if not person.is_bot), "")
        if me not in people:
            raise NotPossible(f"there is no person {me}" if me else "nobody is in this workspace yet")
        return str(me)


def _in_sentences(answer: Answer) -> Answer:
    """What a person could not do comes back as a sentence, not as an error page."""

    async def handler(request: web.Request) -> web.StreamResponse:
        try:
            return await answer(request)
        except NotPossible as wrong:
            status = 404 if request.method == "GET" else 200
            return _json({"ok": False, "error": str(wrong)}, status=status)
        except (KeyError, json.JSONDecodeError) as wrong:
            return _json({"ok": False, "error": f"the request lacks or garbles {wrong}"}, status=400)

    return handler


async def _body(request: web.Request) -> Json:
    body = await request.json()
    return body if isinstance(body, dict) else {}


def _json(answer: Json, *, status: int = 200) -> web.Response:
    return web.json_response(answer, status=status, headers={"Cache-Control": "no-store"})
