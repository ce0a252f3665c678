"""conversations.*: reading channels and their history (docs.slack.dev/reference/methods?family=conversations)."""

import base64

from bot.sandbox.slack.core import Core
from bot.sandbox.slack.methods.calls import Call, Method, Refused, bot_is_in, find_channel, scope_missing
from bot.sandbox.slack.pace import Tier
from bot.sandbox.slack.workspace import Channel, Json, Message, microseconds

KINDS = ("channels", "groups", "im", "mpim")
HISTORY = tuple(f"{kind}:history" for kind in KINDS)
READ = tuple(f"{kind}:read" for kind in KINDS)


def history(core: Core, call: Call) -> Json:
    channel = _readable(core, call, "history")
    latest, oldest = call.text("latest") or "9999999999", call.text("oldest") or "0"
    cursor = call.text("cursor")
    inclusive = call.flag("inclusive")
    if cursor:
        latest, inclusive = _from_cursor(cursor), False
    limit = _limit(call, 100, 999)
    try:
        window = core.workspace.between(channel.id, oldest, latest, inclusive=inclusive)
    except ValueError:
        raise Refused("invalid_ts_latest" if oldest == "0" else "invalid_ts_oldest") from None
    page: list[Message] = []
    more = False
    for message in reversed(window):
        if message.deleted or (message.is_reply and not message.broadcast):
            continue
        if len(page) == limit:
            more = True
            break
        page.append(message)
    shown = [core.message_json(m, metadata=call.flag("include_all_metadata")) for m in page]
    answer: Json = {"messages": shown, "has_more": more, "pin_count": 0, "channel_actions_ts": None}
    answer["channel_actions_count"] = 0
    if more:
        answer["response_metadata"] = {"next_cursor": _cursor(page[-1].ts)}
    return answer


def replies(core: Core, call: Call) -> Json:
    channel = _readable(core, call, "history")
    message = core.workspace.find(channel.id, call.needed("ts"))
    if message is None:
        raise Refused("thread_not_found")
    parent = core.workspace.by_ts[channel.id, message.thread_ts] if message.thread_ts else message
    whole = [parent, *parent.live_replies()] if not parent.deleted else parent.live_replies()
    cursor, limit = call.text("cursor"), _limit(call, 1000, 1000)
    try:
        after = microseconds(_from_cursor(cursor) if cursor else call.text("oldest") or "0")
        before = microseconds(call.text("latest") or "9999999999")
    except ValueError:
        raise Refused("invalid_ts_oldest") from None
    # The parent is in every first page, whatever its age.
    wanted = [m for m in whole if after < microseconds(m.ts) < before or (m is parent and not cursor)]
    shown = [core.message_json(m, metadata=call.flag("include_all_metadata")) for m in wanted[:limit]]
    answer: Json = {"messages": shown, "has_more": len(wanted) > limit}
    if len(wanted) > limit:
        answer["response_metadata"] = {"next_cursor": _cursor(wanted[limit - 1].ts)}
    return answer


def info(core: Core, call: Call) -> Json:
    channel = _readable(core, call, "read", member_only=False)
    shown = channel_json(core, channel)
    if call.flag("include_num_members"):
        shown["num_members"] = len(channel.members)
    return {"channel": shown}


def members(core: Core, call: Call) -> Json:
    channel = _readable(core, call, "read", member_only=False)
    begin = int(_from_cursor(call.text("cursor"))) if call.text("cursor") else 0
    limit = _limit(call, 100, 1000)
    end = begin + limit
    cursor = _cursor(str(end)) if end < len(channel.members) else ""
    return {"members": channel.members[begin:end], "response_metadata": {"next_cursor": cursor}}


def list_channels(core: Core, call: Call) -> Json:
    kinds = (call.text("types") or "public_channel").replace(" ", "").split(",")
    needed = {"public_channel": "channels:read", "private_channel": "groups:read", "im": "im:read", "mpim": "mpim:read"}
    unknown = [kind for kind in kinds if kind not in needed]
    if unknown:
        raise Refused("invalid_types")
    missing = [needed[kind] for kind in kinds if needed[kind] not in core.scopes]
    if missing:
        raise scope_missing(core, *missing)
    wanted = [
        channel_json(core, channel)
        for channel in core.workspace.channels.values()
        if _kind_of_list(channel) in kinds
        and (not channel.private or bot_is_in(core, channel))
        and not (channel.archived and call.flag("exclude_archived"))
    ]
    begin = int(_from_cursor(call.text("cursor"))) if call.text("cursor") else 0
    end = begin + _limit(call, 100, 1000)
    cursor = _cursor(str(end)) if end < len(wanted) else ""
    return {"channels": wanted[begin:end], "response_metadata": {"next_cursor": cursor}}


