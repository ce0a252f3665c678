"""files.getUploadURLExternal and files.completeUploadExternal, the one upload flow left (facts/slack.md 3.5)."""

import mimetypes
from pathlib import PurePath

from bot.sandbox.slack.core import Core
from bot.sandbox.slack.methods.calls import Call, Method, Refused, bot_is_in, hidden
from bot.sandbox.slack.methods.content import content_of
from bot.sandbox.slack.pace import Tier
from bot.sandbox.slack.workspace import Json, Message


def get_upload_url(core: Core, call: Call) -> Json:
    name, length = call.needed("filename"), call.integer("length", 0)
    if length < 1:
        raise Refused("invalid_arguments")
    file_id = core.workspace.new_id("F")
    core.uploads[file_id] = (name, length, None)
    return {"upload_url": f"{call.origin}/upload/v1/{file_id}", "file_id": file_id}


def complete_upload(core: Core, call: Call) -> Json:
    wanted = call.parsed("files", "invalid_arguments")
    if not isinstance(wanted, list) or not wanted:
        raise Refused("invalid_arguments")
    channels = [name for name in [call.text("channel_id"), *call.text("channels").split(",")] if name]
    for name in channels:
        channel = core.workspace.channels.get(name)
        if channel is None:
            raise Refused("channel_not_found")
        if not bot_is_in(core, channel):
            raise hidden(core) if channel.private else Refused("not_in_channel")
        if channel.archived:
            raise Refused("is_archived")
    files = [_filed(core, call, entry) for entry in wanted]
    for channel_id in dict.fromkeys(channels):
        _shared(core, call, channel_id, files)
    return {"files": files}


def _filed(core: Core, call: Call, entry: Json) -> Json:
    name, length, content = core.uploads.get(entry.get("id", ""), ("", 0, None))
    if content is None or len(content) != length:
        raise Refused("file_not_found")
    kind = PurePath(name).suffix.removeprefix(".") or "text"
    link = f"{call.origin}/files-pri/{core.workspace.team_id}-{entry['id']}/{name}"
    file: Json = {
        "id": entry["id"],
        "created": int(core.clock.time()),
        "timestamp": int(core.clock.time()),
        "name": name,
        "title": entry.get("title") or name,
        "mimetype": mimetypes.guess_type(name)[0] or "application/octet-stream",
        "filetype": kind,
        "pretty_type": kind.upper(),
        "user": core.workspace.bot.id,
        "user_team": core.workspace.team_id,
        "size": length,
        "mode": "hosted",
        "is_external": False,
        "is_public": False,
        "url_private": link,
        "url_private_download": link,
        "permalink": link,
    }
    core.workspace.files[entry["id"]] = file
    return file


def _shared(core: Core, call: Call, channel_id: str, files: list[Json]) -> None:
    blocks = content_of(core, call).blocks or []
    thread_ts = call.text("thread_ts") or None
    if thread_ts and core.workspace.find(channel_id, thread_ts) is None:
        raise Refused("thread_not_found")
    message = Message(
        ts=core.workspace.new_ts(),
        channel=channel_id,
        user=core.workspace.bot.id,
        is_bot=True,
        text=call.text("initial_comment"),
        blocks=blocks,
        files=files,
        thread_ts=thread_ts,
        subtype="file_share",
    )
    core.post(message, through=call.method, request=call.number)


METHODS = (
    Method("files.getUploadURLExternal", get_upload_url, Tier.TIER_4, ("files:write",)),
    Method("files.completeUploadExternal", complete_upload, Tier.TIER_4, ("files:write",)),
)
