"""What an interaction hands to the app: trigger ids (three seconds, one use), response URLs (thirty minutes, five)."""

from dataclasses import dataclass, field
from typing import Literal

from bot.sandbox.slack.clock import Clock
from bot.sandbox.slack.switches import Switches
from bot.sandbox.slack.workspace import Message, Workspace

RESPONSE_USES = 5


@dataclass
class Trigger:
    user: str
    until: float
    spent: bool = False


@dataclass
class ResponseUrl:
    """Where an app may answer without being in the channel. `original` is the message that `replace_original` means."""

    kind: Literal["commands", "actions"]
    channel: str
    user: str
    until: float
    thread_ts: str | None = None
    original: Message | None = None
    uses: int = field(default=0)


class Triggers:
    def __init__(self, workspace: Workspace, clock: Clock, switches: Switches) -> None:
        self._workspace, self._clock, self._switches = workspace, clock, switches
        self.begin_again()

    def begin_again(self) -> None:
        self._triggers: dict[str, Trigger] = {}
        self._response_urls: dict[str, ResponseUrl] = {}

    def new(self, user: str) -> str:
        self._forget_old()
        number = f"{int(self._clock.time() * 1000)}"
        trigger_id = f"{number}.{self._workspace.team_id}.{self._workspace.secret(32).lower()}"
        self._triggers[trigger_id] = Trigger(user, self._clock.monotonic() + self._switches.trigger_seconds)
        return trigger_id

    def spend(self, trigger_id: str) -> tuple[str, str | None]:
        """The person who pulled it, and Slack's error code where it can't be used."""
        trigger = self._triggers.get(trigger_id)
        if trigger is None:
            return "", "invalid_trigger_id"
        if trigger.spent:
            return trigger.user, "exchanged_trigger_id"
        if self._clock.monotonic() > trigger.until:
            return trigger.user, "expired_trigger_id"
        trigger.spent = True
        return trigger.user, None

    def response_path(self, response: ResponseUrl) -> str:
        """The path of a new response URL; `response.until` is set here."""
        response.until = self._clock.monotonic() + self._switches.response_url_seconds
        secret = self._workspace.secret(24)
        self._response_urls[secret] = response
        return f"/{response.kind}/{self._workspace.team_id}/{int(self._clock.time() * 1000)}/{secret}"

    def use_response_url(self, secret: str) -> tuple[ResponseUrl | None, str | None]:
        response = self._response_urls.get(secret)
        if response is None or self._clock.monotonic() > response.until:
            return None, "expired_url"
        if response.uses >= RESPONSE_USES:
            return None, "used_url"
        response.uses += 1
        return response, None

    def _forget_old(self) -> None:
        """Keep the last few hundred, so that a long run does not grow."""
        for known in (self._triggers, self._response_urls):
            while len(known) > 1000:
                known.pop(next(iter(known)))
