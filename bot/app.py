"""The composition root: settings in, a running bot out. Nobody else wires."""

import asyncio
import os
from collections.abc import Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager

import aiohttp
import structlog
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy.exc import SQLAlchemyError

from bot.deliveries import Courier, Office, runners
from bot.deliveries.boards import Boards
from bot.desk import Desk
from bot.desk.arriving import Intake
from bot.desk.health import flowhub_failed
from bot.errors import Misconfigured, OrderAheadError, Refused, Unauthorised
from bot.flowhub import Flowhubs
from bot.leafly import Leafly
from bot.listening import Listener
from bot.outgoing import http_client
from bot.rules.deliveries import Delivery, Kind
from bot.settings import Settings
from bot.slack import TIMEOUT_SECONDS, Slack
from bot.store import Database, stores
from bot.store.schema import upgrade
from bot.vault import Vault
from bot.webhooks import Webhooks
from handlers.front import Front
from handlers.people import register
from handlers.systems import http_api
from sync.timetable import Cadence, timetable

log = structlog.get_logger("orderahead")

SLACK_WAIT_SECONDS = 5.0


class Bot:
    """A bot. `address` is where it listens, `http://host:port`."""

    def __init__(self, settings: Settings) -> None:
        """Checks all settings and takes its port. Raises Misconfigured with a sentence that names the variable."""
        self.settings = settings
        self._book = settings.store_book().values()
        self.database = Database(settings.database_url, Vault(settings.vault_keys))
        self._listener = Listener(settings.host, settings.port)
        self.address = self._listener.address
        self._bot_user_id = ""
        self._socket_mode: AsyncSocketModeHandler | None = None
        self._reaching: asyncio.Task[None] | None = None
        self._to_close = AsyncExitStack()

    async def start(self) -> None:
        """Raises Misconfigured when Slack does not accept a token, or the database can't be used; nothing stays open then."""
        self._to_close.push_async_callback(self.database.close)
        self._to_close.push_async_callback(self._listener.close)
        try:
            await self._start()
        except SQLAlchemyError:
            await self.close()
            raise Misconfigured("ORDERAHEAD_DATABASE_URL: this database can't be read or written.") from None
        except BaseException:
            await self.close()
            raise

    async def _start(self) -> None:
        await self._open_database()
        settings = self.settings
        self._http = http_client(timeout=10)
        self._to_close.push_async_callback(self._http.aclose)
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT_SECONDS))
        self._to_close.push_async_callback(self._session.close)
        slack_token = settings.slack_bot_token.get_secret_value()
        self.slack = Slack(token=slack_token, api_url=settings.slack_api_url, session=self._session)
        self.desk = self._make_desk()
        await self._take_over_stores()
        office = Office(self.desk, self.slack)
        self.courier = Courier(
            self.database,
            runners(office),
            now=lambda: self.desk.now(),
            alone=self.database.is_sqlite,
            on_unauthorised=self._on_unauthorised,
        )
        boards = Boards(office)
        front = Front(
            office,
            Intake(self.database),
            boards,
            leafly_hmac_key=settings.leafly_hmac_key.get_secret_value(),
            slack_signing_secret=settings.slack_signing_secret.get_secret_value(),
        )
        self._slack_app = self._make_slack_app(slack_token)
        register(self._slack_app, front)
        self.api = http_api(front, None if settings.uses_socket_mode else self._slack_app)
        cadence = Cadence(order_poll=settings.order_poll_seconds, pos_watch=settings.pos_watch_seconds)
        self._scheduler = timetable(self.desk, boards, cadence)
        self._to_close.push_async_callback(self.courier.close)
        await self.courier.start()
        self._to_close.push_async_callback(self._listener.close)
        await self._listener.serve(self.api)
        self._to_close.push_async_callback(self._leave_slack)
        await self._reach_slack()
        self._scheduler.start()
        self._to_close.callback(self._scheduler.shutdown, wait=False)
        self._say_what_cannot_work()

    async def close(self) -> None:
        """Begin nothing new, end what is under way, let go of everything: the other way round than it was begun."""
        await self._to_close.aclose()

    async def _open_database(self) -> None:
        try:
            await upgrade(self.database)
        except (SQLAlchemyError, OSError):
            raise Misconfigured("ORDERAHEAD_DATABASE_URL: this database can't be opened.") from None

    async def _leave_slack(self) -> None:
        if self._reaching is not None:
            self._reaching.cancel()
            await asyncio.gather(self._reaching, return_exceptions=True)
        if self._socket_mode is not None:
            await self._socket_mode.close_async()  # type: ignore[no-untyped-call]

    def _make_desk(self) -> Desk:
        settings = self.settings
        return Desk(
            database=self.database,
            flowhubs=Flowhubs(
                self._http,
                url=settings.flowhub_url,
                auth_url=settings.flowhub_auth_url,
                requests_per_second=settings.flowhub_requests_per_second,
            ),
            leafly=self._make_leafly(),
            webhooks=Webhooks(self._http, private_allowed=settings.webhooks_to_private_addresses),
            public_url=settings.public_url,
            inventory_seconds=settings.inventory_seconds,
        )

    async def _take_over_stores(self) -> None:
        """The settings' stores go into the database, credentials sealed."""
        async with self.database.write() as tx:
            for store, credentials in self._book:
                await stores.put(tx, store, credentials, now=self.desk.now())
            await stores.retire_others(tx, [store.key for store, _ in self._book])
        await self.desk.load_stores()

    def _make_leafly(self) -> Leafly | None:
        settings = self.settings
        if not settings.leafly_client_id:
            return None
        return Leafly(
            self._http,
            url=settings.leafly_url,
            auth_url=settings.leafly_auth_url,
            client_id=settings.leafly_client_id,
            secret=settings.leafly_client_secret.get_secret_value(),
        )

    def _make_slack_app(self, token: str) -> AsyncApp:
        async def authorize() -> AuthorizeResult:
            return AuthorizeResult(
                enterprise_id=None, team_id=None, bot_token=token, bot_user_id=self._bot_user_id or None
            )

        # Bolt copies its client for every lazy listener, deeply, and a client that holds our session can't be copied. So
        # it gets one of its own, which nobody calls: handlers speak to Slack through `bot.slack`.
        client = AsyncWebClient(base_url=f"{self.settings.slack_api_url}/")
        with _without_slack_variables():
            return AsyncApp(
                client=client,
                authorize=authorize,
                signing_secret=self.settings.slack_signing_secret.get_secret_value(),
                request_verification_enabled=not self.settings.uses_socket_mode,
            )

    async def _reach_slack(self) -> None:
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
            await asyncio.sleep(SLACK_WAIT_SECONDS)
            try:
                await self._connect()
            except (OrderAheadError, SlackClientError, aiohttp.ClientError, OSError):
                continue
            log.info("Slack is reached")
            return

    async def _connect(self) -> None:
        self._bot_user_id = await self.slack.who_are_we()
        if self.settings.uses_socket_mode:
            app_token = self.settings.slack_app_token.get_secret_value()
            # The library would try a wrong token for ever, and log a trace each time: so the first address is ours.
            try:
                address = await self.slack.socket_address(app_token)
            except (Refused, Unauthorised):
                raise Misconfigured(
                    "ORDERAHEAD_SLACK_APP_TOKEN: Slack does not accept it. It begins with xapp- and needs the scope "
                    "connections:write."
                ) from None
            handler = AsyncSocketModeHandler(self._slack_app, app_token, web_client=self.slack.repeatable)
            handler.client.wss_uri = address
            self._socket_mode = handler
            await handler.connect_async()  # type: ignore[no-untyped-call]

    async def _on_unauthorised(self, delivery: Delivery, problem: Unauthorised) -> None:
        log.error("credentials do not work", kind=delivery.kind.value, store=delivery.store_key, why=problem.sentence)
        if delivery.kind in {Kind.PLACE, Kind.ASK_STATUS} and delivery.store_key in self.desk.stores:
            await flowhub_failed(self.desk, self.desk.store(delivery.store_key), problem)

    def _say_what_cannot_work(self) -> None:
        if not self.settings.public_url:
            log.warning(
                "ORDERAHEAD_PUBLIC_URL is not set: Leafly, a web shop and Flowhub's postbacks can't reach this bot. "
                "Slack, polling and the watch on the point of sale work."
            )


@contextmanager
def _without_slack_variables() -> Iterator[None]:
    """Bolt reads SLACK_* variables behind one's back and would switch on OAuth by itself (slack.md 2.2)."""
    hidden: Mapping[str, str] = {name: value for name, value in os.environ.items() if name.startswith("SLACK_")}
    for name in hidden:
        del os.environ[name]
    try:
        yield
    finally:
        os.environ.update(hidden)
