"""`orderahead doctor`: which setting, credential or address does not work, one line each."""

from collections.abc import Awaitable, Callable

import aiohttp
import httpx

from bot.errors import OrderAheadError, Refused
from bot.flowhub import Flowhubs
from bot.leafly import Leafly
from bot.rules.stores import Credentials, Store
from bot.settings import Settings
from bot.slack import TIMEOUT_SECONDS, Slack
from bot.store import Database, schema
from bot.vault import Vault

Check = Callable[[], Awaitable[str]]


async def examine(settings: Settings, *, say: Callable[[str], object]) -> bool:
    """Run every check and say how it went; True when all is well. Raises Misconfigured for settings that make no sense."""
    book = settings.store_book().values()
    database = Database(settings.database_url, Vault(settings.vault_keys))
    timeout = aiohttp.ClientTimeout(total=TIMEOUT_SECONDS)
    async with httpx.AsyncClient(timeout=10) as client, aiohttp.ClientSession(timeout=timeout) as session:
        slack = Slack(
            token=settings.slack_bot_token.get_secret_value(), api_url=settings.slack_api_url, session=session
        )
        flowhubs = Flowhubs(
            client,
            url=settings.flowhub_url,
            auth_url=settings.flowhub_auth_url,
            requests_per_second=settings.flowhub_requests_per_second,
        )
        checks: list[tuple[str, Check]] = [
            ("Database", lambda: _database(database)),
            ("Slack's bot token", lambda: _slack(slack)),
            ("Leafly", lambda: _leafly(settings, client)),
        ]
        for store, credentials in book:
            checks += _store_checks(store, credentials, flowhubs, slack)
        well = [await _run(name, check, say) for name, check in checks]
        if not settings.public_url:
            say("–  ORDERAHEAD_PUBLIC_URL is not set: Leafly, a web shop and postbacks can't reach this bot.")
        if not book:
            say("–  No store is set up: see ORDERAHEAD_STORES_FILE.")
    await database.close()
    return all(well)


def _store_checks(store: Store, credentials: Credentials, flowhubs: Flowhubs, slack: Slack) -> list[tuple[str, Check]]:
    return [
        (f"{store.name}: Flowhub client id and key", lambda: _location(store, flowhubs, credentials)),
        (f"{store.name}: Order Ahead client id and token", lambda: _token(flowhubs, credentials)),
        (f"{store.name}: channel", lambda: _channel(store, slack)),
    ]


async def _run(name: str, check: Check, say: Callable[[str], object]) -> bool:
    try:
        say(f"✓  {name}: {await check()}")
    except OrderAheadError as problem:
        say(f"✗  {name}: {problem.sentence}")
    except OSError as problem:
        say(f"✗  {name}: {problem.strerror or type(problem).__name__}")
    else:
        return True
    return False


async def _database(database: Database) -> str:
    return f"answers, schema {await schema.revision(database) or 'not made yet'}"


async def _slack(slack: Slack) -> str:
    return f"works, the bot is {await slack.who_are_we()}"


async def _leafly(settings: Settings, client: httpx.AsyncClient) -> str:
    if not settings.leafly_client_id:
        return "not set up"
    leafly = Leafly(
        client,
        url=settings.leafly_url,
        auth_url=settings.leafly_auth_url,
        client_id=settings.leafly_client_id,
        secret=settings.leafly_client_secret.get_secret_value(),
    )
    await leafly.sign_in()
    if not settings.leafly_hmac_key.get_secret_value():
        raise Refused("ORDERAHEAD_LEAFLY_HMAC_KEY is missing, so Leafly's webhooks would all be refused.")
    return "the client id and secret work"


async def _location(store: Store, flowhubs: Flowhubs, credentials: Credentials) -> str:
    """The key pair reads the account's locations (apis.md 2.6: there is no other cheap check), and ours is among them."""
    found = await flowhubs.account(credentials).locations(lambda _why, _record: None)
    ours = next((location for location in found if location.location_id == store.location_id), None)
    if ours is None:
        names = ", ".join(f"{location.name} = {location.location_id}" for location in found[:10])
        raise Refused(f"they work, but location_id {store.location_id} is not in this account. It has: {names}.")
    if store.import_id not in {ours.import_id, ours.location_id}:
        raise Refused(f"they work, but import_id should be {ours.import_id}.")
    return f"they work, and the location is “{ours.name}”"


async def _token(flowhubs: Flowhubs, credentials: Credentials) -> str:
    await flowhubs.order_ahead(credentials).sign_in()
    return "they work"


async def _channel(store: Store, slack: Slack) -> str:
    return f"{store.channel}: {await slack.about_channel(store.channel)}"
