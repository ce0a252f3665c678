"""Edge: signed webhooks to addresses an owner configured (Standard Webhooks), with a guard on where they may go.

The name is resolved once, every address it has is judged, and the connection is made to the judged address: a name that
resolves differently a moment later changes nothing. Redirects are not followed.
"""

import asyncio
import ipaddress
import json
import secrets
import socket
from base64 import b64decode, b64encode
from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import httpx
from standardwebhooks import Webhook

from bot.errors import Refused, Unavailable
from bot.rules.addresses import is_web_address

TIMEOUT_SECONDS = 15.0
MOST_WAIT_SECONDS = 24 * 3600.0
SHOP = "The web shop"
"""Whose address it is, at the beginning of a sentence."""
MARK = "whsec_"
SECRET_BYTES = 32


def new_secret() -> str:
    """A signing key as the specification writes it."""
    return MARK + b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def is_secret(text: str) -> bool:
    """Whether it is one: 24 to 64 bytes in base64, with or without the prefix."""
    try:
        return 24 <= len(b64decode(text.removeprefix(MARK), validate=True)) <= 64
    except ValueError:
        return False


class Webhooks:
    def __init__(self, client: httpx.AsyncClient, *, private_allowed: bool) -> None:
        self._client = client
        self._private_allowed = private_allowed

    async def check(self, url: str, *, whose: str = SHOP) -> str:
        """The address that the name leads to now. Raises Refused when it is not allowed, Unavailable when it can't be found."""
        if not is_web_address(url):
            raise Refused(f"{whose}'s address is not an http or https address.")
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        return await self._judged_address(parts.hostname or "", port, whose)

    async def send(
        self, url: str, secret: str, *, message_id: str, at: datetime, body: dict[str, Any], whose: str = SHOP
    ) -> None:
        """Raises Refused when the address is not allowed or is gone (410), Unavailable for anything else but 2xx."""
        address = await self.check(url, whose=whose)
        parts = urlsplit(url)
        content = json.dumps(body, separators=(",", ":"), ensure_ascii=False)
        headers = {
            "Content-Type": "application/json",
            "Host": parts.netloc.rpartition("@")[2],
            "webhook-id": message_id,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": Webhook(secret).sign(message_id, at, content),
        }
        try:
            pinned = _pinned(url, address)
            # Only the status counts: whatever else the address says is not read, however long it goes on.
            async with (
                asyncio.timeout(TIMEOUT_SECONDS),
                self._client.stream(
                    "POST",
                    pinned,
                    content=content.encode(),
                    headers=headers,
                    timeout=TIMEOUT_SECONDS,
                    follow_redirects=False,
                    extensions={"sni_hostname": parts.hostname},
                ) as answer,
            ):
                pass
        except httpx.InvalidURL:
            raise Refused(f"{whose}'s address is not an http or https address.") from None
        except (httpx.RequestError, TimeoutError):
            raise Unavailable(f"{whose}'s address can't be reached.") from None
        if answer.status_code == 410:
            raise Refused(f"{whose}'s address says it is gone (HTTP 410).", status=410)
        if not answer.is_success:
            wait = answer.headers.get("Retry-After", "")
            after = min(float(wait), MOST_WAIT_SECONDS) if wait.isascii() and wait.isdigit() else None
            raise Unavailable(f"{whose} answered with HTTP {answer.status_code}.", retry_after=after)

    async def _judged_address(self, host: str, port: int, whose: str) -> str:
        try:
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            raise Unavailable(f"{whose}'s address can't be found.", may_have_arrived=False) from None
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        if not addresses or (not self._private_allowed and not all(is_public(address) for address in addresses)):
            raise Refused(f"{whose}'s address is inside a private network, which is not allowed.")
        return addresses[0]


@lru_cache(maxsize=512)
def _pinned(url: str, address: str) -> httpx.URL:
    """A shop has one address, and reading it takes longer than signing for it. Raises httpx.InvalidURL."""
    return httpx.URL(url).copy_with(host=address)


_HOLDING_IPV4 = tuple(ipaddress.ip_network(text) for text in ("::/96", "64:ff9b::/96", "64:ff9b:1::/48"))
"""IPv6 networks whose last 32 bits are an IPv4 address that somebody on the way may unpack."""


def is_public(address: str) -> bool:
    """Whether an IP address may be called: no private, loopback, link-local, metadata, multicast or reserved one,
    also when an IPv4 address hides in an IPv6 one."""
    parsed = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(parsed, ipaddress.IPv6Address):
        hidden = parsed.ipv4_mapped or parsed.sixtofour or (parsed.teredo[1] if parsed.teredo else None)
        if hidden is not None:
            parsed = hidden
        elif any(parsed in network for network in _HOLDING_IPV4):
            parsed = ipaddress.ip_address(int(parsed) & 0xFFFFFFFF)
    return parsed.is_global and not parsed.is_multicast
