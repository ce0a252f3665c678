"""How Slack comes in: Bolt's app, Socket Mode where there is an app token, and the install of the app in a workspace."""

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, cast

import aiohttp
import structlog
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.lazy_listener.async_internals import to_runnable_function
from slack_bolt.lazy_listener.async_runner import AsyncLazyListenerRunner
from slack_bolt.listener.async_listener_start_handler import AsyncListenerStartHandler
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import Misconfigured, OrderAheadError, Refused, Unauthorised
from bot.settings import Settings
from bot.slack import TIMEOUT_SECONDS
from bot.workspaces import PLAIN, Workspaces
from bot.workspaces.installing import Installations, States

log = structlog.get_logger("orderahead")

PING_SECONDS = 5.0
"""How long a connection of Socket Mode may be cut before that is noticed: until then nobody who presses is answered. Bolt's own
is ten."""
WAIT_SECONDS = 5.0
GRACE_SECONDS = 3.0
"""While the program stops: what somebody asked for takes no longer if Slack and Flowhub answer."""
INSTALL_PATH, REDIRECT_PATH = "/slack/install", "/slack/oauth_redirect"
SCOPES = ("chat:write", "commands", "users:read", "channels:read", "groups:read", "usergroups:read")
OPTIONAL_SCOPES = ("channels:history", "groups:history")
"""What an install asks for; the manifest says the same, and a test holds the two together."""
NOT_INSTALLED = "Order Ahead is no longer installed in this workspace. An admin can install it again."


class SlackDoor:
    def __init__(self, settings: Settings, workspaces: Workspaces) -> None:
        self._settings, self._workspaces = settings, workspaces
        self._bot_user_id = ""
        self._socket_mode: AsyncSocketModeHandler | None = None
        self._reaching: asyncio.Task[None] | None = None
        self.app = self._make_app()
        self.listeners = Listeners(self.app)

    def _make_app(self) -> AsyncApp:
        # Bolt copies its client for every lazy listener, deeply, and a client that holds our session can't be copied. So
        # it gets one of its own, which nobody calls: handlers speak to Slack through `bot.workspaces`.
        client = AsyncWebClient(base_url=f"{self._settings.slack_api_url}/")

        async def authorize(team_id: str | None) -> AuthorizeResult | None:
            return await self._authorize(team_id)  # Bolt reads the names of the arguments, and takes `self` for one

        with without_slack_variables():
            return AsyncApp(
                name="orderahead",  # else it looks through the whole stack's source files for one, for a fifth of a second
                client=client,
                authorize=cast(Any, authorize),  # the library takes None for an answer, its types do not
                user_facing_authorize_error_message=NOT_INSTALLED,
                signing_secret=self._settings.slack_signing_secret.get_secret_value(),
                request_verification_enabled=not self._settings.uses_socket_mode,
            )

    async def _authorize(self, team_id: str | None) -> AuthorizeResult | None:
        """Whether the app is installed where a request comes from. No token: Bolt's client, which would get it, is unused."""
        tokens = self._workspaces.tokens
        if tokens is None:
            return AuthorizeResult(enterprise_id=None, team_id=None, bot_user_id=self._bot_user_id or None)
        found = await tokens.installed(team_id) if team_id else None
        if found is None:
            return None
        return AuthorizeResult(
            enterprise_id=None, team_id=team_id, bot_id=found.bot_id or None, bot_user_id=found.bot_user_id or None
        )

    async def reach(self) -> None:
        """A wrong token is found out at once; a Slack that is down is waited for while orders keep arriving."""
        try:
            await self._connect()
        except Unauthorised as problem:
            raise Misconfigured(f"ORDERAHEAD_SLACK_BOT_TOKEN: {problem.sentence}") from None
        except Misconfigured:
            raise
        except (OrderAheadError, SlackClientError, aiohttp.ClientError, OSError):
            log.warning("Slack can't be reached; trying on")
            self._reaching = asyncio.create_task(self._keep_reaching(), name="reach Slack")

    async def _keep_reaching(self) -> None:
        while True:
            await asyncio.sleep(WAIT_SECONDS)
            try:
                await self._connect()
            except (OrderAheadError, SlackClientError, aiohttp.ClientError, OSError):
                continue
            log.info("Slack is reached")
            return

    async def _connect(self) -> None:
        if not self._workspaces.are_many:
            self._bot_user_id = await self._workspaces.slack(PLAIN).who_are_we()
        if self._settings.uses_socket_mode:
            app_token = self._settings.slack_app_token.get_secret_value()
            slack = self._workspaces.without_token
            # The library would try a wrong token for ever, and log a trace each time: so the first address is ours.
            try:
                address = await slack.socket_address(app_token)
            except (Refused, Unauthorised):
                raise Misconfigured(
                    "ORDERAHEAD_SLACK_APP_TOKEN: Slack does not accept it. It begins with xapp- and needs the scope "
                    "connections:write."
                ) from None
            handler = AsyncSocketModeHandler(
                self.app, app_token, web_client=slack.repeatable, ping_interval=PING_SECONDS
            )
            handler.client.wss_uri = address
            self._socket_mode = handler
            await handler.connect_async()  # type: ignore[no-untyped-call]

    async def leave(self) -> None:
        if self._reaching is not None:
            self._reaching.cancel()
            await asyncio.gather(self._reaching, return_exceptions=True)
        if self._socket_mode is not None:
            await self._socket_mode.close_async()  # type: ignore[no-untyped-call]


