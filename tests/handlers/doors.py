"""The four doors that systems knock at: how each is knocked at properly, and a body it takes."""

import base64
import hashlib
import hmac
import json
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import httpx
from standardwebhooks import Webhook

from bot.app import Bot
from bot.sandbox import Sandbox
from bot.sandbox.sandbox import SIGNING_SECRET

Headers = dict[str, str]


@dataclass(frozen=True)
class Knock:
    """A request. `stamp` names the header with the time, empty where there is none."""

    path: str
    body: bytes
    headers: Headers
    signature: str = ""
    stamp: str = ""

    def without(self, header: str) -> "Knock":
        return replace(self, headers={name: value for name, value in self.headers.items() if name != header})

    def saying(self, header: str, value: str) -> "Knock":
        return replace(self, headers={**self.headers, header: value})


@dataclass(frozen=True)
class Door:
    """`knock` signs a body now, or as many seconds ago as `aged` says."""

    name: str
    knock: Callable[..., Knock]
    good: Callable[[], bytes]


def doors(bot: Bot, sandbox: Sandbox) -> dict[str, Door]:
    shop = sandbox.shop
    secret = shop.web_shop_secrets["orders"]
    order_key = uuid.uuid4().hex

    def web_shop(body: bytes, *, store: str = "downtown", aged: float = 0, key: str = secret) -> Knock:
        at = datetime.fromtimestamp(time.time() - aged, UTC)
        text = body.decode("utf-8", "replace")
        headers = {
            "Content-Type": "application/json",
            "webhook-id": f"msg_{uuid.uuid4().hex}",
            "webhook-timestamp": str(int(at.timestamp())),
        }
        signature = Webhook(key).sign(headers["webhook-id"], at, text)
        headers["webhook-signature"] = signature
        path = f"/orders?store={store}" if store else "/orders"
        return Knock(path, body, headers, "webhook-signature", "webhook-timestamp")

    def leafly(body: bytes, *, key: str = shop.leafly.hmac_key, **_: Any) -> Knock:
        signature = hmac.new(key.encode(), body, hashlib.sha256).hexdigest()
        headers = {"Content-Type": "application/json", "X-Leafly-Signature": signature}
        return Knock("/leafly/webhooks", body, headers, "X-Leafly-Signature")

    def flowhub(body: bytes, *, store: str = "downtown", key: str = "", **_: Any) -> Knock:
        signature = key or bot.database.vault.sign(f"{store}/{order_key}")
        path = f"/flowhub/postback/{store}/{order_key}/{signature}"
        return Knock(path, body, {"Content-Type": "application/json"})

    def slack(body: bytes, *, aged: float = 0, key: str = SIGNING_SECRET, json_body: bool = False, **_: Any) -> Knock:
        stamp = str(int(time.time() - aged))
        digest = hmac.new(key.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
        form = "application/json" if json_body else "application/x-www-form-urlencoded"
        headers = {
            "Content-Type": form,
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": f"v0={digest}",
        }
        return Knock("/slack/events", body, headers, "X-Slack-Signature", "X-Slack-Request-Timestamp")

    def an_event() -> bytes:
        key = shop.store("downtown").leafly_key
        return json.dumps({"eventType": "order_activate", "orderIntegrationKey": key}).encode()

    def a_command() -> bytes:
        person, channel = next(iter(sandbox.people.values())), sandbox.channels["downtown"]
        return urlencode(
            {
                "command": "/orders",
                "text": "help",
                "user_id": person,
                "channel_id": channel,
                "team_id": "T1",
                "response_url": f"{sandbox.urls['slack']}/commands/T1/1/none",
                "trigger_id": "1.2.3",
            }
        ).encode()

    return {
        "web shop": Door("web shop", web_shop, lambda: json.dumps(an_order()).encode()),
        "leafly": Door("leafly", leafly, an_event),
        "flowhub": Door("flowhub", flowhub, lambda: b'{"orderId": "7d3a", "status": "ready"}'),
        "slack": Door("slack", slack, a_command),
    }


async def knock(web: httpx.AsyncClient, one: Knock) -> httpx.Response:
    # As bytes: a header may hold what no client would send.
    headers = {name.encode(): value.encode() for name, value in one.headers.items()}
    return await web.post(one.path, content=one.body, headers=headers)


def an_order(**changed: Any) -> dict[str, Any]:
    """An order that `POST /orders` takes; `changed` replaces fields, and a dotted name goes inside."""
    order: dict[str, Any] = {
        "order_id": f"GM-{uuid.uuid4().hex[:8]}",
        "placed_at": datetime.now(UTC).isoformat(),
        "customer": {"first_name": "Maya", "last_name": "Alvarez", "phone": "+13035550101"},
        "items": [{"name": "Ginger Mints", "quantity": 1}],
    }
    for path, value in changed.items():
        *way, last = path.split("__")
        place: Any = order
        for step in way:
            place = place[int(step) if step.isdigit() else step]
        place[int(last) if last.isdigit() else last] = value
    return order


def wrong_secret() -> str:
    return "whsec_" + base64.b64encode(b"somebody else's secret, 32 bytes").decode()
