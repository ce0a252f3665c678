"""The composition root: settings in, a running bot out. Nobody else wires."""

from contextlib import AsyncExitStack
from datetime import timedelta
from functools import partial

import aiohttp
import httpx
import structlog
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from sqlalchemy.exc import SQLAlchemyError

from bot.activation.settling import settle_with_connected
from bot.customers.syncs import Syncs
from bot.deliveries import Courier, Office, runners
from bot.deliveries.boards import Boards
from bot.desk import Desk
from bot.desk.desk import now_utc
from bot.desk.leaving import workspace_left
from bot.digests.summarising import summarise
from bot.errors import Misconfigured
from bot.flowhub import Flowhubs
from bot.keyring import keys_of
from bot.leafly import Leafly
from bot.listening import Listener
from bot.outgoing import http_client
from bot.reaching import Reach
from bot.segments.turns import Evaluations, Told
from bot.settings import Settings
from bot.slack import TIMEOUT_SECONDS
from bot.slack_door import INSTALL_PATH, SlackDoor, install_flow
from bot.store import Database, keys, stores
from bot.store.schema import upgrade
from bot.vault import Vault
from bot.webhooks import Webhooks
from bot.workspaces import Tokens, Workspaces
from bot.workspaces.installing import Installations, States
from handlers.front import Front
from handlers.people import register
from handlers.systems import http_api
from sync.automations import look_for_occasions
from sync.timetable import Cadence, timetable

log = structlog.get_logger("orderahead")


class Bot:
    """A bot. `address` is where it listens, `http://host:port`."""

    def __init__(self, settings: Settings) -> None:
        """Checks all settings and takes its port. Raises Misconfigured with a sentence that names the variable."""
        self.settings = settings
        self._book = settings.store_book().values()
        self.database = Database(settings.database_url, Vault(keys_of(settings)))
        self._listener = Listener(settings.host, settings.port)
        self.address = self._listener.address
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
        self.workspaces = make_workspaces(settings, self.database, self._session)
        self.desk = make_desk(settings, self.database, self._http)
        await self._take_over_stores()
        self.office = office = Office(self.desk, self.workspaces)
        self.courier = Courier(
            self.database,
            runners(office),
            now=lambda: self.desk.now(),
            alone=self.database.is_sqlite,
            until_turn=office.seconds_until_turn,
        )
        self.desk.on_new_credentials = lambda key: self.courier.lift(f"flowhub:{key}")
        boards = Boards(office)
        syncs = Syncs(self.desk, settings.sync_plan())
        self._to_close.push_async_callback(syncs.close)
        evaluations = Evaluations(self.desk)
        evaluations.told += self._after_evaluation()
        self._to_close.push_async_callback(evaluations.close)
        front = Front(
            office,
            boards,
            syncs,
            leafly_hmac_key=settings.leafly_hmac_key.get_secret_value(),
            slack_signing_secret=settings.slack_signing_secret.get_secret_value(),
        )
        door = SlackDoor(settings, self.workspaces)
        register(door.app, front)
        self.api = http_api(front, None if settings.uses_socket_mode else door.app, self._make_install_flow())
        cadence = Cadence(
            order_poll=settings.order_poll_seconds,
            pos_watch=settings.pos_watch_seconds,
            customers=settings.sync_every or None,
            keep=settings.retention(),
        )
        removed_kept = timedelta(hours=settings.removed_stores_kept_hours)
        self._scheduler = timetable(
            self.desk, boards, cadence, syncs=syncs, evaluations=evaluations, removed_kept=removed_kept
        )
        self._to_close.push_async_callback(self.courier.close)
        await self.courier.start()
        self._to_close.push_async_callback(door.listeners.end)
        self._to_close.push_async_callback(self._listener.close)
        await self._listener.serve(self.api)
        self._to_close.push_async_callback(door.leave)
        await door.reach()
        self._scheduler.start()
        self._to_close.callback(self._scheduler.shutdown, wait=False)
        self._say_what_cannot_work()

    def _after_evaluation(self) -> list[Told]:
        """Who is woken when an account's segments were evaluated, each with the account's name."""
        return [partial(summarise, self.desk), partial(look_for_occasions, self.desk)]

    async def close(self) -> None:
        """Begin nothing new, end what is under way, let go of everything: the other way round than it was begun."""
        await self._to_close.aclose()

    async def _open_database(self) -> None:
        try:
            await upgrade(self.database)
            async with self.database.read() as tx:
                await keys.check(tx)
            async with self.database.write() as tx:
                await keys.remember(tx, now=now_utc())
        except (SQLAlchemyError, OSError):
            raise Misconfigured("ORDERAHEAD_DATABASE_URL: this database can't be opened.") from None

    def _make_install_flow(self) -> AsyncOAuthFlow | None:
        tokens = self.workspaces.tokens
        if tokens is None:
            return None
        left = partial(workspace_left, self.desk, self.workspaces)
        installations = Installations(self.database, tokens, now_utc, left)
        return install_flow(self.settings, installations, States(self.database, now_utc), self._session)

    async def _take_over_stores(self) -> None:
        """The settings' stores go into the database, credentials sealed."""
        async with self.database.write() as tx:
            for store, credentials in self._book:
                await stores.put(tx, store, credentials, now=self.desk.now())
            await stores.remove_others(tx, [store.key for store, _ in self._book], now=self.desk.now())
            await settle_with_connected(tx, self._book)
        await self.desk.load_stores()

    def _say_what_cannot_work(self) -> None:
        if self.workspaces.are_many:
            log.info("workspaces install the app themselves", at=f"{self.settings.public_url}{INSTALL_PATH}")
        if not self.settings.public_url:
            log.warning(
                "ORDERAHEAD_PUBLIC_URL is not set: Leafly, a web shop and Flowhub's postbacks can't reach this bot. "
                "Slack, polling and the watch on the point of sale work."
            )


def make_workspaces(settings: Settings, database: Database, session: aiohttp.ClientSession) -> Workspaces:
    if not settings.has_many_workspaces:
        token = settings.slack_bot_token.get_secret_value()
        return Workspaces(api_url=settings.slack_api_url, session=session, plain_token=token)
    tokens = Tokens(
        database,
        client_id=settings.slack_client_id,
        client_secret=settings.slack_client_secret.get_secret_value(),
        api_url=settings.slack_api_url,
        session=session,
        now=now_utc,
    )
    return Workspaces(api_url=settings.slack_api_url, session=session, tokens=tokens)


def make_desk(settings: Settings, database: Database, http: httpx.AsyncClient) -> Desk:
    leafly = Leafly(
        http,
        url=settings.leafly_url,
        auth_url=settings.leafly_auth_url,
        client_id=settings.leafly_client_id,
        secret=settings.leafly_client_secret.get_secret_value(),
    )
    return Desk(
        database=database,
        flowhubs=Flowhubs(
            http,
            url=settings.flowhub_url,
            auth_url=settings.flowhub_auth_url,
            requests_per_second=settings.flowhub_requests_per_second,
            pages_per_second=settings.sync_pages_per_second,
        ),
        leafly=leafly if settings.leafly_client_id else None,
        webhooks=Webhooks(http, private_allowed=settings.webhooks_to_private_addresses),
        reach=Reach(http),
        public_url=settings.public_url,
        inventory_seconds=settings.inventory_seconds,
        telling=settings.telling(),
    )
