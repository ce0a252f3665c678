"""The imitated workspace as values: people, channels, messages with their whole history. It knows no HTTP."""

import bisect
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any, Literal, cast

from bot.sandbox.slack.clock import Clock

Json = dict[str, Any]

Role = Literal["owner", "admin", "member", "guest", "single_channel_guest"]

PALETTE = ("#4A7C59", "#B5651D", "#5B6C9E", "#9E4B6C", "#3D8B8B", "#8A6FB0", "#A6862B", "#607D3B", "#B0573F", "#4F7CAC")

LETTERS = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"


@dataclass
class Person:
    id: str
    name: str
    role: Role
    color: str
    is_bot: bool = False
    title: str = ""
    team: str = ""
    """The workspace of somebody from elsewhere, who is met in shared channels; "" for one of ours."""

    @property
    def handle(self) -> str:
        return self.name.lower().replace(" ", ".").replace("'", "")

    @property
    def initials(self) -> str:
        words = self.name.split()
        return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


@dataclass
class Channel:
    """A conversation. `members` includes the bot's user id where the bot is in it."""

    id: str
    name: str
    private: bool
    members: list[str]
    topic: str = ""
    is_im: bool = False
    archived: bool = False
    created: int = 0
    shared_with: list[str] = field(default_factory=list)
    """Other workspaces that are in it by Slack Connect; `invited` are those that have not accepted yet."""
    invited: list[str] = field(default_factory=list)


class Packed:
    """A list that is kept as JSON: a long run keeps thousands of cards and looks at few of them again."""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = f"packed_{name}"

    def __get__(self, owner: Any, kind: type | None = None) -> list[Json]:
        # A dataclass asks the class for the default, and refuses one that could be changed.
        return cast(list[Json], ()) if owner is None else json.loads(getattr(owner, self._name))

    def __set__(self, owner: Any, value: list[Json]) -> None:
        packed = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() if value else b"[]"
        setattr(owner, self._name, packed)


@dataclass(frozen=True)
class Revision:
    """One thing that happened to a message. `through` names the request or verb, `request` counts Web API requests."""

    kind: Literal["posted", "edited", "deleted"]
    at: float
    through: str
    request: int | None
    text: str
    packed: tuple[bytes, bytes] = field(repr=False)

    @property
    def blocks(self) -> list[Json]:
        """The blocks from then on, those inside attachments included."""
        own, attachments = map(json.loads, self.packed)
        return [*own, *(block for attachment in attachments for block in attachment.get("blocks", []))]


@dataclass
class Message:
    ts: str
    channel: str
    user: str
    text: str
    is_bot: bool = False
    blocks: Packed = Packed()
    attachments: Packed = Packed()
    files: list[Json] = field(default_factory=list)
    metadata: Json | None = None
    thread_ts: str | None = None
    broadcast: bool = False
    ephemeral_to: str | None = None
    username: str | None = None
    subtype: str | None = None
    client_msg_id: str | None = None
    edited: Json | None = None
    deleted: bool = False
    revisions: list[Revision] = field(default_factory=list)
    replies: list["Message"] = field(default_factory=list)

    @property
    def is_reply(self) -> bool:
        return self.thread_ts is not None and self.thread_ts != self.ts

    def live_replies(self) -> list["Message"]:
        return [reply for reply in self.replies if not reply.deleted]

    @property
    def packed(self) -> tuple[bytes, bytes]:
        return self.__dict__["packed_blocks"], self.__dict__["packed_attachments"]

    def every_block(self) -> Iterator[Json]:
        yield from self.blocks
        for attachment in self.attachments:
            yield from attachment.get("blocks", [])


