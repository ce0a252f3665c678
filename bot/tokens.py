"""Bearer tokens by OAuth2's client-credentials grant, as Flowhub (apis.md 1.3) and Leafly (7.2) use it: one refresh at
a time, and every answer's own `expires_in`."""

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import Any

import httpx
from aiolimiter import AsyncLimiter

from bot import calls
from bot.errors import Refused, Unauthorised, Unavailable, Unreadable

PATIENCE_SECONDS = 6.0
"""How long to go on asking for a token; whoever needs it has a wait of its own and tries again."""
SPARE_SECONDS = 60.0
"""How long before its end a token is replaced; at most a fifth of its life, so that short lives work too."""
FRESH_SECONDS = 10.0
"""A token that is refused so soon after it was issued is not replaced: what is wrong is not the token, and issuers count
(A9)."""


class Token:
    """One token. `what` names the issuer in sentences.

    `get` asks for a new one only when the old one is near its end or was refused.
    """

    def __init__(
        self,
        client: httpx.AsyncClient,
        limiter: AsyncLimiter,
        url: str,
        *,
        what: str,
        body: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
    ) -> None:
        self._client = client
        self._limiter = limiter
        self._url = url
        self._what = what
        self._body = body
        self._form = form
        self._one_refresh = asyncio.Lock()
        self._value = ""
        self._issued_at = 0.0
        self._good_until = 0.0
        self.clock: Callable[[], float] = time.monotonic
        self.patience_seconds = PATIENCE_SECONDS

    @property
    def age_seconds(self) -> float | None:
        """None before the first token."""
        return self.clock() - self._issued_at if self._value else None

    async def get(self, *, refused: str = "") -> str:
        """A token that is not `refused`. Raises Unauthorised when the credentials are wrong, Unavailable otherwise."""
        if self._value and self._value != refused and self.clock() < self._good_until:
            return self._value
        async with self._one_refresh:
            if self._value and self._value != refused and self.clock() < self._good_until:
                return self._value
            if refused and self._value == refused and self.clock() < self._issued_at + FRESH_SECONDS:
                raise Unauthorised(f"{self._what} gave a token that is not accepted.", status=401)
            await calls.until_deadline(self._refresh, what=self._what, seconds=self.patience_seconds)
            return self._value

    async def _refresh(self) -> None:
        asked_at = self.clock()
        try:
            answer = await calls.call(
                self._client, self._limiter, "POST", self._url, what=self._what, body=self._body, form=self._form
            )
        except Refused as no:
            raise Unauthorised(no.sentence) from None
        try:
            value, lifetime = answer["access_token"], float(answer["expires_in"])
        except (TypeError, KeyError, ValueError):
            raise Unreadable(f"{self._what} answered without a token.") from None
        if not isinstance(value, str) or not value.isascii() or not value.isprintable() or not value:
            raise Unreadable(f"{self._what} answered without a token.")
        self._value = value
        self._issued_at = asked_at
        self._good_until = asked_at + lifetime - min(SPARE_SECONDS, lifetime / 5)


async def authorised(
    token: Token,
    client: httpx.AsyncClient,
    limiter: AsyncLimiter,
    method: str,
    url: str,
    *,
    what: str,
    body: Any = None,
) -> Any:
    """A call with the token; after a 401 once more with a new one. A second 401 is Unauthorised.

    A 403 is no matter of the token (apis.md section 6), so it is not tried again.
    """

    async def attempt(value: str) -> Any:
        headers = {"Authorization": f"Bearer {value}", "Accept": "application/json"}
        return await calls.call(client, limiter, method, url, what=what, headers=headers, body=body)

    try:
        present = await token.get()
    except Unavailable as problem:
        raise Unavailable(problem.sentence, retry_after=problem.retry_after, may_have_arrived=False) from None
    try:
        return await attempt(present)
    except Unauthorised as problem:
        if problem.status != 401:
            raise
    try:
        renewed = await token.get(refused=present)
    except Unavailable as problem:
        # The first try was refused: it changed nothing at the other side.
        raise Unavailable(problem.sentence, retry_after=problem.retry_after, may_have_arrived=False) from None
    return await attempt(renewed)
