"""A workspace and the app in it: what every route and every person verb share. No HTTP, no sockets.

Posting, editing and deleting happen here and nowhere else, so that each message carries its whole history.
"""

from collections import Counter
from typing import Literal

from bot.sandbox.slack.changes import Change, Changes
from bot.sandbox.slack.installs import Installs
from bot.sandbox.slack.pace import Pace
from bot.sandbox.slack.triggers import Triggers
from bot.sandbox.slack.views import Views, with_ids
from bot.sandbox.slack.workspace import Channel, Json, Message, Revision, Workspace


class Core:
    """`bot_token` is a plain token, with which the app is installed from the beginning; empty, it is installed by OAuth."""

    def __init__(self, installs: Installs, team_name: str, bot_token: str = "") -> None:
        self.installs, self.bot_token = installs, bot_token
        self.manifest, self.clock, self.switches = installs.manifest, installs.clock, installs.switches
        self.granted: list[str] | None = None
        app_name = self.manifest["features"]["bot_user"]["display_name"]
        self.workspace = Workspace(team_name, app_name, self.clock, seed=20 + len(installs.cores))
        if installs.cores:
            self.workspace.app_id = installs.cores[0].workspace.app_id
        self.changes = Changes()
        self.pace = Pace(self.clock, self.switches)
        self.triggers = Triggers(self.workspace, self.clock, self.switches)
        self.views = Views(self.workspace)
        self.requests: Counter[str] = Counter()
        self.refusals: Counter[tuple[str, str]] = Counter()
        self.uploads: dict[str, tuple[str, int, bytes | None]] = {}
        installs.add(self)

    @property
    def scopes(self) -> list[str]:
        """The bot scopes that this installation was granted, optional ones by switch."""
        scopes = self.manifest["oauth_config"]["scopes"]
        declared = [*scopes["bot"], *(scopes.get("bot_optional", []) if self.switches.history_scope else [])]
        asked = [scope for scope in declared if self.granted is None or scope in self.granted]
        return [scope for scope in asked if scope not in self.switches.withheld_scopes]

    @property
    def own_url(self) -> str:
        if self.installs.url is None:
            raise RuntimeError(
                "The Slack stand-in does not know its own address: start it with `start()`, or set `.url`."
            )
        return self.installs.url

    def new_ticket(self) -> str:
        """A secret that opens one Socket Mode connection."""
        ticket = self.workspace.secret(36)
        self.installs.tickets.add(ticket)
        return ticket

    def begin_again(self) -> None:
        self.workspace.begin_again()
        self.uploads.clear()
        self.views.begin_again()
        self.triggers.begin_again()
        self.pace.begin_again()
        self.requests.clear()
        self.refusals.clear()
        self.changes.tell(Change("other"))

    # Messages

    def post(self, message: Message, *, through: str, request: int | None = None) -> Message:
        """Put a message into its channel, or in front of one person where `ephemeral_to` is set."""
        message.blocks = with_ids(message.blocks, self.workspace)
        message.attachments = self._numbered(message.attachments)
        self.workspace.add(message)
        self._note("posted", message, through, request)
        if message.ephemeral_to:
            self.changes.tell(Change("ephemeral", message.channel, message, user=message.ephemeral_to))
        else:
            self.changes.tell(Change("message", message.channel, message))
        return message

    def edit(
        self,
        message: Message,
        *,
        text: str,
        blocks: list[Json],
        attachments: list[Json] | None = None,
        metadata: Json | None = None,
        through: str,
        request: int | None = None,
    ) -> Message:
        """Replace what a message says. Attachments and metadata stay where None is given; `{}` removes metadata."""
        if text != message.text:
            message.edited = {"user": message.user, "ts": self.workspace.new_ts()}
        message.text, message.blocks = text, with_ids(blocks, self.workspace)
        if attachments is not None:
            message.attachments = self._numbered(attachments)
        if metadata is not None:
            message.metadata = metadata or None
        self._note("edited", message, through, request)
        self.changes.tell(Change("message_changed", message.channel, message, user=message.ephemeral_to))
        return message

    def delete(self, message: Message, *, through: str, request: int | None = None) -> None:
        message.deleted = True
        self._note("deleted", message, through, request)
        self.changes.tell(Change("message_deleted", message.channel, message, user=message.ephemeral_to))

    def _note(
        self, kind: Literal["posted", "edited", "deleted"], message: Message, through: str, request: int | None
    ) -> None:
        message.revisions.append(Revision(kind, self.clock.time(), through, request, message.text, message.packed))

    def _numbered(self, attachments: list[Json]) -> list[Json]:
        numbered = []
        for number, sent in enumerate(attachments, start=1):
            attachment = {"id": number, "fallback": "[no preview available]", **sent}
            if "blocks" in attachment:
                attachment["blocks"] = with_ids(attachment["blocks"], self.workspace)
            numbered.append(attachment)
        return numbered

    # Shapes that requests and payloads share

    def message_json(self, message: Message, *, metadata: bool = False) -> Json:
        """A message as Slack shows it to apps (docs.slack.dev/reference/events/message)."""
        shown: Json = {"type": "message", "user": message.user, "ts": message.ts, "text": message.text}
        if message.subtype:
            shown["subtype"] = message.subtype
        if message.client_msg_id:
            shown["client_msg_id"] = message.client_msg_id
        shown["team"] = self.workspace.team_id
        if message.is_bot:
            shown |= {
                "bot_id": self.workspace.bot_id,
                "app_id": self.workspace.app_id,
                "bot_profile": self.bot_profile(),
            }
        if message.username:
            shown["username"] = message.username
        shown |= {key: content for key in ("blocks", "attachments") if (content := getattr(message, key))}
        if message.files:
            shown["files"] = message.files
        if message.edited:
            shown["edited"] = message.edited
        if metadata and message.metadata:
            shown["metadata"] = message.metadata
        if message.thread_ts:
            shown["thread_ts"] = message.thread_ts
        if message.is_reply:
            parent = self.workspace.by_ts.get((message.channel, message.thread_ts or ""))
            shown["parent_user_id"] = parent.user if parent else None
        elif message.replies:
            shown |= thread_summary(message)
        return shown

    def bot_profile(self) -> Json:
        return {
            "id": self.workspace.bot_id,
            "app_id": self.workspace.app_id,
            "user_id": self.workspace.bot.id,
            "name": self.workspace.bot.name,
            "icons": {"image_48": "https://a.slack-edge.com/80588/img/plugins/app/bot_48.png"},
            "deleted": False,
            "updated": 0,
            "team_id": self.workspace.team_id,
        }

    def user_reference(self, user: str) -> Json:
        person = self.workspace.people[user]
        return {
            "id": user,
            "username": person.handle,
            "name": person.handle,
            "team_id": self.workspace.team_id,
        }

    def channel_reference(self, channel: Channel) -> Json:
        if channel.is_im:
            return {"id": channel.id, "name": "directmessage"}
        return {"id": channel.id, "name": "privategroup" if channel.private else channel.name}


def thread_summary(message: Message) -> Json:
    replies = message.live_replies()
    if not replies:
        return {}
    people = list(dict.fromkeys(reply.user for reply in replies))
    return {
        "reply_count": len(replies),
        "reply_users_count": len(people),
        "reply_users": people[:5],
        "latest_reply": replies[-1].ts,
        "is_locked": False,
        "subscribed": False,
    }
