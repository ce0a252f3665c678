"""All that somebody in one workspace can send to the bot with another's keys in it, for every listener that there is."""

import asyncio
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bot.messages.order_card import CARD_BUTTONS
from bot.messages.private import REVEAL_REASONS
from bot.rules.cancelling import Reason
from bot.sandbox.slack import payloads
from bot.sandbox.slack.team import Team
from bot.sandbox.slack.triggers import ResponseUrl
from bot.sandbox.slack.workspace import Channel

Json = dict[str, Any]
Sent = tuple[str, Json]

COMMAND_WORDS = {
    "/customer": (
        "",
        "+1 303 555 0101",
        "jonah.reed@example.com",
        "forget 303 555 0102",
        "export 303 555 0102",
        "help",
    ),
    "/segments": (
        "",
        "show lapsed_60",
        "members spent_100",
        "edit new_30",
        "archive more_than_once",
        "copy spent_100",
        "new",
    ),
    "/digest": ("", "now", "settings", "help"),
    "/automations": (
        "",
        "new",
        "edit welcome",
        "try harbor regulars",
        "pause harbor regulars",
        "archive harbor regulars",
        "help",
    ),
    "/orders": ("", "show A01", "A01", "cancel A01 customer", "cancel A01", "help"),
    "/flowhub": (
        *("status", "doctor", "rotate", "webshop", "disconnect", "resume", "roles", "audit", "connect", "help"),
        *(
            "status riverside",
            "disconnect riverside",
            "resume uptown",
            "rotate harbor lane",
            "webshop riverside",
            "audit riverside",
        ),
    ),
}
LIVES_ELSEWHERE = {"app_uninstalled", "tokens_revoked"}
"""Events that end the sender's own installation: test_installing.py shows that the other one stays."""


IN_MODALS_ONLY = {
    *("another_account", "segment_how", "segment_field", "segment_part", "segment_group", "segment_up"),
    *("preview_automation", "archive_automation"),
}


@dataclass(frozen=True)
class Keys:
    """What names something of the other workspace."""

    orders: Sequence[str]
    stores: Sequence[str]
    channels: Sequence[Channel]
    drafts: Sequence[str]
    people: Sequence[str]
    cards: Sequence[str]
    locations: Sequence[str]
    automations: Sequence[str] = ()

    @property
    def all(self) -> list[str]:
        stores = [f"{store}|" for store in self.stores]
        return [*self.orders, *self.stores, *self.drafts, *stores, *self.automations]


