"""What the console page is shown: state, channels and messages as one person sees them. The page relies on each key."""

from bot.sandbox.slack.core import Core, thread_summary
from bot.sandbox.slack.workspace import Channel, Json, Message

MOST_MESSAGES = 500


def state(core: Core, me: str) -> Json:
    workspace, features = core.workspace, core.manifest["features"]
    workspace.direct_channel(me)
    return {
        "workspace": {"name": workspace.team_name, "id": workspace.team_id},
        "me": me,
        "people": [
            {
                "id": person.id,
                "name": person.name,
                "display": person.name,
                "role": person.role,
                "color": person.color,
                "initials": person.initials,
                **({"title": person.title} if person.title else {}),
            }
            for person in workspace.people.values()
            if not person.is_bot
        ],
        "channels": [
            channel(core, each, me)
            for each in workspace.channels.values()
            if (me in each.members if each.is_im else workspace.can_see(me, each))
        ],
        "usergroups": [
            {"id": group["id"], "handle": group["handle"], "name": group["name"], "users": group["users"]}
            for group in workspace.user_groups.values()
        ],
        "app": {
            "name": workspace.bot.name,
            "bot_user": workspace.bot.id,
            "description": core.manifest["display_information"].get("description", ""),
            "home_tab": bool(features.get("app_home", {}).get("home_tab_enabled")),
        },
        "commands": [
            {
                "command": command["command"],
                "description": command.get("description", ""),
                "usage_hint": command.get("usage_hint", ""),
            }
            for command in features.get("slash_commands", [])
        ],
        "shortcuts": [
            {
                "name": shortcut["name"],
                "type": shortcut["type"],
                "callback_id": shortcut["callback_id"],
                "description": shortcut.get("description", ""),
            }
            for shortcut in features.get("shortcuts", [])
        ],
    }


def channel(core: Core, each: Channel, me: str) -> Json:
    app_home = core.manifest["features"].get("app_home", {})
    return {
        "id": each.id,
        "name": core.workspace.bot.name if each.is_im else each.name,
        "topic": each.topic,
        "private": each.private,
        "unread": core.workspace.unread[me, each.id],
        "is_im": each.is_im,
        "members": each.members,
        "read_only": each.archived or bool(each.is_im and app_home.get("messages_tab_read_only_enabled")),
    }


def message(core: Core, each: Message) -> Json:
    person = core.workspace.people[each.user]
    thread = thread_summary(each)
    return {
        "ts": each.ts,
        "channel": each.channel,
        "author": {
            "id": person.id,
            "name": person.name,
            "is_bot": person.is_bot,
            "color": person.color,
            "initials": person.initials,
        },
        "text": each.text,
        "blocks": [_with_its_file(core, block) for block in each.blocks],
        "edited": each.edited is not None,
        "thread_ts": each.thread_ts,
        "reply_count": thread.get("reply_count", 0),
        "reply_users": thread.get("reply_users", []),
        "latest_reply": thread.get("latest_reply"),
        "ephemeral": each.ephemeral_to is not None,
        "deleted": each.deleted,
        "color": each.attachments[0].get("color") if each.attachments else None,
        "attachments": each.attachments,
        "files": each.files,
    }


def _with_its_file(core: Core, block: Json) -> Json:
    """The page is shown where an uploaded picture is; messages only know its id."""
    file = core.workspace.files.get((block.get("slack_file") or {}).get("id", ""))
    if file is None:
        return block
    return {**block, "slack_file": {"id": file["id"], "url": file["url_private"]}}


def in_channel(core: Core, channel_id: str, me: str) -> list[Message]:
    """The newest messages of a channel, oldest first, with what only this person sees in its place."""
    shown: list[Message] = []
    for each in reversed(core.workspace.messages[channel_id]):
        if not each.deleted and (not each.is_reply or each.broadcast):
            shown.append(each)
        if len(shown) == MOST_MESSAGES:
            break
    mine = [m for m in core.workspace.ephemeral[me] if m.channel == channel_id and not m.deleted and not m.thread_ts]
    return sorted([*shown, *mine], key=lambda m: m.ts)


def in_thread(core: Core, parent: Message, me: str) -> list[Message]:
    only_mine = [
        m
        for m in core.workspace.ephemeral[me]
        if m.channel == parent.channel and m.thread_ts == parent.ts and not m.deleted
    ]
    whole = [*([] if parent.deleted else [parent]), *parent.live_replies(), *only_mine]
    return sorted(whole, key=lambda m: m.ts)
