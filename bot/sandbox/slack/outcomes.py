"""What a person sees after doing something, as values for tests, the demo story and the console page."""

from dataclasses import dataclass

from bot.sandbox.slack.workspace import Json, Message


class NotPossible(ValueError):
    """Slack's own client would not let this person do that; the argument is a sentence."""


@dataclass(frozen=True)
class Commanded:
    """`reply` is the message that the acknowledgement carried, `failure` what Slack shows where there was none."""

    ok: bool
    reply: Message | None = None
    failure: str | None = None

    @property
    def text(self) -> str:
        return self.failure or (self.reply.text if self.reply else "")


@dataclass(frozen=True)
class Pressed:
    ok: bool
    failure: str | None = None


@dataclass(frozen=True)
class Submitted:
    """`errors` by block id as shown under the fields; `closed`: the modal is gone."""

    ok: bool
    closed: bool = False
    errors: dict[str, str] | None = None
    failure: str | None = None
    view: Json | None = None
