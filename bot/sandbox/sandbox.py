"""All stand-ins together: Green Mesa with its three stores, its staff in Slack, and the settings that point a bot at them.

sandbox = await Sandbox.start()
bot = Bot(sandbox.settings())
…
await sandbox.close()
"""

import json
import socket
from collections.abc import Awaitable, Callable
from importlib.metadata import files
from pathlib import Path
from typing import Any, Self

import yaml
from aiohttp import web

from bot.sandbox.control import add_control_routes
from bot.sandbox.flowhub import FlowhubStandIn
from bot.sandbox.leafly import LeaflyStandIn
from bot.sandbox.shop import Shop, green_mesa
from bot.sandbox.slack import SlackStandIn, add_slack_control_routes
from bot.sandbox.webshop import WebShop
from bot.sandbox.wire import Server, serve


def _manifest() -> Path:
    """In the repository it lies beside the packages; an installed one has brought it along."""
    beside = Path(__file__).parents[2] / "manifest.yml"
    brought = [Path(str(one.locate())) for one in files("orderahead-bot") or () if one.name == "manifest.yml"]
    return beside if beside.is_file() else brought[0]


MANIFEST = _manifest()
OWNER, MANAGER, BUDTENDER, GUEST = "Rosa Delgado", "Theo Brandt", "Imani Cole", "Sam Whitehorse"
BOT_TOKEN, APP_TOKEN, SIGNING_SECRET = "xoxb-sandbox-bot", "xapp-sandbox-app", "sandbox-signing-secret"
VAULT_KEY = "c2FuZGJveC1rZXktMzItYnl0ZXMtbG9uZy1vay4uLi4="
"""A Fernet key that everybody knows, for a database that holds nobody's data."""


