"""Control routes under /control/slack: switches, faults and connections, for the console's side panel."""

from dataclasses import asdict, fields
from typing import Any

from aiohttp import web

from bot.sandbox.slack.stand_in import SlackStandIn
from bot.sandbox.slack.switches import Switches
from bot.sandbox.slack.workspace import Json
from bot.sandbox.wire import Fault


def add_slack_control_routes(app: web.Application, slack: SlackStandIn) -> None:
    """Put the routes on any aiohttp application, the stand-in's own or the sandbox's control server."""

    async def look(_: web.Request) -> web.Response:
        return web.json_response(_state(slack))

    async def switch(request: web.Request) -> web.Response:
        """POST {"rate_limits": false, …}: set those switches, keep the others."""
        return _done(slack, _set_switches(slack.switches, await request.json()))

    async def fault(request: web.Request) -> web.Response:
        """POST a Fault's fields; `method` instead of `path` names a Web API method."""
        wanted = await request.json()
        if "method" in wanted:
            wanted["path"] = f"/api/{wanted.pop('method')}"
        try:
            slack.wire.add(Fault(**wanted))
        except TypeError as wrong:
            return _done(slack, str(wrong))
        return _done(slack)

    async def clear(_: web.Request) -> web.Response:
        slack.wire.clear()
        return _done(slack)

    async def connections(request: web.Request) -> web.Response:
        """POST {"verb": "refresh" | "cut"}: replace every Socket Mode connection, politely or not."""
        match (await request.json()).get("verb"):
            case "refresh":
                await slack.sockets.refresh()
            case "cut":
                await slack.sockets.cut()
            case other:
                return _done(slack, f"unknown verb {other}")
        return _done(slack)

    async def channel(request: web.Request) -> web.Response:
        """POST {"channel", "verb": "archive" | "unarchive" | "kick_bot" | "invite_bot"}."""
        wanted = await request.json()
        verbs = {
            "archive": slack.archive,
            "unarchive": slack.unarchive,
            "kick_bot": slack.kick_bot,
            "invite_bot": slack.invite_bot,
        }
        if wanted.get("channel") not in slack.workspace.channels or wanted.get("verb") not in verbs:
            return _done(slack, "unknown channel or verb")
        await verbs[wanted["verb"]](wanted["channel"])
        return _done(slack)

    app.router.add_get("/control/slack", look)
    app.router.add_post("/control/slack/switches", switch)
    app.router.add_post("/control/slack/faults", fault)
    app.router.add_delete("/control/slack/faults", clear)
    app.router.add_post("/control/slack/connections", connections)
    app.router.add_post("/control/slack/channels", channel)


def _state(slack: SlackStandIn) -> Json:
    return {
        "ok": True,
        "switches": asdict(slack.switches),
        "faults": [asdict(fault) for fault in slack.wire.faults],
        "connections": slack.sockets.count(),
        "requests": dict(slack.requests),
        "refusals": {f"{method} {error}": count for (method, error), count in slack.refusals.items()},
    }


def _done(slack: SlackStandIn, error: str | None = None) -> web.Response:
    if error is not None:
        return web.json_response({"ok": False, "error": error}, status=422)
    return web.json_response(_state(slack))


def _set_switches(switches: Switches, wanted: dict[str, Any]) -> str | None:
    """Set what fits; a sentence where a switch is unknown or the value is of another kind, and then nothing is set."""
    fitting: dict[str, Any] = {}
    for name, value in wanted.items():
        kind = type(getattr(switches, name, None))
        if name not in {field.name for field in fields(switches)}:
            return f"there is no switch {name}"
        if kind is tuple and isinstance(value, list):
            fitting[name] = tuple(value)
        elif kind is float and isinstance(value, int | float) and not isinstance(value, bool):
            fitting[name] = float(value)
        elif isinstance(value, kind):
            fitting[name] = value
        else:
            return f"{name} takes a {kind.__name__}"
    for name, value in fitting.items():
        setattr(switches, name, value)
    return None
