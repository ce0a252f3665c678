"""The Slack stand-in: one workspace with one app, on one HTTP port. See the package's docstring for how to use it."""

import asyncio
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.sandbox import wire as wires
from bot.sandbox.slack.changes import Change
from bot.sandbox.slack.console import Console
from bot.sandbox.slack.core import Core
from bot.sandbox.slack.delivery import Delivery
from bot.sandbox.slack.events import Events
from bot.sandbox.slack.masking import masked_body
from bot.sandbox.slack.membership import Membership
from bot.sandbox.slack.record import Record
from bot.sandbox.slack.sockets import Sockets
from bot.sandbox.slack.verbs import Verbs
from bot.sandbox.slack.web_api import WebApi
from bot.sandbox.slack.workspace import Channel, Person, Role
from bot.sandbox.wire import Fault, Server, Wire

T = TypeVar("T")

APP_ROUTES = ("/api/", "/commands/", "/actions/", "/upload/")


class SlackStandIn(Verbs, Record, Membership):
    """Person verbs (`say`, `command`, `press`, …) and record queries (`messages`, `cards`, …) are inherited."""

    def __init__(
        self,
        *,
        wire: Wire | None = None,
        manifest: dict[str, Any],
        bot_token: str = "xoxb-sandbox",
        app_token: str = "xapp-sandbox",
        signing_secret: str = "sandbox-signing-secret",
        team_name: str = "Green Mesa",
    ) -> None:
        core = Core(manifest, bot_token, app_token, signing_secret, team_name)
        self.wire = wire or Wire("slack")
        self.wire.mask = masked_body
        self.core = core
        self.clock, self.switches, self.workspace = core.clock, core.switches, core.workspace
        self.sockets = Sockets(core)
        self.delivery = Delivery(core, self.sockets, self.wire)
        self.events = Events(core, self.delivery)
        Verbs.__init__(self, core, self.delivery, self.events)
        Record.__init__(self, core)
        Membership.__init__(self, core, self.events)
        self.console = Console(core, self)
        self.app = self._routes()

    # Serving

    async def start(self, *, host: str = "127.0.0.1", port: int = 0) -> Server:
        """Serve on loopback. Raises OSError when the port is taken."""
        server = await wires.serve(self.app, host=host, port=port)
        self.url = server.url
        return server

    @property
    def url(self) -> str | None:
        """This server's address as the app sees it; response URLs begin with it."""
        return self.core.url

    @url.setter
    def url(self, url: str) -> None:
        self.core.url = url

    @property
    def api_url(self) -> str:
        """What an app's client takes as its base URL."""
        return f"{self.core.own_url}/api/"

    @property
    def events_url(self) -> str | None:
        """The app's request URL. Set: commands, interactions and events go there, signed; None: Socket Mode."""
        return self.delivery.events_url

    @events_url.setter
    def events_url(self, url: str | None) -> None:
        self.delivery.events_url = url

    async def verify_events_url(self) -> bool:
        return await self.delivery.verify()

    async def await_connected(self, connections: int = 1, timeout: float = 5.0) -> None:
        """Until that many Socket Mode connections may get payloads. Raises TimeoutError."""
        await self.await_until(lambda: self.sockets.count() >= connections, timeout, "a Socket Mode connection")

    # The workspace

    def add_person(
        self,
        name: str,
        *,
        role: Role = "member",
        id: str | None = None,  # noqa: A002
        title: str = "",
        team: str = "",
    ) -> str:
        """A new member; returns the user id. The role is Slack's, the title is what they do, `team` another workspace's id
        for somebody who is met in shared channels."""
        person = self.workspace.add_person(name, role, id)
        person.title, person.team = title, team
        return person.id

    def add_channel(
        self,
        name: str,
        *,
        private: bool = False,
        members: Iterable[str] = (),
        bot_is_member: bool = True,
        id: str | None = None,  # noqa: A002
        topic: str = "",
    ) -> str:
        """A new channel; returns its id."""
        channel = self.workspace.add_channel(
            name, private=private, members=members, bot_is_member=bot_is_member, channel_id=id, topic=topic
        )
        self.core.changes.tell(Change("other"))
        return channel.id

    def add_user_group(self, handle: str, name: str, users: Iterable[str], *, id: str | None = None) -> str:  # noqa: A002
        """A new user group (`<!subteam^S…>` in messages); returns its id."""
        group_id = id or self.workspace.new_id("S")
        members = list(users)
        self.workspace.user_groups[group_id] = {
            "id": group_id,
            "team_id": self.workspace.team_id,
            "is_usergroup": True,
            "name": name,
            "handle": handle,
            "description": "",
            "date_delete": 0,
            "user_count": len(members),
            "users": members,
        }
        return group_id

    def person(self, user: str) -> Person:
        return self.workspace.people[user]

    def channel(self, channel: str) -> Channel:
        return self.workspace.channels[channel]

    def direct_messages(self, user: str) -> str:
        """The id of the conversation between the app and one person."""
        return self.workspace.direct_channel(user).id

    async def archive(self, channel: str) -> None:
        self.workspace.channels[channel].archived = True
        await self.events.channel_changed("archive", self.workspace.channels[channel])

    async def unarchive(self, channel: str) -> None:
        self.workspace.channels[channel].archived = False
        await self.events.channel_changed("unarchive", self.workspace.channels[channel])

    async def rename(self, channel: str, name: str) -> None:
        self.workspace.channels[channel].name = name.removeprefix("#")
        await self.events.channel_changed("rename", self.workspace.channels[channel])

    async def kick_bot(self, channel: str) -> None:
        self.workspace.channels[channel].members.remove(self.workspace.bot.id)
        await self.events.channel_changed("left", self.workspace.channels[channel])

    async def invite_bot(self, channel: str) -> None:
        await self.join(self.workspace.bot.id, channel)

    async def uninstall(self) -> None:
        """An admin removes the app: its tokens are worth nothing from here on."""
        await self.events.revoked()
        self.switches.token_revoked = True

    # Faults

    def lose_next_answer(self, method: str, *, times: int = 1) -> Fault:
        """The next call of `method` is carried out, then the connection is cut before any byte of the answer."""
        return self.wire.add(Fault("cut_after_accept", path=f"/api/{method}", times=times))

    async def refresh_connections(self) -> None:
        """Ask every Socket Mode connection to be replaced; returns once a new one is there."""
        had = self.sockets.count()
        await self.sockets.refresh()
        if had:
            await self.await_connected()

    async def await_until(self, predicate: Callable[[], T | None], timeout: float = 5.0, waiting_for: str = "it") -> T:
        """The first truthy value of `predicate`, asked again at each change here. Raises TimeoutError."""
        return await self.core.changes.until(predicate, timeout, waiting_for)

    def reset(self) -> None:
        """Forget messages, views, counts and faults. People, channels, connections and switches stay."""
        self.core.begin_again()
        self.begin_again()
        self.wire.reset()

    # Routes

    def _routes(self) -> web.Application:
        api = WebApi(self.core)
        app = web.Application(
            middlewares=[self._learn_url, self.wire.middleware(only=APP_ROUTES)], client_max_size=32 * 1024**2
        )
        app.router.add_route("GET", "/api/{method}", api.call)
        app.router.add_route("POST", "/api/{method}", api.call)
        app.router.add_post("/commands/{team}/{number}/{secret}", api.response_url)
        app.router.add_post("/actions/{team}/{number}/{secret}", api.response_url)
        app.router.add_post("/upload/v1/{file}", api.upload)
        app.router.add_get(r"/files-pri/{team:[^-/]+}-{file}/{name}", api.download)
        app.router.add_get("/link/", self.sockets.link)
        self.console.add_routes(app)
        app.on_shutdown.append(self._close)
        return app

    async def _close(self, _: web.Application) -> None:
        self.console.close()
        await asyncio.gather(self.sockets.close(), self.delivery.close())

    @web.middleware
    async def _learn_url(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Where nobody said under which address this server is reached, the first request does."""
        if self.core.url is None:
            self.core.url = str(request.url.origin())
        response = await handler(request)
        if response.status == 429 and isinstance(response, web.Response) and not response.body:
            # A 429 that a fault made, in Slack's words.
            return web.json_response(
                {"ok": False, "error": "ratelimited"},
                status=429,
                headers={"Retry-After": response.headers.get("Retry-After", "1")},
            )
        return response