class Listeners(AsyncListenerStartHandler, AsyncLazyListenerRunner):
    """What is being done for people and events. Bolt begins a task for each and forgets it: one that goes on while the program
    stops would find its database closed."""

    def __init__(self, app: AsyncApp) -> None:
        self.logger = app.logger
        self._running: set[asyncio.Task[None]] = set()
        app.listener_runner.listener_start_handler = app.listener_runner.lazy_listener_runner = self

    async def handle(self, request: AsyncBoltRequest, response: BoltResponse | None) -> None:  # noqa: ARG002
        """Called by Bolt in the task of a listener, before it begins."""
        task = asyncio.current_task()
        assert task is not None
        self._keep(task)

    def start(self, function: Callable[..., Awaitable[None]], request: AsyncBoltRequest) -> None:
        """As Bolt's own."""
        self._keep(asyncio.create_task(to_runnable_function(function, self.logger, request)))

    def _keep(self, task: asyncio.Task[None]) -> None:
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def end(self) -> None:
        """Nobody comes in any more; what is under way has a moment to end."""
        await asyncio.sleep(0)  # what was begun last is there from its first step on
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=GRACE_SECONDS)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)


def install_flow(
    settings: Settings, installations: Installations, states: States, session: aiohttp.ClientSession
) -> AsyncOAuthFlow:
    """The library's way through an install, with our stores. Everything is passed: what is left out it takes from SLACK_*."""
    # It logs the code that Slack gave the browser when exchanging it fails, and somebody else might be faster.
    quiet = logging.getLogger("orderahead.slack_install")
    quiet.setLevel(logging.CRITICAL)
    api_url = settings.slack_api_url.rstrip("/")
    client = AsyncWebClient(
        base_url=f"{api_url}/", session=session, timeout=TIMEOUT_SECONDS, logger=quiet, retry_handlers=[]
    )
    with without_slack_variables():
        chosen = AsyncOAuthSettings(
            client_id=settings.slack_client_id,
            client_secret=settings.slack_client_secret.get_secret_value(),
            scopes=[*SCOPES, *OPTIONAL_SCOPES],
            user_scopes=[],
            redirect_uri=f"{settings.public_url}{REDIRECT_PATH}",
            install_path=INSTALL_PATH,
            redirect_uri_path=REDIRECT_PATH,
            install_page_rendering_enabled=False,
            authorization_url=f"{api_url.removesuffix('/api')}/oauth/v2/authorize",
            installation_store=installations,
            state_store=states,
            logger=quiet,
        )
    return AsyncOAuthFlow(client=client, logger=quiet, settings=chosen)


@contextmanager
def without_slack_variables() -> Iterator[None]:
    """Bolt reads SLACK_* variables behind one's back and would switch on OAuth by itself (slack.md 2.2)."""
    hidden: Mapping[str, str] = {name: value for name, value in os.environ.items() if name.startswith("SLACK_")}
    for name in hidden:
        del os.environ[name]
    try:
        yield
    finally:
        os.environ.update(hidden)
