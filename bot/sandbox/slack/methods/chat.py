"""chat.*: posting, editing and deleting the app's messages (docs.slack.dev/reference/methods?family=chat)."""

from bot.sandbox.slack import limits
from bot.sandbox.slack.core import Core
from bot.sandbox.slack.methods.calls import Call, Method, Refused, bot_is_in, find_channel, hidden
from bot.sandbox.slack.methods.content import content_of
from bot.sandbox.slack.pace import Tier
from bot.sandbox.slack.workspace import Channel, Json, Message


def post_message(core: Core, call: Call) -> Json:
    channel = _writable(core, call)
    content = content_of(core, call)
    if content.is_empty:
        raise Refused("no_text")
    broadcast = call.flag("reply_broadcast") and bool(call.text("thread_ts"))
    message = Message(
        ts=core.workspace.new_ts(),
        channel=channel.id,
        user=core.workspace.bot.id,
        is_bot=True,
        subtype="thread_broadcast" if broadcast else None,
        text=(content.text or "")[: limits.POSTED_TEXT],
        blocks=content.blocks or [],
        attachments=content.attachments or [],
        metadata=content.metadata or None,
        thread_ts=_thread(core, channel, call),
        broadcast=broadcast,
        client_msg_id=call.text("client_msg_id") or None,
    )
    core.post(message, through=call.method, request=call.number)
    return {"channel": channel.id, "ts": message.ts, "message": core.message_json(message, metadata=True)}


def post_ephemeral(core: Core, call: Call) -> Json:
    channel = _writable(core, call)
    user = call.needed("user")
    if user not in core.workspace.people:
        raise Refused("user_not_found")
    if user not in channel.members:
        raise Refused("user_not_in_channel")
    content = content_of(core, call)
    if content.is_empty:
        raise Refused("no_text")
    message = Message(
        ts=core.workspace.new_ts(),
        channel=channel.id,
        user=core.workspace.bot.id,
        is_bot=True,
        text=content.text or "",
        blocks=content.blocks or [],
        attachments=content.attachments or [],
        thread_ts=call.text("thread_ts") or None,
        ephemeral_to=user,
    )
    core.post(message, through=call.method, request=call.number)
    return {"message_ts": message.ts}


def update(core: Core, call: Call) -> Json:
    channel = _own_channel(core, call)
    message = _own_message(core, channel, call.needed("ts"), "cant_update_message")
    if core.switches.edit_window_closed:
        raise Refused("edit_window_closed")
    content = content_of(core, call)
    if content.text is not None and len(content.text) > limits.UPDATED_TEXT:
        raise Refused("msg_too_long")
    if content.is_empty and content.text is None and content.blocks is None and content.attachments is None:
        raise Refused("no_text")
    # Text without blocks removes the blocks; blocks without text leave the text (facts/slack.md 3.1).
    core.edit(
        message,
        text=message.text if content.text is None else content.text,
        blocks=content.blocks or [],
        attachments=content.attachments,
        metadata=content.metadata,
        through=call.method,
        request=call.number,
    )
    shown = core.message_json(message, metadata=True)
    return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": shown}


def delete(core: Core, call: Call) -> Json:
    channel = _own_channel(core, call)
    message = _own_message(core, channel, call.needed("ts"), "cant_delete_message")
    core.delete(message, through=call.method, request=call.number)
    return {"channel": channel.id, "ts": message.ts}


def get_permalink(core: Core, call: Call) -> Json:
    channel = find_channel(core, call)
    message = core.workspace.find(channel.id, call.needed("message_ts"))
    if message is None:
        raise Refused("message_not_found")
    link = f"https://{core.workspace.team_domain}.slack.com/archives/{channel.id}/p{message.ts.replace('.', '')}"
    if message.is_reply:
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}


def _writable(core: Core, call: Call) -> Channel:
    channel = find_channel(core, call)
    if not bot_is_in(core, channel):
        if channel.private:
            raise hidden(core)
        if "chat:write.public" not in core.scopes:
            raise Refused("not_in_channel")
    if channel.archived:
        raise Refused("is_archived")
    return channel


def _own_channel(core: Core, call: Call) -> Channel:
    """Editing wants an id: Slack takes no channel names here."""
    channel = core.workspace.channels.get(call.needed("channel"))
    if channel is None or (channel.private and not bot_is_in(core, channel)):
        raise Refused("channel_not_found")
    if channel.archived:
        raise Refused("is_archived")
    return channel


def _own_message(core: Core, channel: Channel, ts: str, otherwise: str) -> Message:
    message = core.workspace.find(channel.id, ts)
    if message is None:
        raise Refused("message_not_found")
    if not message.is_bot:
        raise Refused(otherwise)
    return message


def _thread(core: Core, channel: Channel, call: Call) -> str | None:
    """The parent's timestamp; a reply's timestamp is followed to its parent, as Slack does."""
    ts = call.text("thread_ts")
    if not ts:
        return None
    parent = core.workspace.find(channel.id, ts)
    if parent is None:
        raise Refused("thread_not_found")
    return parent.thread_ts if parent.is_reply else parent.ts


METHODS = (
    Method("chat.postMessage", post_message, Tier.MESSAGES, ("chat:write",)),
    Method("chat.postEphemeral", post_ephemeral, Tier.TIER_4, ("chat:write",)),
    Method("chat.update", update, Tier.TIER_3, ("chat:write",)),
    Method("chat.delete", delete, Tier.TIER_3, ("chat:write",)),
    Method("chat.getPermalink", get_permalink, Tier.SPECIAL),
)
