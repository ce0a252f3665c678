"""Reads what somebody asked the control panel for, and says in a sentence what is wrong with it."""

from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.sandbox.shop import NotPossible

JsonObject = dict[str, Any]


class Asked:
    """The fields of a JSON body. Each reader raises NotPossible for a value of the wrong kind."""

    def __init__(self, body: JsonObject) -> None:
        self.body = body

    def text(self, name: str) -> str:
        value = self.body.get(name)
        if not isinstance(value, str) or not value.strip():
            raise NotPossible(f"“{name}” must be a text.")
        return value

    def maybe_text(self, name: str) -> str | None:
        return self.text(name) if self.body.get(name) not in (None, "") else None

    def one_of(self, name: str, choices: tuple[str, ...], otherwise: str) -> str:
        value = self.body.get(name, otherwise)
        if value not in choices:
            raise NotPossible(f"“{name}” must be one of {', '.join(choices)}.")
        return str(value)

    def flag(self, name: str) -> bool:
        value = self.body.get(name, False)
        if not isinstance(value, bool):
            raise NotPossible(f"“{name}” must be true or false.")
        return value

    def number(self, name: str, otherwise: float) -> float:
        value = self.body.get(name, otherwise)
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise NotPossible(f"“{name}” must be a number.")
        return value

    def whole(self, name: str, otherwise: int) -> int:
        value = self.body.get(name, otherwise)
        if not isinstance(value, int) or isinstance(value, bool):
            raise NotPossible(f"“{name}” must be a whole number.")
        return value

    def items(self) -> list[tuple[str, float]]:
        """From [{"name", "quantity"}], or plain names for one of each."""
        return [(line.text("name"), line.number("quantity", 1)) for line in self._lines("items")]

    def whole_items(self) -> list[tuple[str, int]]:
        return [(line.text("name"), line.whole("quantity", 1)) for line in self._lines("items")]

    def unlisted(self) -> list[tuple[str, int]]:
        """From [{"name", "price_cents"}]."""
        return [(line.text("name"), line.whole("price_cents", 1000)) for line in self._lines("unlisted")]

    def _lines(self, name: str) -> list["Asked"]:
        given = self.body.get(name) or []
        if not isinstance(given, list):
            raise NotPossible(f"“{name}” must be a list.")
        lines = [{"name": line} if isinstance(line, str) else line for line in given]
        if not all(isinstance(line, dict) for line in lines):
            raise NotPossible(f"Each of “{name}” must be an object or a name.")
        return [Asked(line) for line in lines]


AskedHandler = Callable[[web.Request, Asked], Awaitable[Any]]


def answered(handler: AskedHandler) -> Handler:
    """Wraps a handler that is given the body and answers with something JSON can carry."""

    async def inside(request: web.Request) -> web.Response:
        try:
            return web.json_response(await handler(request, await _read(request)))
        except NotPossible as impossible:
            return web.json_response({"error": str(impossible)}, status=422)

    return inside


async def _read(request: web.Request) -> Asked:
    if not request.can_read_body:
        return Asked({})
    try:
        body = await request.json()
    except ValueError:
        raise NotPossible("The body is not JSON.") from None
    if not isinstance(body, dict):
        raise NotPossible("The body must be a JSON object.")
    return Asked(body)