def open_conversation(core: Core, call: Call) -> Json:
    if call.text("channel"):
        channel = find_channel(core, call)
        return {"no_op": True, "already_open": True, "channel": {"id": channel.id}}
    users = call.text("users").replace(" ", "").split(",")
    if users == [""]:
        raise Refused("users_list_not_supplied")
    if any(user not in core.workspace.people for user in users):
        raise Refused("user_not_found")
    if len(users) > 1:
        # Group direct messages are not imitated; Slack gives this answer where the scope is missing.
        raise scope_missing(core, "mpim:write")
    channel = core.workspace.direct_channel(users[0])
    shown = channel_json(core, channel) if call.flag("return_im") else {"id": channel.id}
    return {"channel": shown}


def channel_json(core: Core, channel: Channel) -> Json:
    topic = {"value": channel.topic, "creator": "", "last_set": 0}
    shown: Json = {
        "id": channel.id,
        "created": channel.created,
        "is_archived": channel.archived,
        "is_im": channel.is_im,
        "is_org_shared": False,
        "context_team_id": core.workspace.team_id,
        "updated": channel.created * 1000,
    }
    if channel.is_im:
        return shown | {"user": channel.name, "is_user_deleted": False, "priority": 0}
    if channel.shared_with:
        shown |= {"connected_team_ids": channel.shared_with, "conversation_host_id": core.workspace.team_id}
    return shown | {
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": not channel.private,
        "is_group": False,
        "is_mpim": False,
        "is_private": channel.private,
        "is_general": channel.name == "general",
        "is_shared": bool(channel.shared_with),
        "is_ext_shared": bool(channel.shared_with),
        "is_pending_ext_shared": bool(channel.invited),
        "pending_shared": channel.invited,
        "pending_connected_team_ids": channel.invited,
        "shared_team_ids": [core.workspace.team_id, *channel.shared_with],
        "is_member": bot_is_in(core, channel),
        "topic": topic,
        "purpose": {"value": "", "creator": "", "last_set": 0},
        "previous_names": [],
    }


def _readable(core: Core, call: Call, what: str, *, member_only: bool = True) -> Channel:
    """The channel, where scope and membership allow reading it."""
    channel = find_channel(core, call)
    kind = "im" if channel.is_im else "groups" if channel.private else "channels"
    scope = f"{kind}:{what}"
    if scope not in core.scopes:
        raise scope_missing(core, scope)
    if not bot_is_in(core, channel):
        if channel.private:
            raise Refused("channel_not_found")
        if member_only:
            raise Refused("not_in_channel")
    return channel


def _kind_of_list(channel: Channel) -> str:
    if channel.is_im:
        return "im"
    return "private_channel" if channel.private else "public_channel"


def _limit(call: Call, default: int, most: int) -> int:
    limit = call.integer("limit", default)
    if limit < 1:
        raise Refused("invalid_limit")
    return min(limit, most)


def _cursor(position: str) -> str:
    return base64.b64encode(f"next:{position}".encode()).decode()


def _from_cursor(cursor: str) -> str:
    try:
        word, _, position = base64.b64decode(cursor, validate=True).decode().partition(":")
    except ValueError:
        word, position = "", ""
    if word != "next":
        raise Refused("invalid_cursor")
    return position


METHODS = (
    Method("conversations.history", history, Tier.TIER_3, HISTORY),
    Method("conversations.replies", replies, Tier.TIER_3, HISTORY),
    Method("conversations.info", info, Tier.TIER_3, READ),
    Method("conversations.members", members, Tier.TIER_4, READ),
    Method("conversations.list", list_channels, Tier.TIER_2, READ),
    Method("conversations.open", open_conversation, Tier.TIER_3, ("im:write", "mpim:write")),
)