class Workspace:
    """Team, app, people, channels and messages. Adding a message is constant time; nothing scans all messages."""

    def __init__(self, team_name: str, app_name: str, clock: Clock, *, seed: int = 20) -> None:
        self.clock = clock
        self._random = Random(seed)
        self.team_name = team_name
        self.team_domain = team_name.lower().replace(" ", "-")
        self.team_id = self.new_id("T")
        self.app_id = self.new_id("A")
        self.bot_id = self.new_id("B")
        self.people: dict[str, Person] = {}
        self.channels: dict[str, Channel] = {}
        self.user_groups: dict[str, Json] = {}
        self.files: dict[str, Json] = {}
        self.bot = Person(self.new_id("U"), app_name, "member", "#1B4332", is_bot=True)
        self.people[self.bot.id] = self.bot
        self.begin_again()

    def begin_again(self) -> None:
        """Forget every message, read mark and file; people, channels and user groups stay."""
        self.messages: dict[str, list[Message]] = defaultdict(list)
        self.by_ts: dict[tuple[str, str], Message] = {}
        self.ephemeral: dict[str, list[Message]] = defaultdict(list)
        self.unread: dict[tuple[str, str], int] = defaultdict(int)
        self.files.clear()
        self._last_microsecond = 0

    def new_id(self, prefix: str, length: int = 10) -> str:
        return f"{prefix}0" + "".join(self._random.choices(LETTERS, k=length - 1))

    def secret(self, length: int = 24) -> str:
        return "".join(self._random.choices(LETTERS + LETTERS.lower(), k=length))

    def new_ts(self) -> str:
        """Slack's message id: seconds with six decimals, unique and rising."""
        self._last_microsecond = max(int(self.clock.time() * 1_000_000), self._last_microsecond + 1)
        return f"{self._last_microsecond // 1_000_000}.{self._last_microsecond % 1_000_000:06d}"

    # People and channels

    def add_person(self, name: str, role: Role, person_id: str | None) -> Person:
        person = Person(person_id or self.new_id("U"), name, role, PALETTE[(len(self.people) - 1) % len(PALETTE)])
        self.people[person.id] = person
        return person

    def add_channel(
        self,
        name: str,
        *,
        private: bool,
        members: Iterable[str],
        bot_is_member: bool,
        channel_id: str | None,
        topic: str,
    ) -> Channel:
        members = list(dict.fromkeys([*members, *([self.bot.id] if bot_is_member else [])]))
        channel = Channel(channel_id or self.new_id("C"), name.removeprefix("#"), private, members, topic)
        channel.created = int(self.clock.time())
        self.channels[channel.id] = channel
        return channel

    def direct_channel(self, user: str) -> Channel:
        """The conversation between the bot and one person, opened when it is first needed."""
        for channel in self.channels.values():
            if channel.is_im and user in channel.members:
                return channel
        channel = Channel(self.new_id("D"), user, private=True, members=[user, self.bot.id], is_im=True)
        channel.created = int(self.clock.time())
        self.channels[channel.id] = channel
        return channel

    def channel_named(self, name: str) -> Channel | None:
        name = name.removeprefix("#")
        return next((channel for channel in self.channels.values() if channel.name == name and not channel.is_im), None)

    def can_see(self, user: str, channel: Channel) -> bool:
        if user in channel.members:
            return True
        return not channel.private and self.people[user].role not in {"guest", "single_channel_guest"}

    # Messages

    def add(self, message: Message) -> None:
        """File a message under its channel, its thread, or the one person who sees it."""
        if message.ephemeral_to is not None:
            self.ephemeral[message.ephemeral_to].append(message)
            return
        self.messages[message.channel].append(message)
        self.by_ts[message.channel, message.ts] = message
        if message.is_reply and message.thread_ts is not None:
            parent = self.by_ts[message.channel, message.thread_ts]
            parent.thread_ts = parent.ts
            parent.replies.append(message)
        else:
            for member in self.channels[message.channel].members:
                if member != message.user:
                    self.unread[member, message.channel] += 1

    def find(self, channel: str, ts: str) -> Message | None:
        message = self.by_ts.get((channel, ts))
        return None if message is None or message.deleted else message

    def find_ephemeral(self, user: str, channel: str, ts: str) -> Message | None:
        for message in reversed(self.ephemeral[user]):
            if message.ts == ts and message.channel == channel and not message.deleted:
                return message
        return None

    def between(self, channel: str, oldest: str, latest: str, *, inclusive: bool) -> list[Message]:
        """Messages of a channel by time, oldest first, thread replies and deleted ones included."""
        messages = self.messages[channel]
        low, high = microseconds(oldest), microseconds(latest)
        if inclusive:
            begin = bisect.bisect_left(messages, low, key=_when)
            end = bisect.bisect_right(messages, high, key=_when)
        else:
            begin = bisect.bisect_right(messages, low, key=_when)
            end = bisect.bisect_left(messages, high, key=_when)
        return messages[begin:end]


def _when(message: Message) -> int:
    return microseconds(message.ts)


def microseconds(ts: str) -> int:
    """A Slack timestamp as an integer, so that "1718" and "1718.000001" compare as numbers. Raises ValueError."""
    whole, _, rest = str(ts).partition(".")
    return int(whole) * 1_000_000 + int((rest + "000000")[:6])