@dataclass(frozen=True)
class Trespasser:
    """A person of `team`, who sends with `keys` in it what the app would have put there itself. `home` is their own
    channel."""

    team: Team
    person: str
    home: Channel
    keys: Keys

    def everything(self, heard: dict[str, set[str]]) -> Iterator[Sent]:
        """For each listener, in each place, each key. Raises KeyError for a kind of listener that nobody thought of here."""
        makers = {
            "command": self._commands,
            "action": self._presses,
            "view": self._submissions,
            "shortcut": self._shortcuts,
            "event": self._events,
        }
        for kind, names in sorted(heard.items()):
            for name in sorted(names):
                yield from makers[kind](name)

    @property
    def _places(self) -> list[Channel]:
        return [*self.keys.channels, self.home]

    def _commands(self, name: str) -> Iterator[Sent]:
        core = self.team.core
        for channel, words in itertools.product(self._places, COMMAND_WORDS[name]):
            url = core.own_url + core.triggers.response_path(ResponseUrl("commands", channel.id, self.person, 0))
            yield "slash_commands", payloads.command(core, self.person, channel, name, words, url)

    def _presses(self, action_id: str) -> Iterator[Sent]:
        places = [None] if action_id in IN_MODALS_ONLY else [*self._places, None]
        for value, place in itertools.product([*self.keys.all, "0"], places):
            action: Json = {"type": "button", "action_id": action_id, "block_id": CARD_BUTTONS, "value": value}
            body = payloads.interaction(self.team.core, "block_actions", self.person)
            body |= {"trigger_id": self.team.core.triggers.new(self.person), "actions": [action]}
            if place is None:
                view: Json = {"id": "V0HOME", "type": "home", "private_metadata": f"{value} {self.keys.channels[0].id}"}
                view |= {"state": {"values": self._typed(0)}}
                body |= {"container": {"type": "view", "view_id": "V0HOME"}, "view": view}
            else:
                container = {"type": "message", "message_ts": self.keys.cards[0], "channel_id": place.id}
                body |= {"container": container, "channel": {"id": place.id, "name": place.name}}
            yield "interactive", body

    def _submissions(self, callback_id: str) -> Iterator[Sent]:
        for key, channel, choice in itertools.product(self.keys.all, [self.keys.channels[0].id, ""], (0, 1)):
            view: Json = {
                "id": "V0MODAL",
                "type": "modal",
                "callback_id": callback_id,
                "private_metadata": f"{key} {channel}",
                "state": {"values": self._typed(choice)},
                "blocks": [],
            }
            body = payloads.interaction(self.team.core, "view_submission", self.person)
            yield "interactive", body | {"trigger_id": self.team.core.triggers.new(self.person), "view": view}

    def _typed(self, choice: int) -> Json:
        """Something that fits, for every field of every modal."""
        options = {
            "reason": (Reason.CUSTOMER.value, REVEAL_REASONS[0])[choice],
            "store": self.keys.stores[0],
            "what": ("pause", "remove")[choice],
            "account": "green-mesa",
            "location": self.keys.locations[0],
            "role": ("MANAGER", "LEAD")[choice],
            "operator": "is",
            "value": "yes",
            "digest": ("on", "off")[choice],
            "summary": ("daily", "never")[choice],
            "rollup": ("off", "on")[choice],
            "happened": ("order_received", "birthday_week")[choice],
            "action": "channel_post",
            "post_at": self.keys.stores[0],
            "state": "on",
        }
        words = {"short_id": "A01", "name": "harbor lane", "more": "why not", "why": "why not", "leafly_key": ""}
        words |= {"template": "Hello {{ profile.first_name }}", "cap": "5", "url": "", "threshold": ""}
        words |= dict.fromkeys(("client_id", "key", "order_ahead_client_id", "order_ahead_token"), "nothing")
        values: Json = {block: {"choice": {"selected_option": {"value": chosen}}} for block, chosen in options.items()}
        values |= {block: {"words": {"value": typed}} for block, typed in words.items()}
        values["channel"] = {"choice": {"selected_conversation": self.keys.channels[0].id}}
        values["at"] = {"choice": {"selected_time": "09:30"}}
        values["weekdays"] = {"choice": {"selected_options": [{"value": "0"}, {"value": "6"}]}}
        values["rollup_channel"] = values["channel"]
        values["person"] = {"choice": {"selected_user": self.keys.people[-1]}}
        return values

    def _shortcuts(self, callback_id: str) -> Iterator[Sent]:
        for place in self._places:
            body = payloads.interaction(self.team.core, "message_action", self.person)
            message = {"type": "message", "ts": self.keys.cards[0], "text": "A01 · New", "user": self.person}
            body |= {"callback_id": callback_id, "trigger_id": self.team.core.triggers.new(self.person)}
            yield "interactive", body | {"channel": {"id": place.id, "name": place.name}, "message": message}
        anywhere = payloads.global_shortcut(self.team.core, self.person, callback_id)
        yield "interactive", anywhere

    def _events(self, name: str) -> Iterator[Sent]:
        if name in LIVES_ELSEWHERE:
            return
        for place, person in itertools.product(self.keys.channels, [*self.keys.people, self.person]):
            event = {"type": name, "user": person, "channel": place.id, "tab": "home", "connected_team_id": "T0ELSE"}
            yield "events_api", self.team.delivery.event_payload(event)


async def bot_is_done() -> None:
    """Until no listener of the bot is at work: they are tasks of this loop."""
    while True:
        working = {task for task in asyncio.all_tasks() if task is not asyncio.current_task() and _listens(task)}
        if not working:
            return
        await asyncio.wait(working, timeout=20)


def _listens(task: "asyncio.Task[Any]") -> bool:
    code = getattr(task.get_coro(), "cr_code", None)
    return code is not None and ("slack_bolt" in code.co_filename or "/handlers/" in code.co_filename)
