"""The Slack stand-in: workspaces with one app, on one HTTP port. See the package's docstring for how to use it."""

import asyncio
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.sandbox import wire as wires
from bot.sandbox.slack.authorize import Authorize
from bot.sandbox.slack.console import Console
from bot.sandbox.slack.core import Core
from bot.sandbox.slack.installs import Installs
from bot.sandbox.slack.masking import masked_body
from bot.sandbox.slack.sockets import Sockets
from bot.sandbox.slack.team import Team
from bot.sandbox.slack.web_api import WebApi
from bot.sandbox.wire import Fault, Server, Wire

APP_ROUTES = ("/api/", "/oauth/", "/commands/", "/actions/", "/upload/")


class SlackStandIn(Team):
    """The first workspace, and the server of all. `add_workspace` makes another one, where the app is not installed yet."""

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
        self.installs = Installs(manifest, app_token, signing_secret)
        core = Core(self.installs, team_name, bot_token)
        self.wire = wire or Wire("slack")
        self.wire.mask = masked_body
        self.sockets = Sockets(core)
        super().__init__(core, self.sockets, self.wire)
        self._teams: list[Team] = [self]
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
        return self.installs.url

    @url.setter
    def url(self, url: str) -> None:
        self.installs.url = url

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
        self.installs.events_url = url

    async def verify_events_url(self) -> bool:
        return await self.delivery.verify()

    async def await_connected(self, connections: int = 1, timeout: float = 5.0) -> None:
        """Until that many Socket Mode connections may get payloads. Raises TimeoutError."""
        await self.await_until(lambda: self.sockets.count() >= connections, timeout, "a Socket Mode connection")

    def add_workspace(self, team_name: str) -> Team:
        """Another workspace on this server, until the next reset. It has no people yet, and the app is not installed there."""
        team = Team(Core(self.installs, team_name), self.sockets, self.wire)
        self._teams.append(team)
        return team

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

    def reset(self) -> None:
        """Forget messages, views, counts, faults, other workspaces and installs. People, channels, connections and switches
        of the first workspace stay."""
        self.forget()
        self.installs.begin_again()
        self.wire.reset()

    # Routes

    def _routes(self) -> web.Application:
        api, authorize = WebApi(self.installs), Authorize(self.installs)
        app = web.Application(
            middlewares=[self._learn_url, self.wire.middleware(only=APP_ROUTES)], client_max_size=32 * 1024**2
        )
        app.router.add_route("GET", "/api/{method}", api.call)
        app.router.add_route("POST", "/api/{method}", api.call)
        app.router.add_get("/oauth/v2/authorize", authorize.page)
        app.router.add_post("/oauth/v2/authorize", authorize.decide)
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
        await asyncio.gather(self.sockets.close(), *(team.delivery.close() for team in self._teams))

    @web.middleware
    async def _learn_url(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Where nobody said under which address this server is reached, the first request does."""
        if self.installs.url is None:
            self.installs.url = str(request.url.origin())
        response = await handler(request)
        if response.status == 429 and isinstance(response, web.Response) and not response.body:
            # A 429 that a fault made, in Slack's words.
            return web.json_response(
                {"ok": False, "error": "ratelimited"},
                status=429,
                headers={"Retry-After": response.headers.get("Retry-After", "1")},
            )
        return response
