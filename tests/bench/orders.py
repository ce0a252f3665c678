"""What the load sends: web-shop orders and postbacks, ready as bytes."""

import base64
import hashlib
import hmac
import json
import time
import uuid
from datetime import UTC, datetime
from urllib.parse import urlsplit

from bot.sandbox import Sandbox
from bot.sandbox.flowhub import PosOrder
from bot.sandbox.shop import Store
from tests.bench.http_load import post


def web_order(sandbox: Sandbox, store: Store, order_id: str) -> bytes:
    """A signed order of two lines for delivery; its id is in the note too, so that every message about it can be told."""
    products = sandbox.shop.shelf(store.key)[:2]
    body = json.dumps(
        {
            "order_id": order_id,
            "placed_at": datetime.now(UTC).isoformat(),
            "type": "delivery",
            "customer": {
                "first_name": "Maya",
                "last_name": "Alvarez",
                "phone": "+13035550101",
                "email": "maya.alvarez@example.com",
                "birth_date": "1991-04-12",
                "customer_type": "rec",
            },
            "items": [
                {
                    "product_id": product.product_id,
                    "name": product.name,
                    "quantity": 1,
                    "unit_price_cents": product.price_cents,
                }
                for product in products
            ],
            "address": {"street1": "2210 Marion Street", "city": "Denver", "state": "CO", "zip": "80205"},
            "note": f"bench {order_id}",
            "total_cents": sum(product.price_cents for product in products),
        }
    ).encode()
    return post(f"/orders?store={store.key}", body, signed(sandbox.webshop.orders_secret, body))


def signed(secret: str, body: bytes) -> dict[str, str]:
    """The three headers of Standard Webhooks."""
    message_id, at = f"msg_{uuid.uuid4().hex}", str(int(time.time()))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.new(key, f"{message_id}.{at}.".encode() + body, hashlib.sha256).digest()
    return {
        "webhook-id": message_id,
        "webhook-timestamp": at,
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }


def postback(order: PosOrder) -> bytes:
    """Flowhub's hint that an order has moved, to the address that came with the order."""
    return post(urlsplit(order.postback_url or "").path, json.dumps(order.answer()).encode(), {})