class Sandbox:
    """`people` maps names to Slack user ids, `channels` store keys to channel ids."""

    def __init__(self, shop: Shop | None = None) -> None:
        self.shop = shop or green_mesa()
        self.flowhub = FlowhubStandIn(shop=self.shop)
        self.leafly = LeaflyStandIn(shop=self.shop)
        self.webshop = WebShop(self.shop)
        self.slack = SlackStandIn(
            manifest=yaml.safe_load(MANIFEST.read_text()),
            bot_token=BOT_TOKEN,
            app_token=APP_TOKEN,
            signing_secret=SIGNING_SECRET,
            team_name=self.shop.name,
        )
        self._servers: list[Server] = []
        self._begin_control_again: Callable[[], None] = lambda: None
        self.urls: dict[str, str] = {}

    @classmethod
    async def start(
        cls,
        *,
        port: int = 0,
        shop: Shop | None = None,
        story: Callable[[], Any] | None = None,
        control: Callable[[web.Request], Awaitable[web.StreamResponse]] | None = None,
    ) -> Self:
        """Serve on `port` and the five after it; 0 takes free ones. Raises OSError when one is taken.

        `story` says how far a story is, `control` answers POST /control/story; the demo has them, the sandbox has not.
        """
        sandbox = cls(shop)
        sandbox._people_and_channels()
        sandbox._begin_control_again = add_control_routes(
            sandbox.slack.app,
            flowhub=sandbox.flowhub,
            leafly=sandbox.leafly,
            webshop=sandbox.webshop,
            wires=(sandbox.slack.wire,),
            story=story,
        )
        if control is not None:
            sandbox.slack.app.router.add_post("/control/story", control)
        add_slack_control_routes(sandbox.slack.app, sandbox.slack)
        apps: tuple[tuple[str, web.Application], ...] = (
            ("slack", sandbox.slack.app),
            ("flowhub", sandbox.flowhub.app),
            ("flowhub_auth", sandbox.flowhub.auth_app),
            ("leafly", sandbox.leafly.app),
            ("leafly_auth", sandbox.leafly.auth_app),
            ("webshop", sandbox.webshop.app),
        )
        try:
            for number, (name, app) in enumerate(apps):
                server = await serve(app, port=port + number if port else 0)
                sandbox._servers.append(server)
                sandbox.urls[name] = server.url
        except OSError:
            await sandbox.close()
            raise
        sandbox.slack.url = sandbox.urls["slack"]
        return sandbox

    def _people_and_channels(self) -> None:
        add = self.slack.add_person
        self.people = {
            OWNER: add(OWNER, role="owner", title="Owner"),
            MANAGER: add(MANAGER, title="Manager"),
            BUDTENDER: add(BUDTENDER, title="Budtender"),
            GUEST: add(GUEST, role="guest", title="Guest"),
        }
        everybody = list(self.people.values())
        crew = [self.people[name] for name in (OWNER, MANAGER, BUDTENDER)]
        self.channels = {
            store.key: self.slack.add_channel(
                f"{store.key}-orders", private=True, members=crew, topic=f"Order desk of {store.name}"
            )
            for store in self.shop.stores
        }
        self.general = self.slack.add_channel("general", members=everybody, bot_is_member=False, topic="Green Mesa")
        self._channels_at_first = self.slack.channels_now()
        self.crew = self.slack.add_user_group("floor-crew", "Floor crew", crew)

    def environment(self, *, bot_port: int | None = None, **changed: Any) -> dict[str, Any]:
        """Settings by name, without their prefix, for a bot between these stand-ins, which are pointed at it in turn.

        `changed` replaces settings; `stores` may be a function that changes the book of stores.
        """
        port = bot_port or free_port()
        address = f"http://127.0.0.1:{port}"
        self.point_at(address, socket_mode=changed.get("slack_app_token", APP_TOKEN) != "")
        book = self.store_book()
        if callable(change := changed.pop("stores", None)):
            change(book)
        values: dict[str, Any] = {
            "slack_bot_token": BOT_TOKEN,
            "slack_app_token": APP_TOKEN,
            "slack_signing_secret": SIGNING_SECRET,
            "slack_api_url": f"{self.urls['slack']}/api/",
            "secret_keys": VAULT_KEY,
            "stores": json.dumps(book),
            "public_url": address,
            "port": port,
            "flowhub_url": self.urls["flowhub"],
            "flowhub_auth_url": self.urls["flowhub_auth"],
            "leafly_url": f"{self.urls['leafly']}/v1/order_integration",
            "leafly_auth_url": self.urls["leafly_auth"],
            "leafly_client_id": self.shop.leafly.client_id,
            "leafly_client_secret": self.shop.leafly.client_secret,
            "leafly_hmac_key": self.shop.leafly.hmac_key,
            "webhooks_to_private_addresses": True,
            # Told of where they are the matter: whatever hour it is.
            "digest_at": "off",
            "summary": "never",
            "quiet_hours": "",
            "sync_every": 0,  # a first load is played where it is the matter, not beside everything else
        }
        return values | changed

    def point_at(self, address: str, *, socket_mode: bool = True) -> None:
        """Where the marketplace, the web shop and (without Socket Mode) Slack find the bot."""
        self.leafly.webhooks.url = f"{address}/leafly/webhooks"
        self.webshop.bot_url = address
        self.slack.events_url = None if socket_mode else f"{address}/slack/events"

    def store_book(self) -> dict[str, Any]:
        """Accounts and stores, as ORDERAHEAD_STORES takes them."""
        secrets = self.shop.web_shop_secrets
        return {
            "accounts": {"green-mesa": {"client_id": self.shop.client_id, "key": self.shop.key}},
            "stores": {
                store.key: {
                    "name": store.name,
                    "channel": self.channels[store.key],
                    "account": "green-mesa",
                    "location_id": store.location_id,
                    "import_id": store.import_id,
                    "order_ahead_client_id": store.order_ahead_client_id,
                    "order_ahead_token": store.order_ahead_token,
                    "leafly_key": store.leafly_key,
                    "storefront_secret": secrets["orders"],
                    "storefront_webhook_secret": secrets["hooks"],
                    "storefront_webhook_url": f"{self.urls['webshop']}/hooks/orders",
                    "mention": self.crew,
                    "managers": [self.people[MANAGER]],
                    "time_zone": store.time_zone,
                }
                for store in self.shop.stores
            },
        }

    def description(self) -> dict[str, Any]:
        """Addresses and credentials, for people who develop against the stand-ins."""
        return {
            "flowhub": {
                "url": self.urls["flowhub"],
                "auth_url": self.urls["flowhub_auth"],
                "client_id": self.shop.client_id,
                "key": self.shop.key,
                "stores": [
                    {
                        "location_id": store.location_id,
                        "import_id": store.import_id,
                        "name": store.name,
                        "order_ahead_client_id": store.order_ahead_client_id,
                        "order_ahead_token": store.order_ahead_token,
                    }
                    for store in self.shop.stores
                ],
            },
            "leafly": {
                "url": f"{self.urls['leafly']}/v1/order_integration",
                "auth_url": self.urls["leafly_auth"],
                "client_id": self.shop.leafly.client_id,
                "client_secret": self.shop.leafly.client_secret,
                "hmac_key": self.shop.leafly.hmac_key,
                "stores": [{"key": store.leafly_key, "name": store.name} for store in self.shop.stores],
            },
            "slack": {
                "api_url": f"{self.urls['slack']}/api/",
                "bot_token": BOT_TOKEN,
                "app_token": APP_TOKEN,
                "signing_secret": SIGNING_SECRET,
                "console_url": f"{self.urls['slack']}/",
            },
            "control_url": f"{self.urls['slack']}/control",
        }

    async def reset(self) -> None:
        """The world as it was at the start; servers, people, channels and connections stay, and whoever came into one of the
        first channels leaves it."""
        await self.flowhub.reset()
        await self.leafly.reset()
        await self.webshop.reset()
        self.slack.reset()
        self.slack.channels_as(self._channels_at_first)
        self._begin_control_again()

    async def close(self) -> None:
        for server in reversed(self._servers):
            await server.close()


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])
