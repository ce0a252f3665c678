"""One Web API request as its method sees it, and the table entry that says what the method needs."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.sandbox.slack import limits
from bot.sandbox.slack.core import Core
from bot.sandbox.slack.pace import Tier
from bot.sandbox.slack.workspace import Channel, Json


class Refused(Exception):
    """Slack answers `ok: false` with this error code and these further keys."""

    def __init__(self, error: str, **more: Any) -> None:
        super().__init__(error)
        self.error, self.more = error, more


def refused_with(error: str, sentences: list[str]) -> Refused:
    """A refusal with the list of what is wrong, in both places where Slack repeats it."""
    return Refused(error, errors=sentences, response_metadata={"messages": [f"[ERROR] {each}" for each in sentences]})


@dataclass
class Call:
    """`number` counts the requests of one run; `origin` is the address under which the caller sees this server.

    `size` is the length of the body in bytes, an upper bound of what is in it.
    """

    method: str
    arguments: Json
    number: int = 0
    origin: str = ""
    size: int = limits.MESSAGE_JSON_BYTES

    def text(self, name: str, default: str = "") -> str:
        value = self.arguments.get(name)
        return default if value is None else str(value)

    def needed(self, name: str) -> str:
        """Raises Refused(invalid_arguments) where the argument is missing."""
        value = self.text(name)
        if not value:
            raise refused_with("invalid_arguments", [f"missing required field: {name}"])
        return value

    def flag(self, name: str, default: bool = False) -> bool:
        value = self.arguments.get(name, default)
        return value if isinstance(value, bool) else str(value).lower() in {"1", "true"}

    def integer(self, name: str, default: int) -> int:
        value = self.text(name)
        if not value:
            return default
        try:
            return int(value)
        except ValueError:
            raise refused_with("invalid_arguments", [f"{name} must be an integer"]) from None

    def parsed(self, name: str, error: str) -> Any:
        """A structured argument, which a form sends as a JSON string. Raises Refused(`error`) where it is not JSON."""
        value = self.arguments.get(name)
        if not isinstance(value, str):
            return value
        if not value.strip():
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise Refused(error) from None


Answer = Callable[[Core, Call], Json]


@dataclass(frozen=True)
class Method:
    """`scopes`: one of them is enough; none means that any token will do. `token` is the kind it wants."""

    name: str
    answer: Answer
    tier: Tier
    scopes: tuple[str, ...] = ()
    token: str = "bot"


def scope_missing(core: Core, *needed: str) -> Refused:
    return Refused("missing_scope", needed=",".join(needed), provided=",".join(core.scopes))


def find_channel(core: Core, call: Call, name: str = "channel") -> Channel:
    """The conversation by id, by name, or by the person whose direct messages are meant; visible to the bot or not."""
    given = call.needed(name)
    workspace = core.workspace
    channel = workspace.channels.get(given)
    if channel is None and given in workspace.people and not workspace.people[given].is_bot:
        channel = workspace.direct_channel(given)
    if channel is None:
        channel = workspace.channel_named(given)
    if channel is None:
        raise Refused("channel_not_found")
    return channel


def bot_is_in(core: Core, channel: Channel) -> bool:
    return core.workspace.bot.id in channel.members


def hidden(core: Core) -> Refused:
    """What Slack says of a private channel to a bot that is not in it: that there is none."""
    return Refused("channel_not_found" if core.switches.hides_private_channels else "not_in_channel")
